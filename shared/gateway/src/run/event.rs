//! Repairs events of API Gateway that `lambda_http` cannot convert to a request.

use http::{HeaderMap, HeaderValue, header};
use lambda_http::request::LambdaRequest;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use crate::http::path::{FORWARDED_PROTO, first, is_plain, known_scheme};

/// What a query string may not contain, though clients send it.
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// Returns `event` in a form that `lambda_http` accepts. `lambda_http` builds a URI from scheme, host,
/// path and query, and panics if the URI is invalid.
///
/// An HTTP API passes the query on as the client wrote it, including the `"` of a filter: this
/// function escapes what is not allowed. Scheme and host are headers that a client may have written:
/// invalid ones are removed.
#[must_use]
pub fn sanitized(mut event: LambdaRequest) -> LambdaRequest {
    match &mut event {
        LambdaRequest::ApiGatewayV2(request) => {
            if let Some(query) = &mut request.raw_query_string {
                *query = utf8_percent_encode(query, QUERY).to_string();
            }
            address(&mut request.headers, &mut request.request_context.domain_name);
            request.raw_path = request.raw_path.take().map(rooted);
        }
        LambdaRequest::ApiGatewayV1(request) => {
            address(&mut request.headers, &mut request.request_context.domain_name);
            request.path = request.path.take().map(rooted);
        }
        _ => {}
    }
    event
}

fn address(headers: &mut HeaderMap, domain: &mut Option<String>) {
    let scheme = first(headers, FORWARDED_PROTO.as_str()).and_then(known_scheme);
    headers.remove(FORWARDED_PROTO);
    headers.extend(scheme.map(|scheme| (FORWARDED_PROTO, HeaderValue::from_static(scheme))));
    if headers.get(header::HOST).is_some_and(|host| !host.to_str().is_ok_and(is_host)) {
        headers.remove(header::HOST);
    }
    domain.take_if(|domain| !is_host(domain));
}

/// Whether a URL with `host`, which may have a port, is valid.
fn is_host(host: &str) -> bool {
    is_plain(host) && Url::parse(&format!("https://{host}/")).is_ok()
}

/// A path that does not begin with a slash would be parsed as the end of the host.
fn rooted(path: String) -> String {
    if path.starts_with('/') { path } else { format!("/{path}") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::query::Parameters;

    fn request(host: &str, proto: &str, path: &str, query: &str) -> http::Request<lambda_http::Body> {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
            "headers": { "host": host, "x-forwarded-proto": proto },
            "requestContext": {
                "accountId": "1", "apiId": "a", "domainName": "api.example.com", "requestId": "r",
                "http": { "method": "GET", "path": path, "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "test" },
                "routeKey": "$default", "stage": "$default", "time": "12/Mar/2026:19:03:58 +0000",
                "timeEpoch": 1_583_348_638_390_i64,
            },
            "isBase64Encoded": false,
        });
        let event: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
        http::Request::from(sanitized(event))
    }

    fn filter(raw_query: &str) -> Option<String> {
        let request = request("api.example.com", "https", "/scim/v2/Users", raw_query);
        Parameters::parse(request.uri().query()).unwrap().filter
    }

    #[test]
    fn scheme_and_host_that_are_none_are_left_out() {
        let whole = "https://api.example.com/scim/v2/Users";
        for host in [
            "",
            "a b",
            "a:99999",
            "1.2.3.999",
            "[::",
            "me@evil.example",
            "evil.example/x",
            "a?b",
            "a#b",
            "a`b",
        ] {
            let request = request(host, "https", "/scim/v2/Users", "");
            assert_eq!(request.uri(), whole, "{host}");
        }
        for proto in ["htt$ps", "", "javascript", "https, http", "HTTPS"] {
            let request = request("api.example.com", proto, "/scim/v2/Users", "");
            assert_eq!(request.uri(), whole, "{proto}");
        }
        let plain = request("127.0.0.1:3000", "http", "/scim/v2/Users", "");
        assert_eq!(plain.uri(), "http://127.0.0.1:3000/scim/v2/Users");
        assert_eq!(request("api.example.com", "https", "scim/v2/Users", "").uri(), whole);
    }

    #[test]
    fn a_filter_as_some_clients_write_it() {
        for query in [
            "filter=userName+eq+\"a%2Bé\"",
            "filter=userName eq \"a%2B%C3%A9\"",
            "filter=userName%20eq%20%22a%2B%C3%A9%22&",
        ] {
            assert_eq!(filter(query).as_deref(), Some("userName eq \"a+é\""), "{query}");
        }
        assert_eq!(filter("filter=a<b>#c").as_deref(), Some("a<b>#c"));
        assert_eq!(filter(""), None);
    }
}
