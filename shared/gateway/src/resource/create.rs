//! POST (RFC 7644 §3.3).

use axum::response::Response;
use http::StatusCode;
use scim::read;

use super::call::Call;
use crate::body::Json;
use crate::error::Failure;

/// Creates a resource: 201 with all of it, its place and its version.
pub async fn create(call: Call, Json(body): Json) -> Result<Response, Failure> {
    let doc = read::create(&call.kind, body)?;
    let resource = call.scope.create(&call.kind, doc).await.map_err(|e| call.failure(None, e))?;
    Ok(call.answer(StatusCode::CREATED, resource))
}
