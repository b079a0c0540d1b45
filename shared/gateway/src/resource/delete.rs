//! DELETE (RFC 7644 §3.6).

use axum::response::Response;
use http::StatusCode;

use super::call::Call;
use crate::error::Failure;
use crate::reply;

/// Deletes a resource: 204, and 404 from then on.
pub async fn delete(call: Call) -> Result<Response, Failure> {
    let id = call.id()?;
    let if_match = call.if_match();
    call.scope.delete(&call.kind, &id, if_match.as_ref()).await.map_err(|e| call.failure(Some(&id), e))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}
