//! `POST /oauth/token`: the ways to an access token.

mod authorization_code;
mod client_credentials;
mod refresh_token;

use axum::extract::{Extension, State};
use axum::response::Response;
use directory::access::oauth::client;
use directory::access::oauth::grant::Grant;
use directory::access::oauth::seal::unguessable;
use directory::clock::seconds;
use gateway::app::App;
use gateway::token::access::AccessToken;
use gateway::token::refresh::RefreshToken;
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::answer::{Refusal, private};
use crate::caller::{Caller, authenticate};
use crate::form::Form;
use crate::keys::Keys;
use crate::scope;

/// The ways that there are.
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
        return Err(Refusal::unsupported_grant_type("`grant_type` is none that is served here"));
    }
    let caller = authenticate(&app, &keys, &headers, &form).await?;
    let response = match kind {
        "authorization_code" => authorization_code::redeem(&app, &caller, &form).await?,
        "refresh_token" => refresh_token::refresh(&app, &caller, &form).await?,
        _ => client_credentials::issue(&caller, &form)?,
    };
    // The token is issued even when its use could not be stored.
    if let Err(error) = client::mark_used(&app.store, &caller.directory.id, &caller.client).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the last use of a client was not noted");
    }
    Ok(response)
}

/// The answer with a new access token of `caller` for `scopes`, by `grant` when there is one
/// (RFC 6749 §5.1).
fn issued(caller: &Caller, grant: Option<&Grant>, scopes: String) -> Result<Response, Refusal> {
    let Caller { directory, secret, client } = caller;
    let issued = seconds();
    let told = scope::told(&scopes);
    let token = AccessToken {
        directory: directory.id.clone(),
        client: client.id.clone(),
        grant: grant.map(|grant| grant.id.clone()),
        id: unguessable::<8>().map_err(Refusal::store)?,
        issued,
        expires: issued + i64::from(client.lifetime),
        scopes,
    };
    let mut body = json!({
        "access_token": token.sealed(secret).expose_secret(),
        "token_type": "Bearer",
        "expires_in": client.lifetime,
        "scope": told,
    });
    if let (Some(grant), Some(body)) = (grant, body.as_object_mut()) {
        let refresh = RefreshToken::sealed(&directory.id, &grant.id, grant.generation, secret);
        body.insert("refresh_token".to_owned(), json!(refresh.expose_secret()));
    }
    tracing::info!(directory = %directory.id, client = %client.id, by_grant = grant.is_some(), "an access token was issued");
    Ok(private(StatusCode::OK, &body))
}
