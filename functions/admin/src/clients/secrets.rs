//! `POST …/clients/{client}/secrets`, `DELETE …/clients/{client}/secrets/{secret}`: one secret
//! after another, with as much overlap as the client's administrator needs.

use axum::extract::{Path, State};
use axum::response::Response;
use directory::access::oauth::client::secrets;
use directory::access::oauth::hash::unguessable;
use gateway::administration::client_secret::{self, Made, New};
use gateway::administration::end::End;
use gateway::administration::value::named;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::shown;
use crate::answer;
use crate::body::read;
use crate::target::{Named, OfClient};

/// A secret that was just created, with its text.
pub(super) fn shown_once(made: &Made) -> Value {
    let mut shown = shown::secret(&made.kept);
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("clientSecret".to_owned(), json!(made.text.expose_secret()));
    }
    shown
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    label: Option<String>,
    expires: Option<End>,
}

/// Adds a secret and returns it; it is never returned again.
///
/// # Errors
/// 400 for an invalid expiry, 404 if there is no such client.
pub(crate) async fn add(
    State(app): State<App>,
    Named(of): Named,
    OfClient(id): OfClient,
    body: Json,
) -> Result<Response, Failure> {
    let input: Input = read(body)?;
    let label = input.label.as_deref().map(|label| named("label", label)).transpose()?;
    let secret = unguessable::<4>().map_err(|error| Failure::table("client", error))?;
    let new = New { id: &secret, label: label.as_deref().unwrap_or_default(), ends: input.expires.as_ref() };
    let made = client_secret::add(&app, &of, &id, new).await?.ok_or_else(Failure::internal)?;
    Ok(answer::about(&of, StatusCode::CREATED, &shown_once(&made)))
}

/// Removes a secret: it opens nothing any more.
///
/// # Errors
/// 404 without such a client or secret.
pub(crate) async fn remove(
    State(app): State<App>,
    Named(of): Named,
    OfClient(id): OfClient,
    Path((_, _, secret)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let removed = secrets::remove(&app.table, &of, &id, &secret).await;
    removed.map_err(|error| Failure::table("secret", error))?;
    Ok(answer::empty(&of, StatusCode::NO_CONTENT))
}
