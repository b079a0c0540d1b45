//! POST (RFC 7644 §3.3).

use axum::response::Response;
use directory::Directory;
use directory::error::Error as StoreError;
use directory::id::NewId;
use directory::resource::stored::Resource;
use http::StatusCode;
use scim::model::doc::Doc;
use scim::model::profile::OnInactive;
use scim::model::resource_type::ResourceType;
use scim::read;
use serde_json::Value;

use super::call::Call;
use super::existing::{adopt, restore};
use crate::http::body::Json;
use crate::http::error::Failure;

/// Creates a resource: 201 with the resource, its location and its version. If the profile says so,
/// an existing inactive user is restored instead; if the directory's settings say so, an imported
/// user is linked. A precondition is about an existing resource, and is ignored.
pub async fn create(call: Call, Json(body): Json) -> Result<Response, Failure> {
    answer(call, &body).await.map_err(|failure| failure.of_body(&body))
}

async fn answer(call: Call, body: &Value) -> Result<Response, Failure> {
    let sent = read::as_sent(&call.kind, body)?;
    if let Some(adopted) = adopt(&call, &sent).await? {
        return Ok(call.answer(StatusCode::CREATED, adopted));
    }
    let doc = read::with_defaults(&call.kind, sent);
    let restores = call.behavior.inactive_user_on_create == OnInactive::Restore && call.kind.name == "User";
    if !restores {
        let created = created(&call.scope, &call.kind, NewId::mint(), doc).await?;
        return Ok(call.answer(StatusCode::CREATED, created));
    }
    if let Some(restored) = restore(&call, &doc, "externalId").await? {
        return Ok(call.answer(StatusCode::CREATED, restored));
    }
    let created = call.scope.create(&call.kind, NewId::mint(), doc.clone()).await;
    if let Err(StoreError::Taken { attribute }) = &created
        && let Some(restored) = restore(&call, &doc, attribute).await?
    {
        return Ok(call.answer(StatusCode::CREATED, restored));
    }
    Ok(call.answer(StatusCode::CREATED, created.map_err(|e| call.failure(None, e))?))
}

/// Creates the resource `id` from `doc`, a body in its normal form.
///
/// # Errors
/// Those that the client gets.
pub async fn created(
    scope: &Directory,
    kind: &ResourceType,
    id: NewId,
    doc: Doc,
) -> Result<Resource, Failure> {
    scope.create(kind, id, doc).await.map_err(|e| Failure::about(kind, None, e))
}
