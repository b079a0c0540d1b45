//! `GET …/clients`, `GET …/clients/{id}`

use axum::extract::{Path, Query, State};
use axum::response::Response;
use directory::error::Error;
use directory::id::ClientId;
use gateway::app::App;
use gateway::error::Failure;
use gateway::serve::beside::Origin;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::create::told;
use super::{client, directory, shown};

/// How many are on a page, and at most.
const USUAL: u16 = 100;
const MOST: u16 = 500;

/// Which page.
#[derive(Debug, Deserialize)]
pub struct Page {
    after: Option<String>,
    count: Option<u16>,
}

/// The clients, page by page.
///
/// # Errors
/// 404 without such a directory.
pub async fn list(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(page): Query<Page>,
    Origin(origin): Origin,
) -> Result<Response, Failure> {
    let id = directory(&id)?;
    let failed = |error| Failure::store("directory", error);
    app.store.directory(&id).await.map_err(failed)?.ok_or_else(|| failed(Error::NotFound))?;
    let after: Option<ClientId> = page.after.as_deref().map(client).transpose()?;
    let count = page.count.unwrap_or(USUAL).clamp(1, MOST);
    let (clients, more) = app.store.clients(&id, after.as_ref(), count).await.map_err(failed)?;
    let items: Vec<_> = clients.iter().map(|client| shown::client(&id, client, &origin)).collect();
    let mut answer = json!({ "items": items });
    if let (true, Some(last), Some(answer)) = (more, clients.last(), answer.as_object_mut()) {
        answer.insert("next".to_owned(), json!(last.id.to_string()));
    }
    Ok(told(StatusCode::OK, &answer))
}

/// One client.
///
/// # Errors
/// 404 when there is none.
pub async fn one(
    State(app): State<App>,
    Path((of, id)): Path<(String, String)>,
    Origin(origin): Origin,
) -> Result<Response, Failure> {
    let (of, id) = (directory(&of)?, client(&id)?);
    let found = app.store.client(&of, &id).await.map_err(|error| Failure::store("client", error))?;
    let found = found.ok_or_else(|| Failure::unknown("client", &id.to_string()))?;
    Ok(told(StatusCode::OK, &shown::client(&of, &found, &origin)))
}
