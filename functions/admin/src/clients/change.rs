//! `PATCH …/clients/{client}`, `DELETE …/clients/{client}`

use axum::extract::State;
use axum::response::Response;
use directory::access::oauth::client::change::{self, ClientChange};
use gateway::administration::client::Input;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use gateway::serve::mount::Origin;
use http::StatusCode;

use super::shown;
use crate::answer;
use crate::body::read;
use crate::target::{Named, OfClient};

/// Changes what is named, and nothing else.
///
/// # Errors
/// 400 for what may not be said of a client, 404 when there is none or it is revoked.
pub(crate) async fn change(
    State(app): State<App>,
    Named(of): Named,
    OfClient(id): OfClient,
    Origin(origin): Origin,
    body: Json,
) -> Result<Response, Failure> {
    let input: Input = read(body)?;
    if input.secret_expires.is_some() {
        return Err(invalid("a secret has its end from the beginning: add another one, and delete this one"));
    }
    let change = ClientChange {
        label: input.label()?,
        scopes: input.scopes()?,
        lifetime: input.lifetime()?,
        redirects: input.redirects()?,
        pkce: input.pkce,
        federation: input.federation(app.settings.reach)?,
    };
    let changed = change::change(&app.table, &of, &id, change).await;
    let changed = changed.map_err(|error| Failure::table("client", error))?;
    Ok(answer::about(&of, StatusCode::OK, &shown::client(&of, &changed, &origin)))
}

/// Revokes a client: its tokens open nothing within 30 seconds.
///
/// # Errors
/// 404 when there is none.
pub(crate) async fn revoke(
    State(app): State<App>,
    Named(of): Named,
    OfClient(id): OfClient,
) -> Result<Response, Failure> {
    change::revoke(&app.table, &of, &id).await.map_err(|error| Failure::table("client", error))?;
    Ok(answer::empty(&of, StatusCode::NO_CONTENT))
}
