//! Links with which the team signs in to the console.

use ::directory::access::sign_in_link::{self, VALID};
use ::directory::clock::seconds;
use axum::extract::State;
use axum::response::Response;
use gateway::app::App;
use gateway::http::error::Failure;
use gateway::http::reply;
use gateway::serve::mount::Origin;
use http::StatusCode;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::audit::Actor;
use crate::time;

/// Creates a link: 201 with its URL, which is shown only now.
///
/// # Errors
/// The table's own.
pub(crate) async fn create(
    State(app): State<App>,
    Origin(origin): Origin,
    Actor(actor): Actor,
) -> Result<Response, Failure> {
    let failed = |error| Failure::table("link", error);
    let deployment = app.deployment.get().await.map_err(failed)?;
    let token = sign_in_link::create(&app.table, &deployment, &actor).await.map_err(failed)?;
    let url = format!("{origin}/console/sign-in/{}", token.expose_secret());
    Ok(reply::json(StatusCode::CREATED, &json!({ "url": url, "expires": time::shown(seconds() + VALID) })))
}
