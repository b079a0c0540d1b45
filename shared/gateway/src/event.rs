//! Events of API Gateway that `lambda_http` cannot make a request of.

use lambda_http::request::LambdaRequest;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a query string may not hold, though clients send it.
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// Escapes what must not stand in a query string. HTTP API hands the query over as the
/// client wrote it, `"` of a filter and all, and `lambda_http` panics at a URI that is
/// none.
#[must_use]
pub fn mended(mut event: LambdaRequest) -> LambdaRequest {
    if let LambdaRequest::ApiGatewayV2(request) = &mut event
        && let Some(query) = &mut request.raw_query_string
    {
        *query = utf8_percent_encode(query, QUERY).to_string();
    }
    event
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::query::Parameters;

    #[track_caller]
    fn filter(raw_query: &str) -> Option<String> {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/scim/v2/Users", "rawQueryString": raw_query,
            "headers": { "host": "api.example.com" },
            "requestContext": {
                "accountId": "1", "apiId": "a", "domainName": "api.example.com", "requestId": "r",
                "http": { "method": "GET", "path": "/scim/v2/Users", "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "test" },
                "routeKey": "$default", "stage": "$default", "time": "12/Mar/2026:19:03:58 +0000",
                "timeEpoch": 1_583_348_638_390_i64,
            },
            "isBase64Encoded": false,
        });
        let event: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
        let request = http::Request::from(mended(event));
        Parameters::parse(request.uri().query()).unwrap().filter
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
