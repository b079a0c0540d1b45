//! Query parameters (RFC 7644 §3.4.2, RFC 9865 §2), form-decoded: `+` is a blank, `%2B` a
//! plus; or those of a query by POST.
//!
//! Names are taken in any case. Unknown parameters are ignored (`?aadOptscim062020`), and
//! so is what a dangling `&` or `?` leaves. `attributes` and `excludedAttributes` sent twice
//! are joined, being lists; of other parameters the first counts, except that a second,
//! different `filter` is refused: a filter is never ignored.

use scim::discovery::service_provider_config::{DEFAULT_RESULTS, MAX_RESULTS};
use scim::error::{Error, Kind};
use scim::search::Search;

/// The parameters that SCIM knows, as sent. Blank ones count as not sent, except a blank
/// filter: it is an error of the client, which must not get all resources. A blank cursor
/// requests the first page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    /// `filter`.
    pub filter: Option<String>,
    /// `attributes`.
    pub attributes: Option<String>,
    /// `excludedAttributes`.
    pub excluded_attributes: Option<String>,
    /// `sortBy`.
    pub sort_by: Option<String>,
    /// `sortOrder`.
    pub sort_order: Option<String>,
    start_index: Option<String>,
    count: Option<String>,
    cursor: Option<String>,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// At the resource of this 1-based number.
    Index(u64),
    /// At this cursor; empty for the first page.
    Cursor(String),
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
            if blank && !matches!(name.as_str(), "filter" | "cursor") {
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
                "sortby" => _ = parameters.sort_by.get_or_insert(value),
                "sortorder" => _ = parameters.sort_order.get_or_insert(value),
                "startindex" => _ = parameters.start_index.get_or_insert(value),
                "count" => _ = parameters.count.get_or_insert(value),
                "cursor" => _ = parameters.cursor.get_or_insert(value),
                _ => {}
            }
        }
        Ok(parameters)
    }

    /// Where the page begins, and how many are wanted. An index less than 1 is 1; a count
    /// less than 0 is 0, absent 100, more than 1,000 is 1,000 (RFC 7644 §3.4.2.4).
    ///
    /// # Errors
    /// `invalidValue` for what is not a whole number, `invalidCount` where the page is one
    /// by cursor; `invalidValue` for an index together with a cursor.
    pub fn page(&self) -> Result<(From, u64), Error> {
        let wrong_count = if self.cursor.is_some() { Kind::InvalidCount } else { Kind::InvalidValue };
        let start_index = integer("startIndex", self.start_index.as_deref(), Kind::InvalidValue)?;
        let start_index = start_index.unwrap_or(1).clamp(1, FARTHEST);
        let count = integer("count", self.count.as_deref(), wrong_count)?.unwrap_or(DEFAULT_RESULTS);
        let from = match &self.cursor {
            None => From::Index(start_index),
            Some(cursor) if start_index == 1 => From::Cursor(cursor.trim().to_owned()),
            Some(_) => {
                let detail = "`startIndex` and `cursor` exclude each other: send one of them";
                return Err(Error::new(Kind::InvalidValue, detail));
            }
        };
        Ok((from, count.min(MAX_RESULTS)))
    }
}

impl std::convert::From<Search> for Parameters {
    fn from(search: Search) -> Self {
        let sent = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Self {
            filter: search.filter,
            attributes: sent(search.attributes),
            excluded_attributes: sent(search.excluded_attributes),
            sort_by: sent(search.sort_by),
            sort_order: sent(search.sort_order),
            start_index: sent(search.start_index),
            count: sent(search.count),
            cursor: search.cursor,
        }
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
fn integer(name: &str, text: Option<&str>, wrong: Kind) -> Result<Option<u64>, Error> {
    let Some(text) = text.map(str::trim) else { return Ok(None) };
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let detail = format!("`{name}` must be a whole number, not `{}`", shortened(text));
        return Err(Error::new(wrong, detail));
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
            "aadOptscim062020&filter=userName+eq+%22a%2Bb%40x.io%22&&=&x=userName",
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
        assert_eq!(parse("count=1&count=2").page().unwrap(), (From::Index(1), 1));
        assert!(Parameters::parse(Some("filter=a+pr&filter=a+pr")).is_ok());
        let error = Parameters::parse(Some("filter=a+pr&filter=b+pr")).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidFilter);
    }

    #[test]
    fn pages() {
        for (query, (start, count)) in [
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
            assert_eq!(parse(query).page().unwrap(), (From::Index(start), count), "{query}");
        }
    }

    #[test]
    fn pages_by_cursor() {
        for (query, cursor, count) in [
            ("cursor", "", 100),
            ("cursor=&count=10", "", 10),
            ("count=-2&CURSOR=aB-_~.", "aB-_~.", 0),
            ("cursor=x&startIndex=1&count=9999", "x", 1000),
            ("cursor=x&cursor=y", "x", 100),
        ] {
            assert_eq!(parse(query).page().unwrap(), (From::Cursor(cursor.to_owned()), count), "{query}");
        }
        assert_eq!(parse("cursor&count=x").page().unwrap_err().kind, Kind::InvalidCount);
        assert_eq!(parse("cursor&startIndex=2").page().unwrap_err().kind, Kind::InvalidValue);
        assert_eq!(parse("cursor&startIndex=x").page().unwrap_err().kind, Kind::InvalidValue);
    }

    #[test]
    fn a_query_by_post_has_the_same_parameters() {
        let some = |text: &str| Some(text.to_owned());
        let search = Search {
            filter: some("a pr"),
            attributes: some("a,b"),
            sort_by: some("a"),
            sort_order: some(" "),
            count: some("3"),
            cursor: some(""),
            ..Search::default()
        };
        let url = parse("filter=a+pr&sortBy=a&sortOrder=+&count=3&cursor=");
        assert_eq!(Parameters::from(search), Parameters { attributes: some("a,b"), ..url });
    }

    #[test]
    fn what_is_no_whole_number_is_refused() {
        for query in ["count=ten", "count=1.5", "startIndex=1e3", "count=0x10", "startIndex=--1", "count=%2B"]
        {
            assert_eq!(parse(query).page().unwrap_err().kind, Kind::InvalidValue, "{query}");
        }
    }
}
