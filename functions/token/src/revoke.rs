//! `POST /oauth/revoke`: tokens that a client does not want any more (RFC 7009).

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::response::Response;
use directory::access::oauth::{client, grant};
use directory::clock::seconds;
use gateway::app::App;
use gateway::auth::issuer::keys::Keys;
use gateway::auth::token::access::Claim;
use gateway::auth::token::refresh::RefreshToken;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue};

use crate::answer::Refusal;
use crate::caller::{Caller, authenticate};
use crate::form::Form;

/// Takes one of the client's tokens back: a refresh token with its whole grant, an access
/// token alone. A token that is not the client's is not an error (§2.2).
///
/// # Errors
/// RFC 6749's (§5.2), as JSON.
pub async fn revoke(
    State(app): State<App>,
    Extension(keys): Extension<Keys>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    let caller = authenticate(&app, &keys, &headers, &form).await?;
    let token = form.need("token")?;
    if let Some(token) = RefreshToken::parse(token) {
        refresh_token(&app, &caller, &token).await?;
    } else if let Some(claim) = Claim::parse(token) {
        access_token(&app, &caller, &claim).await?;
    }
    let mut response = Response::new(Body::empty());
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn refresh_token(app: &App, caller: &Caller, token: &RefreshToken) -> Result<(), Refusal> {
    let directory = &caller.directory.id;
    if token.directory != *directory || !token.is_genuine(&caller.seals) {
        return Ok(());
    }
    let grant = grant::read(&app.table, directory, &token.grant).await.map_err(Refusal::table)?;
    match grant.filter(|grant| grant.client == caller.client.id) {
        Some(grant) => grant::revoke(&app.table, directory, &grant.id).await.map_err(Refusal::table),
        None => Ok(()),
    }
}

async fn access_token(app: &App, caller: &Caller, claim: &Claim) -> Result<(), Refusal> {
    let (directory, client, token) = (&caller.directory.id, &caller.client, &claim.token);
    let own = token.directory == *directory && token.client == client.id;
    if !own || !claim.is_genuine(&caller.seals, seconds()) {
        return Ok(());
    }
    let Some(id) = &token.grant else {
        let revoked = client::revoke_token(&app.table, directory, client, &token.id, token.expires).await;
        return revoked.map_err(Refusal::table);
    };
    match grant::read(&app.table, directory, id).await.map_err(Refusal::table)? {
        Some(grant) => {
            let revoked = grant::revoke_token(&app.table, directory, &grant, &token.id, token.expires).await;
            revoked.map_err(Refusal::table)
        }
        None => Ok(()),
    }
}
