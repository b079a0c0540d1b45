//! `PATCH …/clients/{id}`, `DELETE …/clients/{id}`

use axum::extract::{Path, State};
use axum::response::Response;
use directory::oauth::client::ClientChange;
use gateway::app::App;
use gateway::body::Json;
use gateway::error::Failure;
use gateway::reply;
use gateway::serve::beside::Origin;
use http::StatusCode;

use super::create::told;
use super::input::{Input, wrong};
use super::{client, directory, secrets, shown};

/// Changes what is named, and nothing else.
///
/// # Errors
/// 400 for what may not be said of a client, 404 when there is none or it is revoked.
pub async fn change(
    State(app): State<App>,
    Path((of, id)): Path<(String, String)>,
    Origin(origin): Origin,
    Json(body): Json,
) -> Result<Response, Failure> {
    let (of, id) = (directory(&of)?, client(&id)?);
    let input = Input::read(body)?;
    if input.secret_expires.is_some() {
        return Err(wrong("a secret has its end from the beginning: add another one, and delete this one"));
    }
    let change = ClientChange {
        label: input.label()?,
        scopes: secrets::scopes(input.scopes.as_deref())?,
        lifetime: input.lifetime()?,
        redirects: input.redirects()?,
        pkce: input.pkce(),
        federation: input.federation()?,
    };
    let changed = app.store.change_client(&of, &id, change).await;
    let changed = changed.map_err(|error| Failure::store("client", error))?;
    Ok(told(StatusCode::OK, &shown::client(&of, &changed, &origin)))
}

/// Revokes a client: its tokens open nothing within 30 seconds.
///
/// # Errors
/// 404 when there is none.
pub async fn revoke(
    State(app): State<App>,
    Path((of, id)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (of, id) = (directory(&of)?, client(&id)?);
    app.store.revoke_client(&of, &id).await.map_err(|error| Failure::store("client", error))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}
