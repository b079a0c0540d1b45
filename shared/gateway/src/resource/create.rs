//! POST (RFC 7644 §3.3).

use axum::response::Response;
use directory::error::Error as StoreError;
use http::StatusCode;
use scim::model::profile::OnInactive;
use scim::read;

use super::call::Call;
use super::restore::restore;
use crate::body::Json;
use crate::error::Failure;

/// Creates a resource: 201 with all of it, its place and its version. Where the profile
/// wants it, a user who is there but inactive is restored instead.
pub async fn create(call: Call, Json(body): Json) -> Result<Response, Failure> {
    let doc = read::create(&call.kind, body.clone())?;
    let restores = call.behavior.inactive_user_on_create == OnInactive::Restore && call.kind.name == "User";
    if restores && let Some(restored) = restore(&call, &doc, "externalId", &body).await? {
        return Ok(call.answer(StatusCode::CREATED, restored));
    }
    let created = call.scope.create(&call.kind, doc.clone()).await;
    if let Err(StoreError::Taken { attribute }) = &created
        && restores
        && let Some(restored) = restore(&call, &doc, attribute, &body).await?
    {
        return Ok(call.answer(StatusCode::CREATED, restored));
    }
    Ok(call.answer(StatusCode::CREATED, created.map_err(|e| call.failure(None, e))?))
}
