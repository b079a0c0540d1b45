//! How much of a directory's rate is used: what the instances of the functions report to each other.
//!
//! One item per directory. An instance adds to it, at most once a
//! second, how many requests it received and admitted since its last report. The same write returns
//! what all other instances have reported. Each second has its own two attributes, so that nothing is
//! read first and no write has a condition. A write also removes attributes of old seconds.

use std::collections::BTreeMap;

use table::Table;
use table::item::{Item, optional_number};
use table::name::{ADMITTED, ASKED, EXPIRES};
use table::write::{Update, Written};

use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// How many seconds are kept.
pub const REMEMBERED: u64 = 10;
/// Old seconds that one write removes.
const REMOVED: usize = 20;
/// How long the item stays after the last write, in seconds.
const VISIBLE: u64 = 3600;

/// Requests that instances reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    /// How many were received.
    pub asked: u64,
    /// How many of them were admitted.
    pub admitted: u64,
}

/// What was reported in each second.
pub type Reported = BTreeMap<u64, Requests>;

/// Reports `requests` in `second` (since 1970). Returns what all instances have reported, in this
/// second and those before it that are kept. `last` is what the previous call returned.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn report(
    table: &Table,
    directory: &DirectoryId,
    second: u64,
    requests: Requests,
    last: &Reported,
) -> Result<Reported, Error> {
    let mut update = Update::of(keys::rate(directory))
        .add(format!("{ASKED}{second}"), requests.asked)
        .add(format!("{ADMITTED}{second}"), requests.admitted)
        .set(EXPIRES, second + VISIBLE);
    for old in last.keys().filter(|old| **old + REMEMBERED < second).take(REMOVED) {
        update = update.remove(format!("{ASKED}{old}")).remove(format!("{ADMITTED}{old}"));
    }
    match table.write(update).await? {
        Written::Done(Some(item)) => Ok(reported(&item)),
        Written::Done(None) | Written::Refused(_) => Ok(Reported::new()),
    }
}

fn reported(item: &Item) -> Reported {
    let mut reported = Reported::new();
    for attribute in item.keys() {
        let number = || optional_number(item, attribute).unwrap_or(0);
        let second_after = |prefix: &str| attribute.strip_prefix(prefix)?.parse().ok();
        if let Some(second) = second_after(ASKED) {
            reported.entry(second).or_default().asked = number();
        } else if let Some(second) = second_after(ADMITTED) {
            reported.entry(second).or_default().admitted = number();
        }
    }
    reported
}
