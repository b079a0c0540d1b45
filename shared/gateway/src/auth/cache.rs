//! Credentials that were good a moment ago, so that not every request reads one.
//!
//! Only good ones are remembered, for 30 seconds: a revoked credential works no longer
//! than that, and wrong tokens cannot push good ones out or be counted by their speed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Access;

/// How long a credential is believed without being read again.
const FRESH: Duration = Duration::from_secs(30);
/// How many are remembered.
const CAPACITY: usize = 1024;

/// Accesses by the hash of the token that opened them.
#[derive(Debug, Default)]
pub struct Cache(Mutex<HashMap<String, Entry>>);

#[derive(Debug)]
struct Entry {
    access: Access,
    expires: Option<i64>,
    read: Instant,
}

impl Entry {
    fn fresh(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.read) < FRESH
    }
}

impl Cache {
    /// The access that the token with `hash` opens, when that was read a moment before
    /// `now` and the credential has not expired at `unix_seconds`.
    #[must_use]
    pub fn get(&self, hash: &str, now: Instant, unix_seconds: i64) -> Option<Access> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(hash)?;
        let valid = entry.expires.is_none_or(|expires| unix_seconds < expires);
        (valid && entry.fresh(now)).then(|| entry.access.clone())
    }

    /// Remembers that the token with `hash` was found to open `access` at `now`.
    pub fn put(&self, hash: String, access: Access, expires: Option<i64>, now: Instant) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CAPACITY {
            entries.retain(|_, entry| entry.fresh(now));
        }
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert(hash, Entry { access, expires, read: now });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use scim::profile::{Profiles, STANDARD};

    use super::*;

    fn access() -> Access {
        let profile = Profiles::built_in().get(STANDARD).unwrap();
        Access {
            directory: "acme".parse().unwrap(),
            credential: "c1".parse().unwrap(),
            profile,
            subject: None,
            secret: None,
        }
    }

    #[test]
    fn forgets_after_thirty_seconds() {
        let (cache, start) = (Cache::default(), Instant::now());
        cache.put("h".to_owned(), access(), None, start);
        assert_eq!(cache.get("h", start + Duration::from_secs(29), 0), Some(access()));
        assert_eq!(cache.get("h", start + Duration::from_secs(30), 0), None);
        assert_eq!(cache.get("other", start, 0), None);
    }

    #[test]
    fn an_expired_credential_is_not_believed_though_fresh() {
        let (cache, start) = (Cache::default(), Instant::now());
        cache.put("h".to_owned(), access(), Some(100), start);
        assert_eq!(cache.get("h", start, 99), Some(access()));
        assert_eq!(cache.get("h", start, 100), None);
    }

    #[test]
    fn stays_small() {
        let (cache, start) = (Cache::default(), Instant::now());
        for n in 0..CAPACITY * 2 + 1 {
            cache.put(n.to_string(), access(), None, start);
        }
        assert!(cache.0.lock().unwrap().len() <= CAPACITY);
    }
}
