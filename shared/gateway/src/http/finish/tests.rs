#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Read;

use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::{encoded_length, finish};
use crate::http::limits::{COMPRESS_FROM, ENCODED_ANSWER};
use crate::http::negotiate::ResponseFormat;
use crate::http::reply;

struct Finished {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Finished {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

async fn finished(response: Response, method: Method, headers: &[(&'static str, &str)]) -> Finished {
    let headers: HeaderMap = (headers.iter())
        .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect();
    let response = finish(response, &ResponseFormat::of(&method, &headers)).await;
    let (parts, body) = response.into_parts();
    Finished { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
}

/// An answer whose JSON is `length` bytes long, quotes and all.
fn answer(length: usize) -> Response {
    reply::json(StatusCode::OK, &"x".repeat(length - 2))
}

fn unpacked(body: &[u8]) -> Value {
    let mut text = String::new();
    flate2::read::GzDecoder::new(body).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn scim_json_exactly_unless_only_json_is_accepted() {
    let plain = finished(answer(10), Method::GET, &[]).await;
    assert_eq!(plain.header("content-type"), Some("application/scim+json"));
    let json = finished(answer(10), Method::GET, &[("accept", "application/json")]).await;
    assert_eq!(json.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn an_empty_answer_has_no_content_type() {
    let empty = finished(reply::empty(StatusCode::NO_CONTENT), Method::DELETE, &[]).await;
    assert_eq!(
        (empty.status, empty.header("content-type"), empty.body.len()),
        (StatusCode::NO_CONTENT, None, 0)
    );
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_accept_it() {
    let large = || answer(COMPRESS_FROM + 1);
    let gzip = finished(large(), Method::GET, &[("accept-encoding", "gzip")]).await;
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert_eq!(unpacked(&gzip.body), json!("x".repeat(COMPRESS_FROM - 1)));
    for headers in [&[][..], &[("accept-encoding", "gzip;q=0")]] {
        let plain = finished(large(), Method::GET, headers).await;
        assert_eq!((plain.header("content-encoding"), plain.body.len()), (None, COMPRESS_FROM + 1));
    }
    let small = finished(answer(COMPRESS_FROM), Method::GET, &[("accept-encoding", "gzip")]).await;
    assert_eq!(small.header("content-encoding"), None);
}

#[test]
fn the_encoded_length_is_that_of_a_json_string() {
    for text in ["", "plain", "{\"a\":\"\\\"é\"}", "line\nfeed\ttab\r\u{8}\u{c}\u{1}\u{7f}"] {
        let encoded = serde_json::to_string(text).unwrap();
        assert_eq!(encoded_length(text.as_bytes()) + 2, encoded.len(), "{text}");
    }
}

#[tokio::test]
async fn what_lambda_cannot_carry_is_too_many() {
    // Two quotes, each of which is escaped.
    let most = ENCODED_ANSWER - 2;
    assert_eq!(finished(answer(most), Method::GET, &[]).await.status, StatusCode::OK);
    let beyond = finished(answer(most + 1), Method::GET, &[]).await;
    assert_eq!(beyond.status, StatusCode::BAD_REQUEST);
    let body: Value = serde_json::from_slice(&beyond.body).unwrap();
    assert_eq!(body.get("scimType"), Some(&json!("tooMany")));
    let gzip = finished(answer(most + 1), Method::GET, &[("accept-encoding", "gzip")]).await;
    assert_eq!(gzip.status, StatusCode::OK);
}

#[tokio::test]
async fn what_does_not_fit_even_compressed_is_too_many() {
    let mut noise = vec![0; 5 * 1024 * 1024];
    getrandom::fill(&mut noise).unwrap();
    let response = || reply::json(StatusCode::OK, &data_encoding::BASE64.encode(&noise));
    let beyond = finished(response(), Method::GET, &[("accept-encoding", "gzip")]).await;
    assert_eq!(beyond.status, StatusCode::BAD_REQUEST);
    assert_eq!(beyond.header("content-encoding"), None);
}

#[tokio::test]
async fn a_change_that_cannot_be_answered_is_not_called_a_failure() {
    let beyond = finished(answer(ENCODED_ANSWER + 1), Method::PUT, &[]).await;
    assert_eq!((beyond.status, beyond.body.len()), (StatusCode::NO_CONTENT, 0));
    assert_eq!(beyond.header("content-type"), None);
}

#[tokio::test]
async fn a_question_that_cannot_be_answered_is_too_many_though_it_was_posted() {
    let mut response = answer(ENCODED_ANSWER + 1);
    response.extensions_mut().insert(reply::ReadOnly);
    let beyond = finished(response, Method::POST, &[]).await;
    assert_eq!(beyond.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn head_has_the_headers_of_get() {
    let head = finished(answer(100), Method::HEAD, &[]).await;
    assert_eq!(head.body.len(), 0);
    assert_eq!(head.header("content-length"), Some("100"));
    assert_eq!(head.header("content-type"), Some("application/scim+json"));
}

#[tokio::test]
async fn an_empty_response_has_a_content_type_only_for_a_patch() {
    let empty = || reply::empty(StatusCode::NO_CONTENT);
    let patch = finished(empty(), Method::PATCH, &[]).await;
    assert_eq!((patch.header("content-type"), patch.body.len()), (Some("application/scim+json"), 0));
    let plain = finished(empty(), Method::PATCH, &[("accept", "application/json")]).await;
    assert_eq!(plain.header("content-type"), Some("application/json"));
    assert_eq!(finished(empty(), Method::DELETE, &[]).await.header("content-type"), None);
    let large = finished(answer(ENCODED_ANSWER + 1), Method::PATCH, &[]).await;
    assert_eq!(large.status, StatusCode::NO_CONTENT);
    assert_eq!(large.header("content-type"), Some("application/scim+json"));
}
