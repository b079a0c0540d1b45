//! If-Match and If-None-Match (RFC 7644 §3.14, RFC 9110 §13.1).

use directory::resource::Match;
use http::HeaderMap;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};

/// What a change is conditional on; `None` when on nothing. A header that holds no
/// entity tag admits no version.
#[must_use]
pub fn if_match(headers: &HeaderMap) -> Option<Match> {
    let tags = tags(headers, &IF_MATCH)?;
    Some(if tags.iter().any(|tag| tag == "*") { Match::Any } else { Match::Tags(tags) })
}

/// Whether the client already has the version `etag`: then a GET is answered 304.
/// Tags are compared weakly.
#[must_use]
pub fn none_match(headers: &HeaderMap, etag: &str) -> bool {
    let bare = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    tags(headers, &IF_NONE_MATCH)
        .is_some_and(|tags| tags.iter().any(|tag| tag == "*" || bare(tag) == bare(etag)))
}

/// The entity tags of a list header. Ours hold no comma, so that a tag torn at one
/// cannot become ours.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    if !headers.contains_key(name) {
        return None;
    }
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let tags = values.flat_map(|value| value.split(',')).map(str::trim).filter(|tag| !tag.is_empty());
    Some(tags.map(str::to_owned).collect())
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
    fn if_match_lists_and_star() {
        let tags = |tags: &[&str]| Some(Match::Tags(tags.iter().map(|t| (*t).to_owned()).collect()));
        assert_eq!(if_match(&HeaderMap::new()), None);
        assert_eq!(if_match(&headers(IF_MATCH, &["*"])), Some(Match::Any));
        assert_eq!(if_match(&headers(IF_MATCH, &["W/\"3\""])), tags(&["W/\"3\""]));
        assert_eq!(if_match(&headers(IF_MATCH, &["\"1\", W/\"2\" ,"])), tags(&["\"1\"", "W/\"2\""]));
        assert_eq!(if_match(&headers(IF_MATCH, &["\"1\"", "\"2\""])), tags(&["\"1\"", "\"2\""]));
        assert_eq!(if_match(&headers(IF_MATCH, &[""])), tags(&[]));
    }

    #[test]
    fn none_match_is_weak() {
        let known = |values: &[&str]| none_match(&headers(IF_NONE_MATCH, values), "W/\"3.7\"");
        assert!(known(&["W/\"3.7\""]) && known(&["\"3.7\""]) && known(&["*"]) && known(&["\"1\", \"3.7\""]));
        assert!(!known(&["\"3\""]) && !known(&[""]) && !known(&["3.7"]));
        assert!(!none_match(&HeaderMap::new(), "W/\"3.7\""));
    }
}
