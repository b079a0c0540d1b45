//! `POST …/clients/{client}/secrets`, `DELETE …/clients/{client}/secrets/{secret}`: one secret
//! after another, with as much overlap as the client's administrator needs.

use axum::extract::{Path, State};
use axum::response::Response;
use directory::access::oauth::client::secret::ClientSecret;
use directory::access::oauth::client::secrets;
use directory::access::oauth::hash::unguessable;
use directory::clock::seconds;
use directory::id::ClientId;
use directory::registry::record;
use directory::secret::Secret;
use directory::secret::deployment::DeploymentSecret;
use gateway::app::App;
use gateway::auth::token::client_secret;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::shown;
use crate::answer;
use crate::body::{invalid, named, read};
use crate::target::{Named, OfClient};
use crate::time::{End, end};

/// How long a secret is valid by default, in seconds: two years.
const USUAL: i64 = 730 * 86_400;

/// A secret, as it is shown once, and what is kept of it.
pub(super) struct Made {
    text: SecretString,
    pub(super) kept: ClientSecret,
}

impl Made {
    pub(super) fn shown(&self) -> Value {
        let mut shown = shown::secret(&self.kept);
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("clientSecret".to_owned(), json!(self.text.expose_secret()));
        }
        shown
    }
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
    let failed = |error| Failure::table("client", error);
    let input: Input = read(body)?;
    let label = input.label.as_deref().map(|label| named("label", label)).transpose()?;
    let hashes = record::secrets(&app.table, &of).await.map_err(failed)?.hashes;
    let deployment = app.deployment.get().await.map_err(failed)?;
    let made = make(&hashes, &deployment, &id, &label.unwrap_or_default(), input.expires.as_ref())?;
    secrets::add(&app.table, &of, &id, &made.kept).await.map_err(failed)?;
    Ok(answer::about(&of, StatusCode::CREATED, &made.shown()))
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

/// A new secret of the client `id`, in a directory whose hashes have the key `hashes`.
pub(super) fn make(
    hashes: &Secret,
    deployment: &DeploymentSecret,
    id: &ClientId,
    label: &str,
    ends: Option<&End>,
) -> Result<Made, Failure> {
    let failed = |error| Failure::table("client", error);
    let ends = ends.map_or_else(|| Ok(seconds() + USUAL), end)?;
    let text = client_secret::mint(deployment).map_err(failed)?;
    let hash = client_secret::hash(hashes, id, text.expose_secret());
    let kept = ClientSecret::new(&unguessable::<4>().map_err(failed)?, hash, label, Some(ends));
    Ok(Made { text, kept })
}

/// Scopes as they are kept: none named is everything of SCIM.
pub(super) fn scopes(named: Option<&[String]>) -> Result<Option<String>, Failure> {
    const KNOWN: [&str; 5] = ["read", "write", "users", "groups", "events"];
    let Some(named) = named else { return Ok(None) };
    if named.iter().any(|scope| !KNOWN.contains(&scope.as_str())) {
        return Err(invalid("`scopes` are `read`, `write`, `users`, `groups` and `events`"));
    }
    let kept: Vec<&str> =
        KNOWN.into_iter().filter(|known| named.iter().any(|scope| scope == known)).collect();
    Ok(Some(kept.join(" ")))
}
