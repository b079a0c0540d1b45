//! `GET …/clients`, `GET …/clients/{client}`

use axum::extract::State;
use axum::response::Response;
use directory::access::oauth::client;
use directory::id::ClientId;
use gateway::app::App;
use gateway::http::error::Failure;
use gateway::serve::mount::Origin;
use http::StatusCode;

use super::shown;
use crate::answer;
use crate::page::Page;
use crate::target::{Found, Named, OfClient};

/// The clients, page by page.
///
/// # Errors
/// 404 without such a directory.
pub(crate) async fn list(
    State(app): State<App>,
    Found(of): Found,
    page: Page,
    Origin(origin): Origin,
) -> Result<Response, Failure> {
    let unknown = |text: &str| Failure::unknown("client", text);
    let after = page.after.as_deref().map(|text| text.parse::<ClientId>().map_err(|_| unknown(text)));
    let found = client::list(&app.table, &of.id, after.transpose()?.as_ref(), page.count).await;
    let (clients, more) = found.map_err(|error| Failure::table("client", error))?;
    let items = clients.iter().map(|client| shown::client(&of.id, client, &origin)).collect();
    let next = clients.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(answer::about(&of.id, StatusCode::OK, &answer::list(items, next)))
}

/// One client.
///
/// # Errors
/// 404 when there is none.
pub(crate) async fn one(
    State(app): State<App>,
    Named(of): Named,
    OfClient(id): OfClient,
    Origin(origin): Origin,
) -> Result<Response, Failure> {
    let found = client::read(&app.table, &of, &id).await.map_err(|error| Failure::table("client", error))?;
    let found = found.ok_or_else(|| Failure::unknown("client", &id.to_string()))?;
    Ok(answer::about(&of, StatusCode::OK, &shown::client(&of, &found, &origin)))
}
