//! How long the events of a directory are kept: its setting `eventRetention`.
//!
//! ```json
//! { "eventRetention": "90d" }
//! ```
//!
//! The log learns of it from the event of the directory that reports the change, or when it is reconciled.
//! An event gets the time at which it expires when it is appended, and never an earlier one than the event
//! before it, also when the setting has become shorter or the clock of the writer is behind. So the events
//! that are kept are always the last ones of the log, without a gap.

use scim::error::{Error, Kind};
use serde_json::Value;

use crate::registry::settings::Settings;

const SETTING: &str = "eventRetention";
const DAY: i64 = 24 * 3600;
/// The usual time, in seconds.
pub(super) const USUAL: i64 = 365 * DAY;
/// The shortest time, in seconds. An endpoint may fail for five days before its subscription is paused.
pub(super) const SHORTEST: i64 = 7 * DAY;
/// The longest time, in seconds.
const LONGEST: i64 = 3650 * DAY;

/// Checks the setting before it is stored.
///
/// # Errors
/// `invalidValue`: what it must look like.
pub fn check(settings: &Settings) -> Result<(), Error> {
    let usage = format!("`{SETTING}` must be 7 to 3650 days, like `\"90d\"`");
    match settings.get(SETTING) {
        Some(sent) if seconds(sent).is_none() => Err(Error::new(Kind::InvalidValue, usage)),
        _ => Ok(()),
    }
}

/// How long the events of a directory with these settings are kept, in seconds.
pub(super) fn of(settings: &Settings) -> i64 {
    settings.get(SETTING).and_then(seconds).unwrap_or(USUAL)
}

fn seconds(sent: &Value) -> Option<i64> {
    let days: i64 = sent.as_str()?.strip_suffix('d')?.parse().ok()?;
    days.checked_mul(DAY).filter(|seconds| (SHORTEST..=LONGEST).contains(seconds))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_a_number_of_days() {
        let settings = |value: Value| Settings::from_iter([(SETTING.to_owned(), value)]);
        for (right, days) in [(json!("7d"), 7), (json!("90d"), 90), (json!("3650d"), 3650)] {
            check(&settings(right.clone())).unwrap();
            assert_eq!(seconds(&right), Some(days * DAY));
        }
        for wrong in
            [json!("6d"), json!("3651d"), json!("90"), json!(90), json!("24h"), json!("-7d"), json!(null)]
        {
            check(&settings(wrong)).unwrap_err();
        }
        check(&Settings::new()).unwrap();
        assert_eq!(of(&settings(json!("30d"))), 30 * DAY);
        assert_eq!([of(&settings(json!("1d"))), of(&Settings::new())], [USUAL; 2]);
    }
}
