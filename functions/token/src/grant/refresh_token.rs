//! Going on with a grant (RFC 6749 §6). Each refresh token serves once. Its successor has the newest seal.

use axum::response::Response;
use directory::access::oauth::grant::{self, Refreshed};
use gateway::app::App;
use gateway::auth::token::refresh::RefreshToken;

use super::issue::issued;
use crate::answer::Refusal;
use crate::caller::Caller;
use crate::form::Form;
use crate::scope::granted;

/// A new access token and the refresh token that follows the one shown.
pub(super) async fn refresh(app: &App, caller: &Caller, form: &Form) -> Result<Response, Refusal> {
    let shown = RefreshToken::parse(form.need("refresh_token")?).ok_or_else(wrong)?;
    let directory = &caller.directory.id;
    if shown.directory != *directory || !shown.is_genuine(&caller.seals) {
        return Err(wrong());
    }
    let grant = grant::read(&app.table, directory, &shown.grant).await.map_err(Refusal::table)?;
    let grant = grant.filter(|grant| grant.client == caller.client.id).ok_or_else(wrong)?;
    // Checked before the token is used up.
    let allowed =
        granted(&caller.client.scopes, Some(&grant.scopes).filter(|s| !s.is_empty()).map(String::as_str))?;
    let scopes = granted(&allowed, form.get("scope")?)?;
    match grant::refresh(&app.table, directory, grant, shown.generation).await.map_err(Refusal::table)? {
        Refreshed::Good(grant) => issued(caller, Some(&grant), scopes),
        Refreshed::Over => Err(wrong()),
        Refreshed::Reused => {
            tracing::warn!(%directory, client = %caller.client.id, "a refresh token was used again: its grant is revoked");
            Err(wrong())
        }
    }
}

fn wrong() -> Refusal {
    Refusal::invalid_grant(
        "the refresh token is unknown, has expired, was used before, or belongs to another client: authorize again",
    )
}
