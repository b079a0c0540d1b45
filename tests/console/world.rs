//! A service of its own with two customers, and browsers on its console.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use console::route::Route;
use directory::access::credential;
use directory::access::oauth::client::secret::ClientSecret;
use directory::access::oauth::client::{self, Client};
use directory::subscription::secret::{Scheme, SigningSecret};
use directory::subscription::{Channel, Subscription, store};
use directory::transfer::import;
use gateway::auth::token::Token;
use serde_json::{Value, json};
use tests::admin::{admin, make_directory};
use tests::browser::Browser;
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::block_on;

/// The conditions of the directories of a world.
pub(crate) const CONDITIONS: [&str; 2] = ["I may do this.", "I <know> what \"it\" does & want it."];

/// A credential and an OAuth client with a secret, which each directory has and paths name.
pub(crate) const CREDENTIAL: &str = "world-token";
pub(crate) const CLIENT: &str = "world-client";
pub(crate) const SECRET: &str = "5ec0";
/// The id of a person of each directory of a world. They have nothing else in common.
pub(crate) const PERSON: &str = "0190c0de-0000-7000-8000-000000000001";
/// The id of a group of each directory of a world, whose member is the person.
pub(crate) const GROUP: &str = "0190c0de-0000-7000-8000-000000000002";

/// A service.
pub(crate) struct World {
    pub(crate) scim: Endpoint,
    /// Two directories, not enabled yet.
    pub(crate) acme: String,
    pub(crate) beta: String,
}

impl World {
    /// A service of its own, so that its table holds nothing else; `None` with a note where the server
    /// cannot be in this process.
    pub(crate) fn new() -> Option<Self> {
        Endpoint::shared().stack()?;
        let scim = Endpoint::start();
        let (acme, beta) = (format!("acme-{}", unique()), format!("beta-{}", unique()));
        for id in [&acme, &beta] {
            let settings = json!({ "conditions": CONDITIONS });
            let body = json!({ "name": name(id), "state": "disabled", "settings": settings });
            make_directory(&scim, id, &body).unwrap();
            subscribe(&scim, id);
            authenticate(&scim, id);
            populate(&scim, id);
        }
        Some(Self { scim, acme, beta })
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.scim)
    }

    pub(crate) fn key(&self) -> String {
        self.scim.stack().unwrap().administrator_key().to_owned()
    }

    /// A browser of the team.
    pub(crate) fn team(&self) -> Browser {
        let mut browser = self.browser();
        browser.sign_in(&self.key());
        browser
    }

    /// The path of a new set-up link of `directory`, and its id.
    pub(crate) fn link(&self, directory: &str) -> (String, String) {
        link(&self.scim, directory)
    }

    /// A browser of the administrator of `directory`.
    pub(crate) fn customer(&self, directory: &str) -> Browser {
        let mut browser = self.browser();
        browser.post(&self.link(directory).0, &[]).expect(303);
        browser
    }

    /// What the browser's forms carry, if it has a session.
    pub(crate) fn form_token(&self, browser: &Browser) -> String {
        let mut browser = browser.clone();
        let start = browser.get("/console");
        if start.status == 303 { browser.get(start.header("location")).field("form") } else { String::new() }
    }

    /// Makes the items whose sort keys begin with `prefix` older in `attribute`.
    pub(crate) fn age(&self, prefix: &str, attribute: &str, seconds: i64) {
        let client = self.scim.stack().unwrap().client();
        let scan = client.scan().table_name(self.scim.table()).consistent_read(true);
        for item in block_on(scan.send()).unwrap().items() {
            if !item["SK"].as_s().unwrap().starts_with(prefix) {
                continue;
            }
            let was: i64 = item[attribute].as_n().unwrap().parse().unwrap();
            let update = client
                .update_item()
                .table_name(self.scim.table())
                .key("PK", item["PK"].clone())
                .key("SK", item["SK"].clone())
                .update_expression("SET #a = :n")
                .expression_attribute_names("#a", attribute)
                .expression_attribute_values(":n", AttributeValue::N((was - seconds).to_string()));
            block_on(update.send()).unwrap();
        }
    }

    /// Everything in the table, but when sessions were last used, and attempts to sign in.
    pub(crate) fn snapshot(&self) -> Vec<String> {
        let stack = self.scim.stack().unwrap();
        let scan = stack.client().scan().table_name(self.scim.table()).consistent_read(true);
        let items = block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>()).unwrap();
        let mut kept: Vec<String> = Vec::new();
        for mut item in items {
            let sk = item["SK"].as_s().unwrap().clone();
            // Jobs and the event log follow changes by a moment.
            let follows = ["S#", "E#", "M#"].iter().any(|part| item["PK"].as_s().unwrap().starts_with(part));
            if sk.starts_with("attempts#") || follows {
                continue;
            }
            item.remove("seen");
            item.remove("lastUsed");
            kept.push(format!("{:?}", item.into_iter().collect::<BTreeMap<_, _>>()));
        }
        kept.sort();
        kept
    }
}

/// A subscription of `directory`, which a path names.
fn subscribe(scim: &Endpoint, directory: &str) {
    // Nothing listens there.
    let channel = Channel::Webhook { url: "http://127.0.0.1:9/".to_owned() };
    let id = subscription(directory).parse().unwrap();
    let secrets = vec![SigningSecret::random(Scheme::Hmac).unwrap()];
    let mut made = Subscription { id, secrets, ..Subscription::new("product", channel, 0) };
    // Otherwise it is sent to, and changes.
    made.pause("not ready", 1);
    block_on(store::create(&scim.stack().unwrap().table(), &directory.parse().unwrap(), &made)).unwrap();
}

/// A credential of `directory` and an OAuth client.
fn authenticate(scim: &Endpoint, directory: &str) {
    let (table, id) = (scim.stack().unwrap().table(), directory.parse().unwrap());
    let (_, mut token) = Token::mint_as(CREDENTIAL.parse().unwrap(), &id, &deployment()).unwrap();
    token.label = "Token of the world".to_owned();
    let mut made = Client::new(CLIENT.parse().unwrap(), "Client of the world");
    made.secrets.push(ClientSecret::new(SECRET, "hash".to_owned(), "", None));
    block_on(async {
        credential::create(&table, &id, &token).await.unwrap();
        assert!(client::create(&table, &id, &made).await.unwrap());
    });
}

/// Creates the person and the group of `directory`.
fn populate(scim: &Endpoint, directory: &str) {
    let stack = scim.stack().unwrap();
    let (person, group) = (name(directory), format!("Group of {directory}"));
    let lines = [
        json!({ "id": PERSON, "userName": format!("{directory}@ex.io"), "displayName": person, "externalId": "1" }),
        json!({ "id": GROUP, "displayName": group, "meta": { "resourceType": "Group" }, "members": [{ "value": PERSON }] }),
    ]
    .map(|line| line.to_string());
    let (id, by) = (directory.parse().unwrap(), "import".parse().unwrap());
    let lines = lines.each_ref().map(String::as_str);
    let options = import::Options::default();
    let done = block_on(import::lines(&stack.table(), &id, &by, &stack.profiles(), &lines, options)).unwrap();
    assert!(done.iter().all(|one| one.outcome == import::Done::Created), "{done:?}");
}

/// The id of the subscription of `directory`.
pub(crate) fn subscription(directory: &str) -> String {
    format!("sub_{}", directory.replace('-', "").to_lowercase())
}

/// The name of a directory, as pages show it.
pub(crate) fn name(id: &str) -> String {
    format!("Customer called {id}")
}

/// The path of a new set-up link of `directory`, and its id.
pub(crate) fn link(scim: &Endpoint, directory: &str) -> (String, String) {
    let path = format!("/admin/directories/{directory}/setup-links");
    let made: Value = admin(scim, "POST", &path).unwrap().json(&json!({})).send().expect(201).json();
    let url = made["url"].as_str().unwrap();
    let origin = scim.base().trim_end_matches("/scim/v2");
    (url.strip_prefix(origin).unwrap().to_owned(), made["id"].as_str().unwrap().to_owned())
}

/// A path of `route` for `directory`. `link` is what stands for its set-up link: token and id.
pub(crate) fn path(route: &Route, directory: &str, link: &(String, String)) -> String {
    let token = link.0.trim_start_matches("/setup/");
    let path = route.path.replace("{directory}", directory).replace("{link}", &link.1);
    let path =
        path.replace("{credential}", CREDENTIAL).replace("{client}", CLIENT).replace("{secret}", SECRET);
    let path = path.replace("{user}", PERSON).replace("{group}", GROUP);
    path.replace("{token}", token).replace("{subscription}", &subscription(directory))
}

/// The fields with which the forms of all routes succeed.
pub(crate) fn fields(form: &str) -> Vec<(&str, &str)> {
    let mut fields = vec![("form", form), ("id", "0123456789abcdef"), ("key", "wrong")];
    fields.extend([("decision", "reject"), ("state", "active"), ("token", "wrong")]);
    fields.extend([("label", "New"), ("expires", "30"), ("scopes", "read"), ("scopes", "users")]);
    fields.extend([("tokenLifetimeMinutes", "60"), ("setting", "eventRetention"), ("eventRetention", "90")]);
    fields.extend([("type", "User"), ("by", "externalId"), ("value", "1")]);
    fields.extend(CONDITIONS.map(|condition| ("condition", condition)));
    fields
}
