//! Reads the holders of tokens, and remembers those of tokens that were refused a moment ago, so that a
//! flood of wrong tokens costs no reads.
//!
//! It remembers the holder itself, or that it does not exist: a right token of the same holder is
//! accepted. A holder is remembered for five seconds from when it was read, and only after
//! a refusal, so the first wrong token always reads: its speed says nothing about the holder. Wrong
//! tokens cannot push valid ones out of the cache of accepted ones, because both have their own.
//!
//! A new credential has a new random id, so it cannot be remembered. What else changes (a
//! client's secrets, a directory's secret) takes effect after five seconds at the latest, and at once
//! in the process that made the change ([`Holders::forget`]).

use std::sync::Arc;
use std::time::Duration;

use directory::Table;
use directory::access::admission::{self, Admission, Principal};
use directory::clock::Moment;
use directory::error::Error;
use directory::id::DirectoryId;
use quick_cache::sync::Cache;

/// How long a holder is remembered after it was read.
const REMEMBERED: Duration = Duration::from_secs(5);
/// How many are remembered.
const CAPACITY: usize = 1024;

type Key = (DirectoryId, Principal);

/// Reads holders.
#[derive(Debug)]
pub struct Holders {
    table: Table,
    refused: Cache<Key, Found>,
}

/// What the table says of a holder.
#[derive(Debug, Clone)]
pub struct Found {
    /// The holder and its directory; `None` when one of them does not exist.
    pub admission: Option<Arc<Admission>>,
    /// A moment before it was read.
    pub read: Moment,
}

impl Holders {
    /// Reads holders in `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table, refused: Cache::new(CAPACITY) }
    }

    /// The holder `principal` and its `directory`, as they are, or as they were less than five seconds
    /// ago if they were read for a client that was refused.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
    pub async fn find(&self, directory: &DirectoryId, principal: &Principal) -> Result<Found, Error> {
        if let Some(found) = self.recall(&(directory.clone(), principal.clone()), Moment::now()) {
            return Ok(found);
        }
        // Taken before the read: what is read cannot be older.
        let read = Moment::now();
        let admission = admission::read(&self.table, directory, principal).await?;
        Ok(Found { admission: admission.map(Arc::new), read })
    }

    /// Remembers what was found for a client that is refused, or has proved nothing.
    pub fn remember(&self, directory: DirectoryId, principal: Principal, found: Found) {
        self.refused.insert((directory, principal), found);
    }

    /// Forgets all: something has changed.
    pub fn forget(&self) {
        self.refused.clear();
    }

    fn recall(&self, key: &Key, now: Moment) -> Option<Found> {
        self.refused.get(key).filter(|found| found.read.is_within(REMEMBERED, now))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::time::{Instant, SystemTime};

    use aws_sdk_dynamodb::config::{BehaviorVersion, Config};

    use super::*;

    fn holders() -> Holders {
        let config = Config::builder().behavior_version(BehaviorVersion::latest()).build();
        Holders::new(Table::new(aws_sdk_dynamodb::Client::from_conf(config), "none"))
    }

    fn named(id: &str) -> Key {
        ("acme".parse().unwrap(), Principal::Credential(id.parse().unwrap()))
    }

    #[test]
    fn a_holder_is_remembered_for_five_seconds_by_both_clocks() {
        let (holders, (directory, principal)) = (holders(), named("c1"));
        let (wall, monotonic, second) = (SystemTime::now(), Instant::now(), Duration::from_secs(1));
        let read = Moment::new(wall, monotonic);
        let key = named("c1");
        assert!(holders.recall(&key, read).is_none());
        holders.remember(directory, principal, Found { admission: None, read });
        assert!(holders.recall(&key, read.after(4 * second)).is_some());
        assert!(holders.recall(&key, read.after(5 * second)).is_none());
        // The process was suspended, and the monotonic clock stood still.
        assert!(holders.recall(&key, Moment::new(wall + 60 * second, monotonic + second)).is_none());
        assert!(holders.recall(&named("c2"), read).is_none());
        holders.forget();
        assert!(holders.recall(&key, read).is_none());
    }

    #[test]
    fn stays_small() {
        let (holders, read) = (holders(), Moment::now());
        for n in 0..CAPACITY * 2 + 1 {
            let (directory, principal) = named(&n.to_string());
            holders.remember(directory, principal, Found { admission: None, read });
        }
        assert!(holders.refused.len() <= CAPACITY);
    }
}
