//! The written forms of dates and of binary data (RFC 7643 §2.3.5, §2.3.6).

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Whether `text` is an xsd:dateTime: a date and a time, with or without a time zone.
#[must_use]
pub fn is_date_time(text: &str) -> bool {
    let reads = |text: &str| OffsetDateTime::parse(text, &Rfc3339).is_ok();
    reads(text) || reads(&format!("{text}Z"))
}

/// Whether `text` is base64 in either alphabet. Padding may be missing (RFC 7643 §2.3.6);
/// line breaks, which certificates from a file have, are ignored.
#[must_use]
pub fn is_base64(text: &str) -> bool {
    let bytes: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let data = bytes.iter().rposition(|b| *b != b'=').map_or(0, |last| last + 1);
    let padding = bytes.len() - data;
    let alphabet =
        bytes.iter().take(data).all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_'));
    alphabet && data % 4 != 1 && (padding == 0 || (padding <= 2 && bytes.len().is_multiple_of(4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_time_needs_a_date_and_a_time() {
        for good in ["2008-01-23T04:56:22Z", "2008-01-23T04:56:22.123+02:00", "2008-01-23T04:56:22"] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in ["", "2008-01-23", "04:56:22Z", "2008-13-23T04:56:22Z", "yesterday"] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }

    #[test]
    fn base64_may_lack_its_padding_and_use_either_alphabet() {
        for good in ["", "QQ==", "QQ", "QUI=", "QUJD", "-_-_", "+/+/", "QUJD\nQUJD"] {
            assert!(is_base64(good), "{good}");
        }
        for bad in ["Q", "QUJDR", "Q===", "Q=Q=", "QU*D", "QQ=", "é"] {
            assert!(!is_base64(bad), "{bad}");
        }
    }
}
