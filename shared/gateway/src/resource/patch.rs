//! PATCH (RFC 7644 §3.5.2).

use axum::response::Response;
use directory::change::Terms;
use directory::resource::Resource;
use directory::scope::Scope;
use http::StatusCode;
use scim::model::resource_type::ResourceType;
use scim::patch::request::{self, Operation};

use super::call::Call;
use crate::body::Json;
use crate::error::Failure;

/// Changes a resource: 200 with it, or 204 for a group with more members than fit a
/// small page, unless the client asks with `attributes` or `excludedAttributes`.
pub async fn patch(call: Call, Json(body): Json) -> Result<Response, Failure> {
    let id = call.id()?;
    let operations = request::parse(body)?;
    let terms = call.terms(call.wants(call.projection.asked()));
    let resource = patched(&call.scope, &call.kind, &id, &operations, terms).await?;
    if resource.members_omitted {
        return Ok(call.bodiless(StatusCode::NO_CONTENT, &resource));
    }
    Ok(call.answer(StatusCode::OK, resource))
}

/// Applies `operations` to the resource `id`.
///
/// # Errors
/// As a client is told them.
pub async fn patched(
    scope: &Scope,
    kind: &ResourceType,
    id: &str,
    operations: &[Operation],
    terms: Terms,
) -> Result<Resource, Failure> {
    scope.patch(kind, id, operations, terms).await.map_err(|e| Failure::about(kind, Some(id), e))
}
