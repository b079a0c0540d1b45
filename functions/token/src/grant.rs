//! `POST /oauth/token`: how a client gets an access token.

mod authorization_code;
mod client_credentials;
mod issue;
mod refresh_token;

use axum::extract::{Extension, State};
use axum::response::Response;
use directory::access::oauth::client;
use gateway::app::App;
use gateway::auth::issuer::keys::Keys;
use http::HeaderMap;

use crate::answer::Refusal;
use crate::caller::authenticate;
use crate::form::Form;

/// The supported grant types.
pub const TYPES: [&str; 3] = ["client_credentials", "authorization_code", "refresh_token"];

/// Gives a token to a client that may have one.
///
/// # Errors
/// RFC 6749's (§5.2), as JSON.
pub async fn token(
    State(app): State<App>,
    Extension(keys): Extension<Keys>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    let kind = form.need("grant_type")?;
    if !TYPES.contains(&kind) {
        return Err(Refusal::unsupported_grant_type("unsupported `grant_type`"));
    }
    let caller = authenticate(&app, &keys, &headers, &form).await?;
    let response = match kind {
        "authorization_code" => authorization_code::redeem(&app, &caller, &form).await?,
        "refresh_token" => refresh_token::refresh(&app, &caller, &form).await?,
        _ => client_credentials::issue(&caller, &form)?,
    };
    // The token is issued even when its use could not be stored.
    if let Err(error) = client::mark_used(&app.table, &caller.directory.id, &caller.client).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the last use of a client was not stored");
    }
    Ok(response)
}
