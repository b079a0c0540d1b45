//! Responses of the administration API: plain JSON that no cache may store.

use ::directory::id::DirectoryId;
use axum::response::Response;
use gateway::http::error::Failure;
use gateway::http::reply;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

/// `body` with `status`, about `directory`, which the log names then.
pub(crate) fn about(directory: &DirectoryId, status: StatusCode, body: &Value) -> Response {
    let mut response = plain(status, body);
    response.extensions_mut().insert(directory.clone());
    response
}

/// `status` and nothing else, about `directory`.
pub(crate) fn empty(directory: &DirectoryId, status: StatusCode) -> Response {
    let mut response = reply::empty(status);
    response.extensions_mut().insert(directory.clone());
    response
}

/// One page of a list; `next` is the position of the next page.
pub(crate) fn list(items: Vec<Value>, next: Option<String>) -> Value {
    match next {
        Some(next) => json!({ "items": items, "next": next }),
        None => json!({ "items": items }),
    }
}

/// `body` with `status`.
pub(crate) fn plain(status: StatusCode, body: &Value) -> Response {
    let mut response = reply::json(status, body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `value` as JSON.
///
/// # Errors
/// A fault of ours.
pub(crate) fn json(value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|_| Failure::internal())
}
