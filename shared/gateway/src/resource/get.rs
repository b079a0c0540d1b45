//! GET on one resource (RFC 7644 §3.4.1).

use axum::response::Response;
use http::StatusCode;

use super::call::Call;
use crate::error::Failure;

/// 200 with the resource, or 304 when the client has this version.
pub async fn get(call: Call) -> Result<Response, Failure> {
    let id = call.id()?;
    let resource =
        call.scope.get(&call.kind, &id, call.wants(true)).await.map_err(|e| call.failure(Some(&id), e))?;
    if call.none_match(&resource.etag()) {
        return Ok(call.bodiless(StatusCode::NOT_MODIFIED, &resource));
    }
    Ok(call.answer(StatusCode::OK, resource))
}
