//! Warnings of secrets that expire soon, so that they are replaced in time.
//!
//! Holders are read again every 30 seconds, so a process warns of the same secret once a day.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use directory::id::DirectoryId;

const DAY: i64 = 86_400;

/// What this process warned of today. It contains only secrets that were presented and valid, so it
/// cannot grow beyond the number of secrets.
static WARNED: LazyLock<Warned> = LazyLock::new(Warned::default);

/// Warns that `what` (`credential`, `client secret`) of `directory`, called `id`, ends within
/// `days` days of `now`, in seconds since 1970.
pub fn warn(directory: &DirectoryId, what: &'static str, id: &str, days: i64, now: i64) {
    if WARNED.first(directory, what, id, now) {
        tracing::warn!(%directory, what, id, days, "a secret in use ends soon: create a new one for the client");
    }
}

/// The day since 1970, and the secrets that it warned of.
type Today = (i64, HashSet<(DirectoryId, &'static str, String)>);

#[derive(Debug, Default)]
struct Warned(Mutex<Today>);

impl Warned {
    /// Whether it is the first time on the day of `now`.
    fn first(&self, directory: &DirectoryId, what: &'static str, id: &str, now: i64) -> bool {
        let mut warned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let today = now.div_euclid(DAY);
        if warned.0 != today {
            *warned = (today, HashSet::new());
        }
        warned.1.insert((directory.clone(), what, id.to_owned()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn each_is_warned_of_once_a_day() {
        let (warned, noon) = (Warned::default(), 1000 * DAY + DAY / 2);
        let (acme, other) = ("acme".parse().unwrap(), "other".parse().unwrap());
        assert!(warned.first(&acme, "credential", "c1", noon));
        assert!(!warned.first(&acme, "credential", "c1", noon + 60));
        assert!(warned.first(&acme, "credential", "c2", noon));
        assert!(warned.first(&acme, "client secret", "c1", noon));
        assert!(warned.first(&other, "credential", "c1", noon));
        assert!(!warned.first(&acme, "credential", "c1", 1001 * DAY - 1));
        assert!(warned.first(&acme, "credential", "c1", 1001 * DAY), "another day");
        assert!(!warned.first(&acme, "credential", "c1", 1001 * DAY + 1));
    }
}
