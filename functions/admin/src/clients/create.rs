//! `POST …/clients`

use axum::extract::{Path, State};
use axum::response::Response;
use directory::id::ClientId;
use directory::oauth::client::Client;
use directory::oauth::seal::unguessable;
use gateway::app::App;
use gateway::body::Json;
use gateway::error::Failure;
use gateway::reply;
use gateway::serve::beside::Origin;
use http::StatusCode;
use serde_json::Value;

use super::input::Input;
use super::secrets::{self, Made};
use super::{directory, shown};

/// Makes a client, with a secret unless another issuer vouches for it. The secret is in the
/// answer, this once.
///
/// # Errors
/// 400 for what may not be said of a client, 404 without such a directory.
pub async fn create(
    State(app): State<App>,
    Path(id): Path<String>,
    Origin(origin): Origin,
    Json(body): Json,
) -> Result<Response, Failure> {
    let id = directory(&id)?;
    let input = Input::read(body)?;
    let new: ClientId = unguessable::<8>()
        .map_err(|error| Failure::store("client", error))?
        .parse()
        .map_err(|_| Failure::internal())?;
    let mut client = Client::new(new, &input.label()?.unwrap_or_else(|| "client".to_owned()));
    client.scopes = secrets::scopes(input.scopes.as_deref())?.unwrap_or_default();
    client.lifetime = input.lifetime()?.unwrap_or(client.lifetime);
    client.redirects = input.redirects()?.unwrap_or_default();
    client.pkce = input.pkce().unwrap_or(true);
    client.federation = input.federation()?.flatten();
    // Before there is a client: without it, none of its tokens could be sealed.
    secrets::directorys_own(&app, &id).await?;
    let made: Option<Made> = match client.federation {
        Some(_) => None,
        None => Some(secrets::make(&app, &id, &client.id, "", input.secret_expires.as_ref()).await?),
    };
    client.secrets.extend(made.iter().map(|made| made.kept.clone()));
    let created = app.store.create_client(&id, &client).await;
    if !created.map_err(|error| Failure::store("directory", error))? {
        return Err(Failure::internal());
    }
    let mut answer = shown::client(&id, &client, &origin);
    if let (Some(made), Some(answer)) = (made, answer.as_object_mut()) {
        answer.insert("secret".to_owned(), made.shown());
    }
    Ok(told(StatusCode::CREATED, &answer))
}

/// An answer of the administration.
pub(super) fn told(status: StatusCode, body: &Value) -> Response {
    reply::json(status, body)
}
