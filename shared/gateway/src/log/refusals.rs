//! Refused requests, for the provisioning log of the console ([`directory::access::refusal`]).
//!
//! Only refused requests write, alongside their response. An instance writes at most five a second for a
//! directory; what it does not write, it counts and adds to the next one of the same kind. A write that
//! fails or takes long is dropped.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use directory::Table;
use directory::access::refusal::{self, Refusal};
use directory::clock::seconds;
use directory::id::DirectoryId;
use directory::meter::metered;
use quick_cache::sync::Cache;
use scim::error::Kind;

/// Requests of a directory that one instance writes in a second.
const MOST: u64 = 5;
/// Directories that one instance counts.
const CAPACITY: usize = 1024;
/// How long a response waits for the write.
const PATIENCE: Duration = Duration::from_millis(100);

/// What this instance has written of the directories' refused requests.
#[derive(Debug)]
pub struct Refusals {
    table: Table,
    windows: Cache<DirectoryId, Arc<Mutex<Window>>>,
}

impl Refusals {
    /// Writes to `table`.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table, windows: Cache::new(CAPACITY) }
    }

    /// Notes a refused request of `directory`. Waits a tenth of a second at most; it is not part of what the
    /// request costs.
    pub async fn note(&self, directory: &DirectoryId, refusal: &Refusal) {
        let new = || Ok::<_, Infallible>(Arc::default());
        let Ok(window) = self.windows.get_or_insert_with(directory, new);
        let count = window.lock().unwrap_or_else(PoisonError::into_inner).count(refusal.kind, seconds());
        let Some(count) = count else { return };
        let write = metered(refusal::record(&self.table, directory, refusal, count));
        match tokio::time::timeout(PATIENCE, write).await {
            Ok((Ok(()), _)) => {}
            Ok((Err(error), _)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a refused request was not stored for the console"
                );
            }
            Err(_) => tracing::warn!("a refused request was not stored for the console in time"),
        }
    }
}

/// One directory.
#[derive(Debug, Default)]
struct Window {
    /// The second, since 1970, that `written` is about.
    second: i64,
    written: u64,
    /// Requests that were not written yet.
    unwritten: HashMap<Kind, u64>,
}

impl Window {
    /// How many requests the write of this one stands for; `None` when it is not to be written.
    fn count(&mut self, kind: Kind, now: i64) -> Option<u64> {
        if self.second != now {
            (self.second, self.written) = (now, 0);
        }
        if self.written >= MOST {
            *self.unwritten.entry(kind).or_default() += 1;
            return None;
        }
        self.written += 1;
        Some(1 + self.unwritten.remove(&kind).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_a_second_are_written_and_the_others_counted() {
        let mut window = Window::default();
        let counts =
            |window: &mut Window, kind, now| (0..8).map(|_| window.count(kind, now)).collect::<Vec<_>>();
        let first = counts(&mut window, Kind::Uniqueness, 1);
        assert_eq!(first, [vec![Some(1); 5], vec![None; 3]].concat());
        assert_eq!(window.count(Kind::NotFound, 1), None);
        assert_eq!(window.count(Kind::Uniqueness, 2), Some(4));
        assert_eq!(window.count(Kind::NotFound, 2), Some(2));
        assert_eq!(window.count(Kind::NotFound, 2), Some(1));
    }
}
