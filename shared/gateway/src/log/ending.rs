//! Warnings of secrets that end soon, so that each is replaced in time.
//!
//! Who signs in is read anew all the time, so a process warns of the same secret once a day.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use directory::id::DirectoryId;

const DAY: i64 = 86_400;

/// What this process warned of today. Only secrets that were shown and found good get in, so
/// there are no more than were made.
static TOLD: LazyLock<Told> = LazyLock::new(Told::default);

/// Warns that `what` (`credential`, `client secret`) of `directory`, called `id`, ends within
/// so many `days` of `now`, in seconds since 1970.
pub fn warn(directory: &DirectoryId, what: &'static str, id: &str, days: i64, now: i64) {
    if TOLD.first(directory, what, id, now) {
        tracing::warn!(%directory, what, id, days, "a secret in use ends soon: have the client given another");
    }
}

#[derive(Debug, Default)]
struct Told(Mutex<(i64, HashSet<(DirectoryId, &'static str, String)>)>);

impl Told {
    /// Whether it is the first time on the day of `now`.
    fn first(&self, directory: &DirectoryId, what: &'static str, id: &str, now: i64) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let today = now.div_euclid(DAY);
        if told.0 != today {
            *told = (today, HashSet::new());
        }
        told.1.insert((directory.clone(), what, id.to_owned()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_of_once_a_day() {
        let (told, noon) = (Told::default(), 1000 * DAY + DAY / 2);
        let (acme, other) = ("acme".parse().unwrap(), "other".parse().unwrap());
        assert!(told.first(&acme, "credential", "c1", noon));
        assert!(!told.first(&acme, "credential", "c1", noon + 60));
        assert!(told.first(&acme, "credential", "c2", noon));
        assert!(told.first(&acme, "client secret", "c1", noon));
        assert!(told.first(&other, "credential", "c1", noon));
        assert!(!told.first(&acme, "credential", "c1", 1001 * DAY - 1));
        assert!(told.first(&acme, "credential", "c1", 1001 * DAY), "another day");
        assert!(!told.first(&acme, "credential", "c1", 1001 * DAY + 1));
    }
}
