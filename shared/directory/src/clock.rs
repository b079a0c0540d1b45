//! The clock: what time it is, and whether something is still recent ([`Moment`]).

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

pub use table::clock::Moment;

const MILLISECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

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

/// The time `text` (RFC 3339) in milliseconds since 1970; 0 for one before. `None` if it is not a valid time.
#[must_use]
pub fn parsed(text: &str) -> Option<u64> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    u64::try_from(time.unix_timestamp_nanos().max(0) / 1_000_000).ok()
}

/// `seconds` since 1970, written as [`now`] writes it.
pub(crate) fn from_seconds(seconds: i64) -> String {
    written(OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH))
}

/// `seconds` before now, written as [`now`] writes it.
pub(crate) fn ago(seconds: i64) -> String {
    written(OffsetDateTime::now_utc() - time::Duration::seconds(seconds))
}

/// The moment `text`, in RFC 3339, in seconds since 1970; `None` if it is something else.
#[must_use]
pub fn read(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
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
