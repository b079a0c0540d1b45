//! Times as people read them.

use time::OffsetDateTime;

/// The day of `seconds` since 1970: `2027-01-31`.
pub(crate) fn day(seconds: i64) -> String {
    minute(seconds).split(' ').next().unwrap_or_default().to_owned()
}

/// `seconds` since 1970, to the minute: `2027-01-31 09:30 UTC`.
pub(crate) fn minute(seconds: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = at.to_calendar_date();
    format!("{year:04}-{:02}-{day:02} {:02}:{:02} UTC", u8::from(month), at.hour(), at.minute())
}

/// The hour `hours` since 1970: `2027-01-31 09:00`.
pub(crate) fn hour(hours: i64) -> String {
    minute(hours.saturating_mul(3600)).trim_end_matches(" UTC").to_owned()
}

/// A time that is stored as RFC 3339 in UTC, to the minute.
pub(crate) fn stored(text: &str) -> String {
    text.get(..16).map(|minute| format!("{} UTC", minute.replace('T', " "))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_look_alike() {
        assert_eq!(
            (day(1_801_474_200), minute(1_801_474_200)),
            ("2027-02-01".into(), "2027-02-01 09:30 UTC".into())
        );
        assert_eq!(stored("2027-02-01T09:30:12.345Z"), "2027-02-01 09:30 UTC");
        assert_eq!(stored(""), "");
    }
}
