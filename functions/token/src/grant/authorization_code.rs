//! What the administrator's consent led to (RFC 6749 §4.1.3, RFC 7636 §4.5).

use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use directory::access::oauth::code::Redeemed;
use directory::access::oauth::grant::Grant;
use directory::access::oauth::seal::{Purpose, seal, unguessable};
use gateway::app::App;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::issue::issued;
use crate::answer::Refusal;
use crate::caller::Caller;
use crate::form::Form;
use crate::scope::granted;

/// Uses the code up, once, and begins a grant.
pub(super) async fn redeem(app: &App, caller: &Caller, form: &Form) -> Result<Response, Refusal> {
    let (code, redirect) = (form.need("code")?, form.get("redirect_uri")?);
    let directory = &caller.directory.id;
    let hash = seal(&caller.secret, Purpose::Code, code);
    let kept = app.store.code(directory, &hash).await.map_err(Refusal::store)?.ok_or_else(wrong)?;
    if kept.client != caller.client.id || kept.is_expired() {
        return Err(wrong());
    }
    // Sent in the authorization, it must be the same here.
    if redirect != Some(&kept.redirect) {
        return Err(Refusal::invalid_grant("`redirect_uri` is not the one of the authorization"));
    }
    verified(kept.challenge.as_deref(), form.get("code_verifier")?)?;
    // What the client may do may be less by now.
    let scopes =
        granted(&caller.client.scopes, Some(&kept.scopes).filter(|s| !s.is_empty()).map(String::as_str))?;
    let id = unguessable::<8>().map_err(Refusal::store)?.parse().map_err(|_| wrong())?;
    let grant = Grant::new(id, &kept);
    match app.store.redeem(directory, &hash, &grant).await.map_err(Refusal::store)? {
        Redeemed::Now => issued(caller, Some(&grant), scopes),
        Redeemed::Gone => Err(wrong()),
        Redeemed::Before => {
            tracing::warn!(%directory, client = %caller.client.id, "a code came twice: its grant is revoked");
            Err(wrong())
        }
    }
}

/// Whether `verifier` is what `challenge` was made of (S256).
fn verified(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), Refusal> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if is_verifier(verifier) => {
            let made = BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()));
            let same = bool::from(made.as_bytes().ct_eq(challenge.as_bytes()));
            if same {
                Ok(())
            } else {
                Err(Refusal::invalid_grant("`code_verifier` is not the one of the authorization"))
            }
        }
        (Some(_), _) => {
            Err(Refusal::invalid_grant("`code_verifier` is missing, or is not 43 to 128 characters"))
        }
        (None, Some(_)) => Err(Refusal::invalid_grant("the authorization had no `code_challenge`")),
    }
}

/// RFC 7636 §4.1.
fn is_verifier(text: &str) -> bool {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    (43..=128).contains(&text.len()) && text.chars().all(unreserved)
}

fn wrong() -> Refusal {
    Refusal::invalid_grant("there is no such code, or it is over, was used, or is another client's")
}
