//! The clock, as resources and credentials show it.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

const MILLISECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// How old `lastUsed` must be before it is written again, in seconds.
pub(crate) const PRECISION: i64 = 15 * 60;

/// Now, in UTC, as RFC 7643 §2.3.5 writes it, to the millisecond.
pub(crate) fn now() -> String {
    written(OffsetDateTime::now_utc())
}

/// `moment` as resources keep it.
pub(crate) fn written(moment: OffsetDateTime) -> String {
    moment.to_offset(time::UtcOffset::UTC).format(MILLISECONDS).unwrap_or_default()
}

/// `seconds` before now, written as [`now`] is.
pub(crate) fn ago(seconds: i64) -> String {
    (OffsetDateTime::now_utc() - Duration::seconds(seconds)).format(MILLISECONDS).unwrap_or_default()
}

/// Now, in seconds since 1970.
pub(crate) fn seconds() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}
