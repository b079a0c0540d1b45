//! If-Match and If-None-Match (RFC 7644 §3.14, RFC 9110 §13.1).

use directory::resource::precondition::{Match, Preconditions};
use http::HeaderMap;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};

/// What a request is conditional on. A header that holds no entity tag names no version.
#[must_use]
pub fn conditions(headers: &HeaderMap) -> Preconditions {
    Preconditions { if_match: versions(headers, &IF_MATCH), if_none_match: versions(headers, &IF_NONE_MATCH) }
}

/// The versions that a list header names; `None` when it was not sent.
fn versions(headers: &HeaderMap, name: &HeaderName) -> Option<Match> {
    if !headers.contains_key(name) {
        return None;
    }
    Some(listed(headers.get_all(name).iter().filter_map(|value| value.to_str().ok())))
}

/// The versions in `values`, each a list. Our entity tags hold no comma, so that a tag
/// torn at one cannot become ours.
pub fn listed<'a>(values: impl Iterator<Item = &'a str>) -> Match {
    let tags = values.flat_map(|value| value.split(',')).map(str::trim).filter(|tag| !tag.is_empty());
    let tags: Vec<String> = tags.map(str::to_owned).collect();
    if tags.iter().any(|tag| tag == "*") { Match::Any } else { Match::Tags(tags) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn lists_and_star() {
        let tags = |tags: &[&str]| Some(Match::Tags(tags.iter().map(|t| (*t).to_owned()).collect()));
        for name in [IF_MATCH, IF_NONE_MATCH] {
            let versions = |values: &[&str]| versions(&headers(name.clone(), values), &name);
            assert_eq!(versions(&[]), None);
            assert_eq!(versions(&["*"]), Some(Match::Any));
            assert_eq!(versions(&["W/\"3\""]), tags(&["W/\"3\""]));
            assert_eq!(versions(&["\"1\", W/\"2\" ,"]), tags(&["\"1\"", "W/\"2\""]));
            assert_eq!(versions(&["\"1\"", "\"2\""]), tags(&["\"1\"", "\"2\""]));
            assert_eq!(versions(&["\"1\", *"]), Some(Match::Any));
            assert_eq!(versions(&[""]), tags(&[]));
        }
    }

    #[test]
    fn the_headers_do_not_mix() {
        let both = HeaderMap::from_iter([
            (IF_MATCH, HeaderValue::from_static("*")),
            (IF_NONE_MATCH, HeaderValue::from_static("\"1\"")),
        ]);
        let expected = Preconditions {
            if_match: Some(Match::Any),
            if_none_match: Some(Match::Tags(vec!["\"1\"".to_owned()])),
        };
        assert_eq!(conditions(&both), expected);
        assert_eq!(conditions(&HeaderMap::new()), Preconditions::default());
    }
}
