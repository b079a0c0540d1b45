//! PATCH (RFC 7644 §3.5.2).

use axum::response::Response;
use http::StatusCode;
use scim::patch::request;

use super::call::Call;
use crate::body::Json;
use crate::error::Failure;

/// Changes a resource: 200 with it, or 204 for a group with more members than fit a
/// small page, unless the client asks with `attributes` or `excludedAttributes`.
pub async fn patch(call: Call, Json(body): Json) -> Result<Response, Failure> {
    let id = call.id()?;
    let operations = request::parse(body)?;
    let (if_match, wants) = (call.if_match(), call.wants(call.projection.asked()));
    let patched = call.scope.patch(&call.kind, &id, &operations, if_match.as_ref(), wants).await;
    let resource = patched.map_err(|e| call.failure(Some(&id), e))?;
    if resource.members_omitted {
        return Ok(call.bodiless(StatusCode::NO_CONTENT, &resource));
    }
    Ok(call.answer(StatusCode::OK, resource))
}
