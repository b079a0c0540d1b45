//! Times as people read them.

use time::{Date, Month, OffsetDateTime};

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

/// `seconds` since 1970, to the minute, as the field `datetime-local` of a form has it: `2027-01-31T09:30`.
pub(crate) fn typed(seconds: i64) -> String {
    minute(seconds).trim_end_matches(" UTC").replace(' ', "T")
}

/// The seconds since 1970 of a time that [`typed`] wrote, or a browser.
pub(crate) fn minutes(text: &str) -> Option<i64> {
    let (day, time) = text.split_once('T')?;
    let mut day = day.splitn(3, '-');
    let (year, month, day) =
        (day.next()?.parse().ok()?, day.next()?.parse::<u8>().ok()?, day.next()?.parse().ok()?);
    let mut time = time.splitn(3, ':');
    let (hour, minute) = (time.next()?.parse().ok()?, time.next()?.parse().ok()?);
    let day = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
    Some(day.with_hms(hour, minute, 0).ok()?.assume_utc().unix_timestamp())
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

    #[test]
    fn a_typed_time_is_read_back() {
        assert_eq!(
            (typed(1_801_474_200), minutes("2027-02-01T09:30")),
            ("2027-02-01T09:30".into(), Some(1_801_474_200))
        );
        assert_eq!(minutes("2027-02-01T09:30:59"), Some(1_801_474_200));
        for wrong in
            ["", "2027-02-01", "2027-02-30T09:30", "2027-02-01T25:30", "2027-02T09:30", "T", "x-y-zTa:b"]
        {
            assert_eq!(minutes(wrong), None, "{wrong}");
        }
    }
}
