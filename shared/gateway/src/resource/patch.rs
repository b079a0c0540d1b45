//! PATCH (RFC 7644 §3.5.2).

use axum::response::Response;
use directory::scope::Wants;
use http::StatusCode;
use scim::model::profile::PatchAnswer;
use scim::patch::request;

use super::call::Call;
use crate::body::Json;
use crate::error::Failure;

/// Changes a resource: 200 with it, or 204 for a group with more members than fit a
/// small page, and 204 always where the profile says so; but a client that asks with
/// `attributes` or `excludedAttributes` gets 200 and what it asked for.
pub async fn patch(call: Call, Json(body): Json) -> Result<Response, Failure> {
    let id = call.id()?;
    let operations = request::parse(body)?;
    let asked = call.projection.asked();
    let quiet = call.behavior.patch_answer == PatchAnswer::Nothing && !asked;
    let wants = if quiet { Wants::default() } else { call.wants(asked) };
    let if_match = call.if_match();
    let patched = call.scope.patch(&call.kind, &id, &operations, if_match.as_ref(), wants).await;
    let resource = patched.map_err(|e| call.failure(Some(&id), e))?;
    if quiet || resource.members_omitted {
        return Ok(call.bodiless(StatusCode::NO_CONTENT, &resource));
    }
    Ok(call.answer(StatusCode::OK, resource))
}
