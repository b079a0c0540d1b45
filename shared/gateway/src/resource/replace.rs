//! PUT (RFC 7644 §3.5.1).

use axum::response::Response;
use http::StatusCode;

use super::call::Call;
use crate::body::Json;
use crate::error::Failure;

/// Replaces a resource: 200 with all of it. The client has just sent all members, so
/// that answering them, however many, costs no more than the question.
pub async fn replace(call: Call, Json(body): Json) -> Result<Response, Failure> {
    let id = call.id()?;
    let if_match = call.if_match();
    let replaced = call.scope.replace(&call.kind, &id, &body, if_match.as_ref(), call.wants(true)).await;
    Ok(call.answer(StatusCode::OK, replaced.map_err(|e| call.failure(Some(&id), e))?))
}
