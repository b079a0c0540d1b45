//! PUT (RFC 7644 §3.5.1).

use axum::response::Response;
use directory::Directory;
use directory::resource::stored::Resource;
use directory::resource::update::ChangeOptions;
use http::StatusCode;
use scim::model::resource_type::ResourceType;
use serde_json::Value;

use super::call::Call;
use crate::http::body::Json;
use crate::http::error::Failure;

/// Replaces a resource: 200 with all of it. The client has just sent all members, so
/// that answering them, however many, costs no more than the question.
pub async fn replace(call: Call, Json(body): Json) -> Result<Response, Failure> {
    let id = call.id()?;
    let options = call.options(call.wants(true));
    let replaced = replaced(&call.scope, &call.kind, &id, &body, options).await;
    Ok(call.answer(StatusCode::OK, replaced.map_err(|failure| failure.of_body(&body))?))
}

/// Replaces the resource `id` by `body`.
///
/// # Errors
/// Those that the client gets.
pub async fn replaced(
    scope: &Directory,
    kind: &ResourceType,
    id: &str,
    body: &Value,
    options: ChangeOptions,
) -> Result<Resource, Failure> {
    scope.replace(kind, id, body, options).await.map_err(|e| Failure::about(kind, Some(id), e))
}
