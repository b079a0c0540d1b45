//! Times as administrators write and read them.

use directory::clock::seconds;
use gateway::http::error::Failure;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::body::invalid;

/// How long a credential is valid by default, and at most, in days. Every credential expires.
const USUAL: i64 = 365;
const MOST: i64 = 1096;
const DAY: i64 = 86_400;

/// When a credential expires: a time (RFC 3339), or a number of days from now.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum End {
    Days(i64),
    At(String),
}

/// `seconds` since 1970 as RFC 3339 writes it.
pub(crate) fn shown(seconds: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
}

/// The default end, in seconds since 1970.
pub(crate) fn usual() -> i64 {
    seconds() + USUAL * DAY
}

/// An end in seconds since 1970.
///
/// # Errors
/// `invalidValue` when it is not a time, in the past, or too far away.
pub(crate) fn end(end: &End) -> Result<i64, Failure> {
    let now = seconds();
    let at = match end {
        End::Days(days) if (1..=MOST).contains(days) => now + days * DAY,
        End::Days(_) => now,
        End::At(text) => OffsetDateTime::parse(text, &Rfc3339)
            .map_err(|_| {
                invalid("`expires` must be a number of days or a time such as `2027-01-31T00:00:00Z`")
            })?
            .unix_timestamp(),
    };
    if at <= now || at > now + MOST * DAY {
        return Err(invalid(format!("`expires` must be 1 to {MOST} days from now")));
    }
    Ok(at)
}
