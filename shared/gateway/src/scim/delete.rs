//! DELETE (RFC 7644 §3.6).

use axum::response::Response;
use directory::resource::update::ChangeOptions;
use directory::{Directory, Wants};
use http::StatusCode;
use scim::model::resource_type::ResourceType;

use super::call::Call;
use crate::http::error::Failure;
use crate::http::reply;

/// Deletes a resource: 204, and 404 from then on.
pub async fn delete(call: Call) -> Result<Response, Failure> {
    let id = call.id()?;
    deleted(&call.scope, &call.kind, &id, call.options(Wants::default())).await?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

/// Deletes the resource `id`.
///
/// # Errors
/// Those that the client gets.
pub async fn deleted(
    scope: &Directory,
    kind: &ResourceType,
    id: &str,
    options: ChangeOptions,
) -> Result<(), Failure> {
    scope.delete(kind, id, options).await.map_err(|e| Failure::about(kind, Some(id), e))
}
