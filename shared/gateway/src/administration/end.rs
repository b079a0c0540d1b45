//! When a credential or a client's secret expires.

use directory::clock::{read, seconds};
use serde::Deserialize;

use super::value::invalid;
use crate::http::error::Failure;

/// How long a credential is valid by default, and at most, in days. Every credential expires.
pub const USUAL: i64 = 365;
/// See [`USUAL`].
pub const MOST: i64 = 1096;
/// A day, in seconds.
pub const DAY: i64 = 86_400;

/// When something expires: a time (RFC 3339), or a number of days from now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum End {
    /// Days from now.
    Days(i64),
    /// A time.
    At(String),
}

/// The default end, in seconds since 1970.
#[must_use]
pub fn usual() -> i64 {
    seconds() + USUAL * DAY
}

/// An end in seconds since 1970.
///
/// # Errors
/// `invalidValue` when it is not a time, in the past, or too far away.
pub fn end(end: &End) -> Result<i64, Failure> {
    let now = seconds();
    let at = match end {
        End::Days(days) if (1..=MOST).contains(days) => now + days * DAY,
        End::Days(_) => now,
        End::At(text) => read(text).ok_or_else(|| {
            invalid("`expires` must be a number of days or a time such as `2027-01-31T00:00:00Z`")
        })?,
    };
    if at <= now || at > now + MOST * DAY {
        return Err(invalid(format!("`expires` must be 1 to {MOST} days from now")));
    }
    Ok(at)
}
