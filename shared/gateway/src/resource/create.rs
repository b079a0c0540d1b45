//! POST (RFC 7644 §3.3).

use axum::response::Response;
use directory::id::NewId;
use directory::resource::Resource;
use directory::scope::Scope;
use http::StatusCode;
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::read;

use super::call::Call;
use crate::body::Json;
use crate::error::Failure;

/// Creates a resource: 201 with all of it, its place and its version. A precondition is
/// about a resource that is there, and passed over.
pub async fn create(call: Call, Json(body): Json) -> Result<Response, Failure> {
    let doc = read::create(&call.kind, body)?;
    Ok(call.answer(StatusCode::CREATED, created(&call.scope, &call.kind, NewId::mint(), doc).await?))
}

/// Creates the resource `id` from `doc`, a body in its normal form.
///
/// # Errors
/// As a client is told them.
pub async fn created(scope: &Scope, kind: &ResourceType, id: NewId, doc: Doc) -> Result<Resource, Failure> {
    scope.create(kind, id, doc).await.map_err(|e| Failure::about(kind, None, e))
}
