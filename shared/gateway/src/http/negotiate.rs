//! Content negotiation: Accept and Accept-Encoding (RFC 9110 §12.5).

use http::header::{ACCEPT, ACCEPT_ENCODING, HeaderName};
use http::{HeaderMap, Method};

/// What a request says about the format of its response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseFormat {
    /// Accepts `application/json` but not `application/scim+json`.
    pub plain_json: bool,
    /// Accepts gzip.
    pub gzip: bool,
    /// The method.
    pub method: Method,
}

impl ResponseFormat {
    /// Reads it from a request.
    #[must_use]
    pub fn of(method: &Method, headers: &HeaderMap) -> Self {
        Self { plain_json: plain_json(headers), gzip: gzip(headers), method: method.clone() }
    }
}

/// Whether Accept names `application/json` and nothing that covers SCIM's own type.
/// The body is the same in both. A client that accepts neither gets SCIM's type: a 406 would not
/// help it.
fn plain_json(headers: &HeaderMap) -> bool {
    let accepted: Vec<String> =
        weighted(headers, &ACCEPT).into_iter().filter(|(_, q)| *q > 0.0).map(|(name, _)| name).collect();
    let has = |name: &str| accepted.iter().any(|a| a == name);
    has("application/json") && !["application/scim+json", "application/*", "*/*"].into_iter().any(has)
}

/// Whether Accept-Encoding allows gzip, by name or by `*`; `q=0` forbids.
fn gzip(headers: &HeaderMap) -> bool {
    let codings = weighted(headers, &ACCEPT_ENCODING);
    let weight = |names: &[&str]| codings.iter().find(|(n, _)| names.contains(&n.as_str())).map(|(_, q)| *q);
    weight(&["gzip", "x-gzip"]).or_else(|| weight(&["*"])).is_some_and(|q| q > 0.0)
}

/// The elements of a list header in lower case, without parameters, with their weight.
fn weighted(headers: &HeaderMap, name: &HeaderName) -> Vec<(String, f32)> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let elements = values.flat_map(|value| value.split(','));
    let read = |element: &str| {
        let mut parts = element.split(';').map(|part| part.trim().to_ascii_lowercase());
        let name = parts.next().filter(|name| !name.is_empty())?;
        let q = parts.find_map(|part| part.strip_prefix("q=").map(|q| q.trim().parse().unwrap_or(0.0)));
        Some((name, q.unwrap_or(1.0)))
    };
    elements.filter_map(read).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn format(name: HeaderName, value: &str) -> ResponseFormat {
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())]);
        ResponseFormat::of(&Method::GET, &headers)
    }

    #[test]
    fn plain_json_only_for_clients_that_accept_nothing_else() {
        for accept in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "text/html, application/json;q=0.5",
            "application/json, application/scim+json;q=0",
        ] {
            assert!(format(ACCEPT, accept).plain_json, "{accept}");
        }
        for accept in [
            "application/scim+json",
            "*/*",
            "application/json, */*;q=0.1",
            "application/*, application/json",
            "application/json, application/scim+json",
            "text/html",
            "application/json;q=0",
            "",
        ] {
            assert!(!format(ACCEPT, accept).plain_json, "{accept}");
        }
        assert!(!ResponseFormat::of(&Method::GET, &HeaderMap::new()).plain_json);
    }

    #[test]
    fn gzip_when_allowed() {
        for coding in
            ["gzip", "deflate, GZIP;q=0.1", "*", "br, *;q=0.2", "x-gzip", "gzip;q=1.0, identity; q=0.5"]
        {
            assert!(format(ACCEPT_ENCODING, coding).gzip, "{coding}");
        }
        for coding in ["", "identity", "gzip;q=0", "gzip; q=0.0, *", "*;q=0", "br", "gzip;q=none"] {
            assert!(!format(ACCEPT_ENCODING, coding).gzip, "{coding}");
        }
        assert!(!ResponseFormat::of(&Method::GET, &HeaderMap::new()).gzip);
    }
}
