//! A table of its own, with one directory whose log the test appends to. Nothing runs in the background.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use deliver::{Clock, Delivery};
use directory::Table;
use directory::events::{self, Record};
use directory::id::DirectoryId;
use directory::registry::record;
use directory::subscription::dead_letter::{self, DeadLetter};
use directory::subscription::secret::{Scheme, SigningSecret};
use directory::subscription::{Channel, Subscription, store};
use gateway::delivery::Sender;
use gateway::delivery::notify::{Notification, Notifier};
use gateway::settings::Reach;
use rollcall::stack::{Options, Stack};
use scim::profile::{Profiles, STANDARD};
use serde_json::json;
use tests::directories;
use tests::runtime::block_on;

pub(crate) struct World {
    pub(crate) delivery: Delivery,
    pub(crate) directory: DirectoryId,
    changes: u64,
    versions: HashMap<String, u64>,
    // Last: the table is in it.
    pub(crate) stack: Stack,
}

impl World {
    pub(crate) fn new() -> Self {
        let stack = block_on(Stack::start(Options::default())).unwrap();
        let record = directories::record(&Profiles::built_in().get(STANDARD).unwrap());
        // Not the one that the stack serves and delivers from.
        let table = Table::new(stack.client(), "deliver-tests");
        block_on(table.ensure()).unwrap();
        assert!(block_on(record::create(&table, &record)).unwrap());
        let delivery = Delivery { table, sender: Sender::new(Reach::Any), notifier: Notifier::Off };
        Self { delivery, directory: record.id, changes: 0, versions: HashMap::new(), stack }
    }

    pub(crate) fn table(&self) -> &Table {
        &self.delivery.table
    }

    /// Appends an event about each of these users: it is created, or it changes.
    pub(crate) fn change(&mut self, users: &[&str]) {
        let mut records = Vec::new();
        for user in users {
            self.changes += 1;
            let version = self.versions.entry((*user).to_owned()).or_default();
            *version += 1;
            let item = |version: u64| {
                HashMap::from([
                    ("PK".to_owned(), S(format!("D#{}#User", self.directory))),
                    ("SK".to_owned(), S((*user).to_owned())),
                    (
                        "doc".to_owned(),
                        S(json!({ "userName": user, "title": format!("{version}") }).to_string()),
                    ),
                    ("version".to_owned(), N(version.to_string())),
                    ("lastModified".to_owned(), S("2026-01-01T00:00:00.000Z".to_owned())),
                ])
            };
            let before = if *version > 1 { item(*version - 1) } else { HashMap::new() };
            let arn = "arn:aws:dynamodb:eu-west-1:1:table/t/stream/2026-11-29T00:00:00.000";
            let number = self.changes.to_string();
            records.push(Record::new(arn, &number, 1_795_990_000_000, before, item(*version)));
        }
        block_on(events::record(self.table(), records)).unwrap();
    }

    pub(crate) fn head(&self) -> u64 {
        block_on(events::head(self.table(), &self.directory)).unwrap()
    }

    /// A subscription from the beginning of the log.
    pub(crate) fn subscribe(&self, url: &str) -> Notification {
        self.subscribe_with(url, |_| {})
    }

    pub(crate) fn subscribe_with(&self, url: &str, with: impl Fn(&mut Subscription)) -> Notification {
        let mut made = Subscription::new("test", Channel::Webhook { url: url.to_owned() }, 0);
        made.secrets = vec![SigningSecret::random(Scheme::Hmac).unwrap()];
        with(&mut made);
        block_on(store::create(self.table(), &self.directory, &made)).unwrap();
        Notification { directory: self.directory.clone(), subscription: made.id }
    }

    pub(crate) fn read(&self, of: &Notification) -> Subscription {
        block_on(store::read(self.table(), &self.directory, &of.subscription)).unwrap().unwrap()
    }

    pub(crate) fn dead(&self, of: &Notification) -> Vec<DeadLetter> {
        block_on(dead_letter::list(self.table(), &self.directory, &of.subscription, None, 100)).unwrap().0
    }

    /// One run by a clock that is ahead by so many seconds.
    pub(crate) fn run(&self, of: &Notification, ahead: i64) -> bool {
        self.run_for(of, ahead, Duration::from_secs(30))
    }

    pub(crate) fn run_for(&self, of: &Notification, ahead: i64, time: Duration) -> bool {
        block_on(deliver::run(&self.delivery, of, Clock { ahead }, time)).unwrap()
    }

    /// Runs whenever something is due, until nothing is. Returns how far the clock went.
    pub(crate) fn run_all(&self, of: &Notification) -> i64 {
        let mut ahead = 0;
        loop {
            assert!(!self.run(of, ahead), "a run has time enough");
            let Some(due) = self.read(of).due else { return ahead };
            ahead = (due - directory::clock::seconds()).max(ahead) + 1;
        }
    }
}
