//! Query parameters (RFC 7644 §3.4.2), form-decoded: `+` is a blank, `%2B` a plus.
//!
//! Names are taken in any case. Unknown parameters are ignored (`?aadOptscim062020`,
//! `sortBy`: sorting is not offered), and so is what a dangling `&` or `?` leaves.
//! `attributes` and `excludedAttributes` sent twice are joined, being lists; of other
//! parameters the first counts, except that a second, different `filter` is refused:
//! a filter is never ignored.

use scim::discovery::service_provider_config::MAX_RESULTS;
use scim::error::{Error, Kind};

use crate::limits;

/// The parameters that SCIM knows, as sent. Blank ones count as not sent, except a blank
/// filter: whoever sends one meant to ask for something, and is not shown everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// `filter`.
    pub filter: Option<String>,
    /// `attributes`.
    pub attributes: Option<String>,
    /// `excludedAttributes`.
    pub excluded_attributes: Option<String>,
    start_index: Option<String>,
    count: Option<String>,
}

impl Parameters {
    /// Reads what follows the `?`.
    ///
    /// # Errors
    /// `invalidFilter` for two different filters.
    pub fn parse(query: Option<&str>) -> Result<Self, Error> {
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let (name, blank) = (name.to_ascii_lowercase(), value.trim().is_empty());
            if blank && name != "filter" {
                continue;
            }
            let value = value.into_owned();
            match name.as_str() {
                "filter" if parameters.filter.as_ref().is_some_and(|first| *first != value) => {
                    return Err(Error::new(
                        Kind::InvalidFilter,
                        "`filter` was sent twice: join the two with `and`",
                    ));
                }
                "filter" => parameters.filter = Some(value),
                "attributes" => join(&mut parameters.attributes, &value),
                "excludedattributes" => join(&mut parameters.excluded_attributes, &value),
                "startindex" => _ = parameters.start_index.get_or_insert(value),
                "count" => _ = parameters.count.get_or_insert(value),
                _ => {}
            }
        }
        Ok(parameters)
    }

    /// The 1-based index of the first resource wanted, and how many: less than 1 is 1,
    /// less than 0 is 0, absent is 100, more than 1,000 is 1,000 (RFC 7644 §3.4.2.4).
    ///
    /// # Errors
    /// `invalidValue` for what is not a whole number.
    pub fn page(&self) -> Result<(u64, u64), Error> {
        let start_index = integer("startIndex", self.start_index.as_deref())?.unwrap_or(1).clamp(1, FARTHEST);
        let count = integer("count", self.count.as_deref())?.unwrap_or(limits::DEFAULT_COUNT);
        Ok((start_index, count.min(MAX_RESULTS)))
    }
}

/// As far as a list goes: what every client's integers can hold when it is echoed.
const FARTHEST: u64 = i32::MAX as u64;

fn join(list: &mut Option<String>, more: &str) {
    let list = list.get_or_insert_default();
    list.push(',');
    list.push_str(more);
}

/// A whole number; less than 0 is 0, and more than fits is the most that fits.
fn integer(name: &str, text: Option<&str>) -> Result<Option<u64>, Error> {
    let Some(text) = text.map(str::trim) else { return Ok(None) };
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let detail = format!("`{name}` must be a whole number, not `{}`", shortened(text));
        return Err(Error::new(Kind::InvalidValue, detail));
    }
    Ok(Some(if negative { 0 } else { digits.parse().unwrap_or(u64::MAX) }))
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    fn parse(query: &str) -> Parameters {
        Parameters::parse(Some(query)).unwrap()
    }

    #[test]
    fn form_decoding() {
        for query in [
            "filter=userName+eq+%22a%2Bb%40x.io%22",
            "filter=userName%20eq%20%22a%2Bb@x.io%22",
            "filter=userName+eq+\"a%2Bb@x.io\"&",
            "aadOptscim062020&filter=userName+eq+%22a%2Bb%40x.io%22&&=&sortBy=userName",
            "FILTER=userName+eq+%22a%2Bb%40x.io%22",
        ] {
            assert_eq!(parse(query).filter.as_deref(), Some("userName eq \"a+b@x.io\""), "{query}");
        }
    }

    #[test]
    fn nothing_is_nothing() {
        for query in
            [None, Some(""), Some("&"), Some("?"), Some("attributes=&count=+"), Some("aadOptscim062020")]
        {
            assert_eq!(Parameters::parse(query).unwrap(), Parameters::default(), "{query:?}");
        }
    }

    #[test]
    fn a_blank_filter_is_one() {
        assert_eq!(parse("filter=").filter.as_deref(), Some(""));
        assert_eq!(parse("filter").filter.as_deref(), Some(""));
    }

    #[test]
    fn lists_are_joined_and_a_second_filter_is_refused() {
        assert_eq!(parse("attributes=a&attributes=b").attributes.as_deref(), Some(",a,b"));
        assert_eq!(parse("count=1&count=2").page().unwrap(), (1, 1));
        assert!(Parameters::parse(Some("filter=a+pr&filter=a+pr")).is_ok());
        let error = Parameters::parse(Some("filter=a+pr&filter=b+pr")).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidFilter);
    }

    #[test]
    fn pages() {
        for (query, page) in [
            ("", (1, 100)),
            ("startIndex=0&count=0", (1, 0)),
            ("startIndex=-5&count=-1", (1, 0)),
            ("startIndex=11&count=5", (11, 5)),
            ("count=1000", (1, 1000)),
            ("count=1001", (1, 1000)),
            ("startIndex=99999999999999999999999&count=99999999999999999999999", (FARTHEST, 1000)),
            ("startIndex=-99999999999999999999999", (1, 100)),
            ("startindex=2&COUNT=3", (2, 3)),
        ] {
            assert_eq!(parse(query).page().unwrap(), page, "{query}");
        }
    }

    #[test]
    fn what_is_no_whole_number_is_refused() {
        for query in ["count=ten", "count=1.5", "startIndex=1e3", "count=0x10", "startIndex=--1", "count=%2B"]
        {
            assert_eq!(parse(query).page().unwrap_err().kind, Kind::InvalidValue, "{query}");
        }
    }
}
