//! How many changes of resources were appended in each of the last hours, and ever. The head of the log keeps
//! it, so it costs no read and no write.

use serde::{Deserialize, Serialize};
use table::item::{Item, optional_text};
use table::name::RECENT;

/// How many hours are kept.
pub const HOURS: usize = 24;
/// In seconds.
const HOUR: i64 = 3600;

/// Numbers of changes by hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The hour of the last change, since 1970.
    last: i64,
    /// The changes of that hour, and of the hours before.
    counts: [u64; HOURS],
    /// All there ever were.
    #[serde(default)]
    total: u64,
}

impl Hours {
    /// Reads the head of a log. Those of older versions have none.
    pub(super) fn read(head: &Item) -> Self {
        let hours = optional_text(head, RECENT).and_then(|text| serde_json::from_str(text).ok());
        hours.unwrap_or_default()
    }

    /// The same numbers, and `changes` that are appended at `now`, in seconds since 1970.
    pub(super) fn with(self, changes: u64, now: i64) -> Self {
        let last = self.last.max(now / HOUR);
        let mut counts = self.until(last);
        if let Some(count) = counts.first_mut() {
            *count += changes;
        }
        Self { last, counts, total: self.total + changes }
    }

    /// How many changes there ever were.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The changes of the hour of `now`, in seconds since 1970, and of the 23 hours before, the newest first.
    #[must_use]
    pub fn at(&self, now: i64) -> [u64; HOURS] {
        self.until(now / HOUR)
    }

    /// As [`at`](Self::at), by hours since 1970.
    fn until(&self, hour: i64) -> [u64; HOURS] {
        let later = hour.saturating_sub(self.last);
        std::array::from_fn(|back| {
            let at = i64::try_from(back).unwrap_or(i64::MAX).checked_sub(later);
            at.and_then(|at| self.counts.get(usize::try_from(at).ok()?).copied()).unwrap_or(0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_the_last_24_hours() {
        let hours = Hours::default().with(3, 100 * HOUR).with(4, 101 * HOUR - 1).with(5, 102 * HOUR);
        assert_eq!(hours.total(), 12);
        assert_eq!(hours.at(102 * HOUR).get(..4), Some(&[5, 0, 7, 0][..]));
        assert_eq!(hours.at(103 * HOUR + 9).get(..4), Some(&[0, 5, 0, 7][..]));
        assert_eq!(hours.at(123 * HOUR).last(), Some(&7), "the oldest hour");
        assert_eq!(hours.at(125 * HOUR).last(), Some(&5));
        assert_eq!(hours.at(126 * HOUR), [0; HOURS]);
        // A clock that is behind adds to the last hour.
        assert_eq!(hours.with(1, 101 * HOUR).at(102 * HOUR).first(), Some(&6));
    }
}
