//! How much of a directory's rate is used: what the instances of the functions tell each other.
//!
//! One item per directory, in its own partition. An instance adds to it, at most once a second,
//! how many requests it was asked and how many it admitted since it told last, and learns with
//! the same write what all others have told. For each second there is a pair of attributes, so
//! that nothing has to be read first and no write has a condition. Those of old seconds are
//! removed on the way.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys::{self, Item, Key, n, optional_number};
use crate::store::{Change, Store, Written};
use table::name;

/// Seconds that are remembered.
pub const REMEMBERED: u64 = 10;
/// Old seconds that one write removes.
const FORGOTTEN: usize = 20;
/// So long after the last write the item goes, in seconds.
const EXPIRES: u64 = 3600;

const SK: &str = "rate";
const ASKED: &str = "asked-";
const ADMITTED: &str = "admitted-";

/// Requests, as instances told of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    /// How many came.
    pub asked: u64,
    /// How many of them were admitted.
    pub admitted: u64,
}

/// What was told in each second.
pub type Told = BTreeMap<u64, Requests>;

impl Store {
    /// Tells in `second` (since 1970) of `requests`. Returns what all have told, in this second
    /// and those before that are remembered. `last` is what the last call returned.
    ///
    /// # Errors
    /// The table's own.
    pub async fn tell_rate(
        &self,
        directory: &DirectoryId,
        second: u64,
        requests: Requests,
        last: &Told,
    ) -> Result<Told, Error> {
        let key = Key::new(keys::directory(directory).pk, SK);
        let old: Vec<u64> =
            last.keys().copied().filter(|old| old + REMEMBERED < second).take(FORGOTTEN).collect();
        let mut expression = "ADD #asked :asked, #admitted :admitted SET #expires = :expires".to_owned();
        for (at, _) in old.iter().enumerate() {
            let verb = if at == 0 { " REMOVE" } else { "," };
            expression.push_str(&format!("{verb} #asked{at}, #admitted{at}"));
        }
        let mut change = Change::update(key, expression)
            .name("#asked", &format!("{ASKED}{second}"))
            .name("#admitted", &format!("{ADMITTED}{second}"))
            .name("#expires", name::EXPIRES)
            .value(":asked", n(requests.asked))
            .value(":admitted", n(requests.admitted))
            .value(":expires", n(second + EXPIRES));
        for (at, old) in old.iter().enumerate() {
            change = change
                .name(&format!("#asked{at}"), &format!("{ASKED}{old}"))
                .name(&format!("#admitted{at}"), &format!("{ADMITTED}{old}"));
        }
        match self.write(&[change], &WriteId::new().token()).await? {
            Written::Done(Some(item)) => Ok(told(&item)),
            Written::Done(None) | Written::Refused(_) => Ok(Told::new()),
        }
    }
}

fn told(item: &Item) -> Told {
    let mut told = Told::new();
    for attribute in item.keys() {
        let number = || optional_number(item, attribute).unwrap_or(0);
        if let Some(second) = attribute.strip_prefix(ASKED).and_then(|second| second.parse().ok()) {
            told.entry(second).or_default().asked = number();
        } else if let Some(second) = attribute.strip_prefix(ADMITTED).and_then(|second| second.parse().ok()) {
            told.entry(second).or_default().admitted = number();
        }
    }
    told
}
