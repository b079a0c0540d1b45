//! Times as people write them.

use gateway::http::error::Failure;
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::body::invalid;

/// How long a credential lives when nobody says it, and at most, in days: there is none
/// without an end.
const USUAL: i64 = 365;
const MOST: i64 = 1096;

/// The end of a credential: a moment (RFC 3339), or so many days from now.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum End {
    Days(i64),
    At(String),
}

/// Now, in seconds since 1970.
pub(crate) fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

/// `seconds` since 1970 as RFC 3339 has it.
pub(crate) fn shown(seconds: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
}

/// The usual end, in seconds since 1970.
pub(crate) fn usual() -> i64 {
    now() + USUAL * Duration::DAY.whole_seconds()
}

/// An end in seconds since 1970.
///
/// # Errors
/// `invalidValue` for what is no time, in the past, or too far away.
pub(crate) fn end(end: &End) -> Result<i64, Failure> {
    let now = OffsetDateTime::now_utc();
    let at = match end {
        End::Days(days) if (1..=MOST).contains(days) => now + Duration::days(*days),
        End::Days(_) => now,
        End::At(text) => OffsetDateTime::parse(text, &Rfc3339).map_err(|_| {
            invalid("`expires` must be a number of days or a time such as `2027-01-31T00:00:00Z`")
        })?,
    };
    if at <= now || at > now + Duration::days(MOST) {
        return Err(invalid(format!("`expires` must be 1 to {MOST} days from now")));
    }
    Ok(at.unix_timestamp())
}
