//! Imported users whose e-mail address nobody has verified ([`directory::adopt`]):
//! `GET …/unverified`, `DELETE …/unverified/{id}`.

use axum::extract::{Path, State};
use axum::response::Response;
use gateway::app::App;
use gateway::error::Failure;
use gateway::reply;
use http::header::IF_MATCH;
use http::{HeaderMap, StatusCode};
use scim::model::resource_type::ResourceType;
use serde_json::json;

use crate::name::{directory, of_directory};
use crate::query::Parameters;

/// Pages of users that one call looks through.
const PAGES: usize = 20;

/// Some of these users: `next` is there until all users were looked at.
///
/// # Errors
/// The table's own.
pub async fn unverified(
    State(app): State<App>,
    Path(id): Path<String>,
    query: Parameters,
) -> Result<Response, Failure> {
    let id = directory(&id)?;
    let by = "administrator".parse().map_err(|_| Failure::internal())?;
    let scope = app.store.scope(&id, &by);
    let mut after = query.get("after").map(str::to_owned);
    let mut items = Vec::new();
    for _ in 0..PAGES {
        let (found, next) =
            scope.unverified(after.as_deref()).await.map_err(|error| of_directory(&id, error))?;
        items.extend(found);
        after = next;
        if after.is_none() {
            break;
        }
    }
    let mut body = json!({ "items": items });
    if let (Some(next), Some(body)) = (after, body.as_object_mut()) {
        body.insert("next".to_owned(), next.into());
    }
    Ok(reply::json(StatusCode::OK, &body))
}

/// The user's addresses are verified: 204. With `If-Match` only those of that version are.
///
/// # Errors
/// 404, 412, the table's own.
pub async fn verified(
    State(app): State<App>,
    Path((directory_id, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let directory = directory(&directory_id)?;
    let by = "administrator".parse().map_err(|_| Failure::internal())?;
    let kind = ResourceType::user();
    let etag = headers.get(IF_MATCH).and_then(|etag| etag.to_str().ok());
    let verified = app.store.scope(&directory, &by).verified(&kind, &id, etag).await;
    verified.map_err(|error| Failure::about(&kind, Some(&id), error))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}
