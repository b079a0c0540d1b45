//! The clock: what time it is, and whether something is still recent.
//!
//! A process can be suspended, as Lambda does between requests, and the monotonic clock may not count
//! that time. The wall clock counts it, but can be set. A [`Moment`] reads both: whatever expires is
//! valid only while both clocks say so. Tests make moments of their own with [`Moment::new`].

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const MILLISECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A moment, as both clocks show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    wall: SystemTime,
    monotonic: Instant,
}

impl Moment {
    /// The present moment.
    #[must_use]
    pub fn now() -> Self {
        Self::new(SystemTime::now(), Instant::now())
    }

    /// The moment at which the clocks show `wall` and `monotonic`.
    #[must_use]
    pub fn new(wall: SystemTime, monotonic: Instant) -> Self {
        Self { wall, monotonic }
    }

    /// The moment `duration` later, on both clocks.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self::new(self.wall + duration, self.monotonic + duration)
    }

    /// Whether less than `limit` has passed since then until `now`, by both clocks. `false` when a
    /// clock was set back in between: how much has passed is not known.
    #[must_use]
    pub fn is_within(self, limit: Duration, now: Self) -> bool {
        let wall = now.wall.duration_since(self.wall).ok();
        let monotonic = now.monotonic.checked_duration_since(self.monotonic);
        [wall, monotonic].into_iter().all(|passed| passed.is_some_and(|passed| passed < limit))
    }

    /// How long it is until `now`, by the clock that counts more.
    #[must_use]
    pub fn elapsed(self, now: Self) -> Duration {
        let wall = now.wall.duration_since(self.wall).unwrap_or_default();
        wall.max(now.monotonic.saturating_duration_since(self.monotonic))
    }
}

/// Now, in UTC, as RFC 7643 §2.3.5 writes it, to the millisecond.
#[must_use]
pub fn now() -> String {
    written(OffsetDateTime::now_utc())
}

/// `moment` in UTC, written as [`now`] writes it.
#[must_use]
pub fn written(moment: OffsetDateTime) -> String {
    moment.to_offset(time::UtcOffset::UTC).format(MILLISECONDS).unwrap_or_default()
}

/// `milliseconds` since 1970, written as [`now`] writes it.
pub(crate) fn at(milliseconds: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000);
    written(moment.unwrap_or(OffsetDateTime::UNIX_EPOCH))
}

/// `seconds` before now, written as [`now`] writes it.
pub(crate) fn ago(seconds: i64) -> String {
    written(OffsetDateTime::now_utc() - time::Duration::seconds(seconds))
}

/// Now, in seconds since 1970.
#[must_use]
pub fn seconds() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

/// Now, in milliseconds since 1970.
#[must_use]
pub fn milliseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_clocks_must_say_that_it_is_recent() {
        let start = Moment::now();
        let (second, limit) = (Duration::from_secs(1), Duration::from_secs(30));
        let later = |wall: u32, monotonic: u32| {
            Moment::new(start.wall + second * wall, start.monotonic + second * monotonic)
        };
        assert!(start.is_within(limit, start));
        assert!(start.is_within(limit, later(29, 29)));
        assert!(!start.is_within(limit, later(30, 30)));
        // The process was suspended, and the monotonic clock stood still.
        assert!(!start.is_within(limit, later(90, 1)));
        // The wall clock was set.
        assert!(!start.is_within(limit, later(1, 90)));
        assert!(!start.is_within(limit, Moment::new(start.wall - second, start.monotonic + second)));
        assert_eq!(start.elapsed(later(90, 1)), second * 90);
    }
}
