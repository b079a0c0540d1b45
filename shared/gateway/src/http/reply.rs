//! Answers, before [`finish`](crate::http::finish) fits them to the client.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LOCATION};
use http::{HeaderMap, StatusCode};
use serde::Serialize;

/// SCIM's media type (RFC 7644 §3.1), without parameters: some clients compare it whole.
pub const SCIM_JSON: &str = "application/scim+json";

/// `body` with `status`; 500 without a body where it cannot be written as JSON.
#[must_use]
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => {
            let mut response = Response::new(Body::from(bytes));
            *response.status_mut() = status;
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(SCIM_JSON));
            response
        }
        Err(error) => {
            tracing::error!(%error, "a response cannot be serialized as JSON");
            empty(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// Marks the response to a request that only reads, whatever its method: if the response cannot be
/// sent, nothing has changed.
#[derive(Debug, Clone, Copy)]
pub struct ReadOnly;

/// `status` without a body, and so without a content type.
#[must_use]
pub fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Adds where the resource is and at which version (RFC 7644 §3.1, §3.14).
pub fn locate(response: &mut Response, location: &str, etag: &str) {
    let headers = response.headers_mut();
    set(headers, LOCATION, location);
    set(headers, ETAG, etag);
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
