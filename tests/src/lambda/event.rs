//! A request in the form in which an HTTP API passes it to Lambda, payload format 2.0, and the
//! response.

use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

/// The event of a request that arrived by `route`. A body is base64 unless its media type is one
/// that API Gateway treats as text; SCIM's is not.
#[must_use]
pub fn event(parts: &Parts, body: &[u8], route: &str) -> Value {
    let mut headers = Map::new();
    for name in parts.headers.keys() {
        let values =
            parts.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        headers.insert(name.to_string(), values.collect::<Vec<_>>().join(",").into());
    }
    // API Gateway takes cookies out of the headers.
    let cookies = headers.remove("cookie");
    headers.insert("x-forwarded-for".to_owned(), "203.0.113.7".into());
    headers.entry("x-forwarded-proto").or_insert_with(|| "http".into());
    let host = headers.get("host").and_then(Value::as_str).unwrap_or_default().to_owned();
    let text = headers.get("content-type").and_then(Value::as_str).is_some_and(is_text);
    let agent = headers.get("user-agent").cloned().unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": parts.uri.path(),
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "d111111abc",
            "domainName": host,
            "domainPrefix": "d111111abc",
            "http": {
                "method": parts.method.as_str(), "path": parts.uri.path(), "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7", "userAgent": agent,
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": route,
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_773_342_238_000_u64,
        },
        "isBase64Encoded": false,
    });
    if let Some(cookies) = cookies.as_ref().and_then(Value::as_str) {
        event["cookies"] = cookies.split(';').map(str::trim).collect();
    }
    if !body.is_empty() {
        let text = text.then(|| std::str::from_utf8(body).ok()).flatten();
        event["isBase64Encoded"] = text.is_none().into();
        event["body"] = text.map_or_else(|| BASE64_STANDARD.encode(body), str::to_owned).into();
    }
    event
}

fn is_text(media_type: &str) -> bool {
    let plain = ["application/json", "application/xml", "application/javascript"];
    media_type.starts_with("text/") || plain.iter().any(|known| media_type.starts_with(known))
}

/// The HTTP response that API Gateway makes of a function's response.
#[must_use]
pub fn answer(response: &Value) -> Response {
    let text = response["body"].as_str().unwrap_or_default();
    let body = if response["isBase64Encoded"] == true {
        BASE64_STANDARD.decode(text).expect("base64")
    } else {
        text.as_bytes().to_vec()
    };
    let mut answer = Response::new(Body::from(body));
    let status = response["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    *answer.status_mut() = StatusCode::from_u16(status.expect("a status")).expect("a status");
    for (name, value) in response["headers"].as_object().into_iter().flatten() {
        let name: HeaderName = name.parse().expect("a header's name");
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default()).expect("a header's value");
        answer.headers_mut().insert(name, value);
    }
    for cookie in response["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let cookie = HeaderValue::from_str(cookie).expect("a cookie");
        answer.headers_mut().append(http::header::SET_COOKIE, cookie);
    }
    answer
}
