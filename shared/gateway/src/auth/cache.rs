//! Holders of tokens that were valid a moment ago, so that not every request reads one.
//!
//! Only holders of valid tokens are kept, for 30 seconds: a revoked credential stops working
//! within that time, and wrong tokens cannot push valid ones out or be recognised by their speed.

use std::sync::Arc;
use std::time::Duration;

use directory::access::admission::Principal;
use directory::clock::Moment;
use directory::id::DirectoryId;
use quick_cache::sync;

use super::authenticated::Authenticated;

/// How long a holder is used without being read again.
const FRESH: Duration = Duration::from_secs(30);
/// How many are kept.
const CAPACITY: usize = 1024;

/// Holders, by directory.
#[derive(Debug)]
pub(crate) struct Cache(sync::Cache<(DirectoryId, Principal), Entry>);

#[derive(Debug, Clone)]
struct Entry {
    holder: Arc<Authenticated>,
    read: Moment,
}

impl Default for Cache {
    fn default() -> Self {
        Self(sync::Cache::new(CAPACITY))
    }
}

impl Cache {
    /// The holder `principal`, if it was read less than 30 seconds before `now`.
    pub(crate) fn get(
        &self,
        directory: &DirectoryId,
        principal: &Principal,
        now: Moment,
    ) -> Option<Arc<Authenticated>> {
        let entry = self.0.get(&(directory.clone(), principal.clone()))?;
        entry.read.is_within(FRESH, now).then_some(entry.holder)
    }

    /// Keeps the holder `principal`, which was read at `read`.
    pub(crate) fn put(
        &self,
        directory: DirectoryId,
        principal: Principal,
        holder: Arc<Authenticated>,
        read: Moment,
    ) {
        self.0.insert((directory, principal), Entry { holder, read });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::time::{Instant, SystemTime};

    use scim::profile::{Profiles, STANDARD};

    use super::*;

    fn known() -> Arc<Authenticated> {
        let profile = Profiles::built_in().get(STANDARD).unwrap();
        Arc::new(Authenticated::credential("acme", "c1", "digest", profile))
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
        assert!(cache.get(&directory, &client, start).is_none(), "a client is not a credential");
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
        assert!(cache.0.len() <= CAPACITY);
    }
}
