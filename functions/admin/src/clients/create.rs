//! `POST …/clients`

use axum::extract::State;
use axum::response::Response;
use directory::access::oauth::hash::unguessable;
use directory::id::ClientId;
use gateway::administration::client::{self, Input};
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use gateway::serve::mount::Origin;
use http::StatusCode;

use super::{secrets, shown};
use crate::answer;
use crate::body::read;
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
    let input: Input = read(body)?;
    let id = unguessable::<8>().map_err(|error| Failure::table("client", error))?;
    let id: ClientId = id.parse().map_err(|_| Failure::internal())?;
    let created = client::create(&app, &of.id, id, &input).await?;
    let (client, made) = created.ok_or_else(Failure::internal)?;
    let mut body = shown::client(&of.id, &client, &origin);
    if let (Some(made), Some(body)) = (made, body.as_object_mut()) {
        body.insert("secret".to_owned(), secrets::shown_once(&made));
    }
    Ok(answer::about(&of.id, StatusCode::CREATED, &body))
}
