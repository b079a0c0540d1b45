#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use axum::body::Body;
use axum::extract::FromRequest;
use axum::response::IntoResponse;
use http::{Request, StatusCode};
use lambda_http::request::LambdaRequest;
use serde_json::{Value, json};

use super::Json;
use crate::http::limits::REQUEST_BODY;

async fn read(request: Request<Body>) -> Result<Value, (StatusCode, String)> {
    match Json::from_request(request, &()).await {
        Ok(Json(value)) => Ok(value),
        Err(failure) => {
            let response = failure.into_response();
            let status = response.status();
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            Err((status, body.get("detail").and_then(Value::as_str).unwrap_or_default().to_owned()))
        }
    }
}

fn typed(content_type: Option<&str>, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post("/scim/v2/Users");
    let request = match content_type {
        Some(content_type) => request.header("content-type", content_type),
        None => request,
    };
    request.body(body.into()).unwrap()
}

#[tokio::test]
async fn scim_json_and_json_with_any_parameters_and_none() {
    for content_type in [
        Some("application/scim+json"),
        Some("application/scim+json; charset=utf-8"),
        Some("application/json"),
        Some("Application/JSON;odata=verbose"),
        Some(""),
        None,
    ] {
        assert_eq!(read(typed(content_type, "{}")).await, Ok(json!({})), "{content_type:?}");
    }
    for content_type in
        ["text/plain", "application/xml", "application/json5", "application/x-www-form-urlencoded"]
    {
        let (status, _) = read(typed(Some(content_type), "{}")).await.unwrap_err();
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
}

#[tokio::test]
async fn a_compressed_body_is_refused() {
    let mut request = typed(None, "{}");
    request.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    assert_eq!(read(request).await.unwrap_err().0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let mut request = typed(None, "{}");
    request.headers_mut().append("content-encoding", "identity".parse().unwrap());
    request.headers_mut().append("content-encoding", "gzip".parse().unwrap());
    assert_eq!(read(request).await.unwrap_err().0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn an_encoding_that_is_none_is_not_compression() {
    for coding in ["identity", "Identity", " identity ", ""] {
        let mut request = typed(None, "{}");
        request.headers_mut().insert("content-encoding", coding.parse().unwrap());
        assert_eq!(read(request).await, Ok(json!({})), "{coding:?}");
    }
}

#[tokio::test]
async fn what_is_not_json_is_told_where() {
    let (status, detail) = read(typed(None, "{\n  \"userName\": ana\n}")).await.unwrap_err();
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(detail.contains("line 2 column 15"), "{detail}");
    for (body, why) in [("", "empty"), (" \n", "empty"), ("{\"a\":1", "EOF"), ("{} {}", "trailing")] {
        let (status, detail) = read(typed(None, body)).await.unwrap_err();
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(detail.contains(why), "{body}: {detail}");
    }
}

#[tokio::test]
async fn depth_and_broken_utf8_are_refused_not_followed() {
    let deep = "[".repeat(100_000);
    assert_eq!(read(typed(None, deep)).await.unwrap_err().0, StatusCode::BAD_REQUEST);
    assert_eq!(read(typed(None, &b"{\"a\":\"\xff\"}"[..])).await.unwrap_err().0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_byte_order_mark_is_passed_by() {
    assert_eq!(read(typed(None, "\u{feff}{}")).await, Ok(json!({})));
}

/// An HTTP API event as API Gateway makes it of `application/scim+json`: in base64.
fn event(body: &str) -> Request<Body> {
    use base64::Engine;
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/scim/v2/Users", "rawQueryString": "",
        "headers": { "host": "api.example.com", "content-type": "application/scim+json" },
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "api.example.com", "requestId": "r",
            "http": { "method": "POST", "path": "/scim/v2/Users", "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "test" },
            "routeKey": "$default", "stage": "$default", "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_390_i64,
        },
        "body": base64::engine::general_purpose::STANDARD.encode(body),
        "isBase64Encoded": true,
    });
    let event: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
    http::Request::from(event).map(Body::new)
}

/// A JSON body of exactly `length` bytes.
fn padded(length: usize) -> String {
    format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8))
}

#[tokio::test]
async fn four_mebibytes_pass_and_one_byte_more_does_not() {
    assert_eq!(padded(100).len(), 100);
    assert!(read(event(&padded(REQUEST_BODY))).await.is_ok());
    for request in [event(&padded(REQUEST_BODY + 1)), typed(None, padded(REQUEST_BODY + 1))] {
        assert_eq!(read(request).await.unwrap_err().0, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
