//! PATCH (RFC 7644 §3.5.2).

use axum::response::Response;
use directory::resource::stored::Resource;
use directory::resource::update::ChangeOptions;
use directory::{Directory, Wants};
use http::StatusCode;
use scim::model::profile::{Behavior, PatchAnswer};
use scim::model::resource_type::ResourceType;
use scim::patch::operation::Operation;
use scim::patch::request;

use super::call::Call;
use crate::http::body::Json;
use crate::http::error::Failure;

/// Changes a resource: 200 with it, or 204 for a group with more members than fit a
/// small page, and 204 always where the profile says so; but a client that asks with
/// `attributes` or `excludedAttributes` gets 200 and what it asked for.
pub async fn patch(call: Call, Json(body): Json) -> Result<Response, Failure> {
    let id = call.id()?;
    let operations = request::parse(body)?;
    let asked = call.projection.asked();
    let quiet = is_quiet(&call.behavior) && !asked;
    let options = call.options(if quiet { Wants::default() } else { call.wants(asked) });
    let resource = patched(&call.scope, &call.kind, &id, &operations, options).await?;
    if quiet || resource.members_omitted {
        return Ok(call.bodiless(StatusCode::NO_CONTENT, &resource));
    }
    Ok(call.answer(StatusCode::OK, resource))
}

/// Whether a PATCH is answered without a body unless it asks for one.
pub fn is_quiet(behavior: &Behavior) -> bool {
    behavior.patch_answer == PatchAnswer::Nothing
}

/// Applies `operations` to the resource `id`.
///
/// # Errors
/// Those that the client gets.
pub async fn patched(
    scope: &Directory,
    kind: &ResourceType,
    id: &str,
    operations: &[Operation],
    options: ChangeOptions,
) -> Result<Resource, Failure> {
    scope.patch(kind, id, operations, options).await.map_err(|e| Failure::about(kind, Some(id), e))
}
