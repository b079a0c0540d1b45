//! Warnings of secrets that end soon, so that each is replaced in time.
//!
//! A credential is read again and again, so a process warns about the same secret once a day.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use directory::id::DirectoryId;

const DAY: i64 = 86_400;

/// What this process warned of today. Only secrets that were shown and found good get in, so
/// there are no more than were made.
static WARNED: LazyLock<Warned> = LazyLock::new(Warned::default);

/// Warns that `what` (`credential`, `client secret`) of `directory`, called `id`, ends within
/// so many `days` of `now`, in seconds since 1970.
pub fn warn(directory: &DirectoryId, what: &'static str, id: &str, days: i64, now: i64) {
    if WARNED.first(directory, what, id, now) {
        tracing::warn!(%directory, what, id, days, "a secret in use ends soon: have the client given another");
    }
}

/// The day since 1970, and the warnings of that day.
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
    fn each_secret_causes_one_warning_a_day() {
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
