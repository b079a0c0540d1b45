//! Exchanging an authorization code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).

use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use directory::access::oauth::code;
use directory::access::oauth::grant::{self, Grant, Redeemed};
use directory::access::oauth::hash::{Hashed, hash, unguessable};
use gateway::app::App;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::issue::issued;
use crate::answer::Refusal;
use crate::caller::Caller;
use crate::form::Form;
use crate::scope::granted;

/// Exchanges the code, once, for a grant and its tokens. A code that was used before ends the grant of that
/// use, also after the code has expired.
pub(super) async fn redeem(app: &App, caller: &Caller, form: &Form) -> Result<Response, Refusal> {
    let (sent, redirect) = (form.need("code")?, form.get("redirect_uri")?);
    let directory = &caller.directory.id;
    if !caller.seals.deployment().has_checksum(sent) {
        return Err(wrong());
    }
    let hash = hash(caller.seals.hashes(), Hashed::Code, sent);
    let code = code::read(&app.table, directory, &hash).await.map_err(Refusal::table)?.ok_or_else(wrong)?;
    if code.client != caller.client.id {
        return Err(wrong());
    }
    if let Some(earlier) = &code.grant {
        grant::revoke(&app.table, directory, earlier).await.map_err(Refusal::table)?;
        return Err(replayed(caller));
    }
    if code.is_expired() {
        return Err(wrong());
    }
    // It must be the one that the authorization had.
    if redirect != Some(&code.redirect) {
        return Err(Refusal::invalid_grant("`redirect_uri` is not the one of the authorization"));
    }
    verified(code.challenge.as_deref(), form.get("code_verifier")?)?;
    // The client's scopes may have been reduced since.
    let scopes =
        granted(&caller.client.scopes, Some(&code.scopes).filter(|s| !s.is_empty()).map(String::as_str))?;
    let id = unguessable::<8>().map_err(Refusal::table)?.parse().map_err(|_| wrong())?;
    let grant = Grant::new(id, &code);
    match grant::redeem(&app.table, directory, &hash, &grant).await.map_err(Refusal::table)? {
        Redeemed::Now => issued(caller, Some(&grant), scopes),
        Redeemed::Gone => Err(wrong()),
        // Another request was faster.
        Redeemed::Before => Err(replayed(caller)),
    }
}

/// The response to a code that was used before, whose grant is revoked.
fn replayed(caller: &Caller) -> Refusal {
    let (directory, client) = (&caller.directory.id, &caller.client.id);
    tracing::warn!(%directory, %client, "a code was used twice: its grant is revoked");
    wrong()
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
    Refusal::invalid_grant("the code does not exist, has expired, was used, or belongs to another client")
}
