//! `POST …/clients`

use axum::extract::State;
use axum::response::Response;
use directory::access::oauth::client::{self, Client};
use directory::access::oauth::hash::unguessable;
use directory::id::ClientId;
use directory::registry::record;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use gateway::serve::mount::Origin;
use http::StatusCode;

use super::input::Input;
use super::secrets::{self, Made};
use super::shown;
use crate::answer;
use crate::body::{invalid, read};
use crate::directory::failure;
use crate::target::Found;

/// Creates a client, with a secret unless another issuer vouches for it. The secret is shown only in this
/// response.
///
/// # Errors
/// 400 when the body is not valid, 404 when there is no such directory or it is being erased.
pub(crate) async fn create(
    State(app): State<App>,
    Found(of): Found,
    Origin(origin): Origin,
    body: Json,
) -> Result<Response, Failure> {
    let failed = |error| Failure::table("client", error);
    let input: Input = read(body)?;
    let id: ClientId = unguessable::<8>().map_err(failed)?.parse().map_err(|_| Failure::internal())?;
    let label = input.label()?.ok_or_else(|| invalid("`label` is missing: say who the client is"))?;
    let mut client = Client::new(id, &label);
    client.scopes = secrets::scopes(input.scopes.as_deref())?.unwrap_or_default();
    client.lifetime = input.lifetime()?.unwrap_or(client.lifetime);
    client.redirects = input.redirects()?.unwrap_or_default();
    client.pkce = input.pkce.unwrap_or_default();
    client.federation = input.federation(app.settings.reach)?.flatten();
    // Before there is a client: without it, none of its tokens could be sealed.
    let hashes = record::secrets(&app.table, &of.id).await.map_err(failed)?.hashes;
    let deployment = app.deployment.get().await.map_err(failed)?;
    let made: Option<Made> = match client.federation {
        Some(_) => None,
        None => Some(secrets::make(&hashes, &deployment, &client.id, "", input.secret_expires.as_ref())?),
    };
    client.secrets.extend(made.iter().map(|made| made.kept.clone()));
    let created = client::create(&app.table, &of.id, &client).await;
    if !created.map_err(|error| failure(&of.id.to_string(), error))? {
        return Err(Failure::internal());
    }
    let mut body = shown::client(&of.id, &client, &origin);
    if let (Some(made), Some(body)) = (made, body.as_object_mut()) {
        body.insert("secret".to_owned(), made.shown());
    }
    Ok(answer::about(&of.id, StatusCode::CREATED, &body))
}
