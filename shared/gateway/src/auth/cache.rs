//! Holders of tokens that were good a moment ago, so that not every request reads one.
//!
//! Only good ones are remembered, for 30 seconds: a revoked credential works no longer
//! than that, and wrong tokens cannot push good ones out or be counted by their speed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use directory::access::admission::Principal;
use directory::clock::Moment;
use directory::id::DirectoryId;

use super::known::Known;

/// How long a holder is believed without being read again.
const FRESH: Duration = Duration::from_secs(30);
/// How many are remembered.
const CAPACITY: usize = 1024;

/// What is known of holders, by directory.
#[derive(Debug, Default)]
pub struct Cache(Mutex<HashMap<(DirectoryId, Principal), Entry>>);

#[derive(Debug)]
struct Entry {
    known: Arc<Known>,
    read: Moment,
}

impl Entry {
    fn fresh(&self, now: Moment) -> bool {
        self.read.is_within(FRESH, now)
    }
}

impl Cache {
    /// What is known of `principal`, when it was read a moment before `now`.
    #[must_use]
    pub fn get(&self, directory: &DirectoryId, principal: &Principal, now: Moment) -> Option<Arc<Known>> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(&(directory.clone(), principal.clone()))?;
        entry.fresh(now).then(|| Arc::clone(&entry.known))
    }

    /// Remembers what was read of `principal` at `now`.
    pub fn put(&self, directory: DirectoryId, principal: Principal, known: Arc<Known>, now: Moment) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CAPACITY {
            entries.retain(|_, entry| entry.fresh(now));
        }
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert((directory, principal), Entry { known, read: now });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::time::{Instant, SystemTime};

    use scim::profile::{Profiles, STANDARD};

    use super::*;

    fn known() -> Arc<Known> {
        let profile = Profiles::built_in().get(STANDARD).unwrap();
        Arc::new(Known::credential("acme", "c1", "digest", profile))
    }

    fn named(id: &str) -> (DirectoryId, Principal) {
        ("acme".parse().unwrap(), Principal::Credential(id.parse().unwrap()))
    }

    #[test]
    fn forgets_after_thirty_seconds() {
        let (cache, start) = (Cache::default(), Moment::now());
        let (directory, principal) = named("c1");
        cache.put(directory.clone(), principal.clone(), known(), start);
        let after = |seconds| start.after(Duration::from_secs(seconds));
        assert!(cache.get(&directory, &principal, after(29)).is_some());
        assert!(cache.get(&directory, &principal, after(30)).is_none());
        assert!(cache.get(&directory, &named("c2").1, start).is_none());
        assert!(cache.get(&"other".parse().unwrap(), &principal, start).is_none());
        let client = Principal::Client("c1".parse().unwrap());
        assert!(cache.get(&directory, &client, start).is_none(), "a client is no credential");
    }

    #[test]
    fn forgets_while_the_process_is_suspended() {
        let (cache, wall, monotonic) = (Cache::default(), SystemTime::now(), Instant::now());
        let (directory, principal) = named("c1");
        cache.put(directory.clone(), principal.clone(), known(), Moment::new(wall, monotonic));
        let second = Duration::from_secs(1);
        assert!(cache.get(&directory, &principal, Moment::new(wall + second, monotonic + second)).is_some());
        // The monotonic clock stood still.
        let resumed = Moment::new(wall + 90 * second, monotonic + second);
        assert!(cache.get(&directory, &principal, resumed).is_none());
    }

    #[test]
    fn stays_small() {
        let (cache, start) = (Cache::default(), Moment::now());
        let known = known();
        for n in 0..CAPACITY * 2 + 1 {
            let (directory, principal) = named(&n.to_string());
            cache.put(directory, principal, Arc::clone(&known), start);
        }
        assert!(cache.0.lock().unwrap().len() <= CAPACITY);
    }
}
