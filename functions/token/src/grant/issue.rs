//! The answer of a successful token request (RFC 6749 §5.1).

use axum::response::Response;
use directory::access::oauth::grant::Grant;
use directory::access::oauth::hash::unguessable;
use directory::clock::seconds;
use gateway::auth::token::access::AccessToken;
use gateway::auth::token::refresh::RefreshToken;
use http::StatusCode;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::answer::{Refusal, private};
use crate::caller::Caller;
use crate::scope;

/// A new access token of `caller` for `scopes`; with `grant`, also its refresh token.
pub(super) fn issued(caller: &Caller, grant: Option<&Grant>, scopes: String) -> Result<Response, Refusal> {
    let Caller { directory, seals, client } = caller;
    let issued = seconds();
    let spelled_out = scope::spelled_out(&scopes);
    let token = AccessToken {
        directory: directory.id.clone(),
        client: client.id.clone(),
        grant: grant.map(|grant| grant.id.clone()),
        id: unguessable::<8>().map_err(Refusal::table)?,
        issued,
        expires: issued + i64::from(client.lifetime),
        scopes,
    };
    let mut body = json!({
        "access_token": token.sealed(seals).expose_secret(),
        "token_type": "Bearer",
        "expires_in": client.lifetime,
        "scope": spelled_out,
    });
    if let (Some(grant), Some(body)) = (grant, body.as_object_mut()) {
        let refresh = RefreshToken::sealed(&directory.id, &grant.id, grant.generation, seals);
        body.insert("refresh_token".to_owned(), json!(refresh.expose_secret()));
    }
    tracing::info!(directory = %directory.id, client = %client.id, by_grant = grant.is_some(), "an access token was issued");
    Ok(private(StatusCode::OK, &body))
}
