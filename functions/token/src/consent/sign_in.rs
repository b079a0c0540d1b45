//! Who may give a client access: the holder of a credential of the directory with the scope
//! `consent`, or of the administrator key where the deployment accepts it here; and the customer's
//! administrator who has the set-up page of the directory open.

use std::sync::Arc;

use directory::access::admission::{Holder, Principal};
use directory::access::credential::Credential;
use directory::access::permissions::{Right, Scopes};
use directory::access::session::{self, Cookie, Realm};
use directory::access::setup_link;
use directory::clock::seconds;
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use gateway::auth::browser;
use gateway::auth::token::{self, Token};
use gateway::run::{administrator_keys, aws};
use http::HeaderMap;
use subtle::ConstantTimeEq;
use tokio::sync::OnceCell;

use crate::answer::Refusal;
use crate::authorize::ask::Ask;
use crate::caller::Caller;

/// The environment variable that lets the page accept the administrator key.
const ACCEPTED: &str = "ROLLCALL_CONSENT_BY_ADMINISTRATOR";

/// Why the page is shown again: who answered it may not allow this.
pub(super) const WRONG: &str = "This key does not open this directory. Nothing has been allowed.";
const TOO_MUCH: &str =
    "This client asks for more than you may allow. Ask the team of this service. Nothing has been allowed.";
const STALE: &str = "Your session is too old to allow this. Ask the team of this service for a new set-up \
                     link, and open it in this browser. Nothing has been allowed.";

/// The administrator key on the consent page. It is accepted there only where the deployment wants
/// that: the page is public, and the key opens every directory.
#[derive(Debug, Clone)]
pub enum Administrator {
    /// The page does not accept the key.
    Refused,
    /// It accepts this key.
    Known(AdministratorKey),
    /// It accepts the key that the environment has or names, which is read when it is first needed.
    OfEnvironment(Arc<OnceCell<AdministratorKey>>),
}

impl Administrator {
    /// As the environment says: [`OfEnvironment`](Self::OfEnvironment) where the variable
    /// `ROLLCALL_CONSENT_BY_ADMINISTRATOR` is `true`, otherwise [`Refused`](Self::Refused).
    #[must_use]
    pub fn of_environment() -> Self {
        let accepted = std::env::var(ACCEPTED).is_ok_and(|value| value == "true");
        if accepted { Self::OfEnvironment(Arc::default()) } else { Self::Refused }
    }

    /// Whether the page accepts the key.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        !matches!(self, Self::Refused)
    }

    async fn actor(&self, key: &str) -> Option<String> {
        match self {
            Self::Refused => None,
            Self::Known(administrator) => administrator.actor(key),
            Self::OfEnvironment(cell) => match cell.get_or_try_init(read).await {
                Ok(administrator) => administrator.actor(key),
                Err(error) => {
                    tracing::error!(
                        error = &*error as &dyn std::error::Error,
                        "the administrator key cannot be read"
                    );
                    None
                }
            },
        }
    }
}

async fn read() -> Result<AdministratorKey, aws::Error> {
    administrator_keys::of_environment(&aws::config()?).await
}

/// Who signs in with `key`, for the log; `None` if the key is wrong.
pub(super) async fn by(
    app: &App,
    administrator: &Administrator,
    caller: &Caller,
    key: &str,
) -> Result<Option<String>, Refusal> {
    if let Some(actor) = administrator.actor(key).await {
        return Ok(Some(actor));
    }
    let deployment = app.deployment.for_token(key).await.map_err(Refusal::table)?;
    let Some(token) = Token::parse(key)
        .filter(|token| token.directory == caller.directory.id && deployment.has_checksum(key))
    else {
        return Ok(None);
    };
    let principal = Principal::Credential(token.credential);
    let found = app.holders.find(&token.directory, &principal).await.map_err(Refusal::table)?;
    let opens = |credential: &Credential| {
        let shown = caller.seals.hashes().keyed(&token::hash(key));
        let same = bool::from(shown.as_bytes().ct_eq(credential.hash().as_bytes()));
        same && credential.is_valid(seconds()) && credential.scopes.allow(Right::Consent)
    };
    let id = match found.admission.as_deref().map(|admission| &admission.holder) {
        Some(Holder::Credential(credential)) if opens(credential) => Some(credential.id.to_string()),
        _ => None,
    };
    if id.is_none() {
        app.holders.remember(token.directory, principal, found);
    }
    Ok(id)
}

/// The customer's administrator whose session of the console the browser has, for the log. They may allow what
/// the set-up page may create, and only while it may. The inner error says why not: the browser has no session
/// of this directory, or the form is not of our own page; the session is too old; or `ask` is for more.
pub(super) async fn by_session(
    app: &App,
    ask: &Ask,
    caller: &Caller,
    headers: &HeaderMap,
    issuer: &str,
) -> Result<Result<String, &'static str>, Refusal> {
    let text = browser::cookie(headers, issuer).filter(|_| browser::is_own_form(headers, issuer));
    let Some(text) = text else { return Ok(Err(WRONG)) };
    let deployment = app.deployment.for_token(text).await.map_err(Refusal::table)?;
    let (directory, own) = (&caller.directory.id, Realm::Directory(caller.directory.id.clone()));
    let Some(cookie) = Cookie::parse(text, &deployment).filter(|cookie| *cookie.realm() == own) else {
        return Ok(Err(WRONG));
    };
    let session = session::find(&app.table, &cookie).await.map_err(Refusal::table)?;
    let Some(session) = session else { return Ok(Err(WRONG)) };
    if !setup_link::allows(&app.table, directory, &session).await.map_err(Refusal::table)? {
        return Ok(Err(WRONG));
    }
    if !session.is_fresh(&own, seconds()) {
        return Ok(Err(STALE));
    }
    let is_scim = |scopes: Scopes| scopes.and(Scopes::default()) == scopes;
    Ok(if ask.scopes.parse::<Scopes>().is_ok_and(is_scim) { Ok(session.by) } else { Err(TOO_MUCH) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_administrator_key_is_refused_unless_the_deployment_accepts_it() {
        const KEY: &str = "an-administrator-key-of-32-characters";
        let key = AdministratorKey::new(KEY).unwrap();
        let default = Administrator::of_environment();
        assert!(!default.is_accepted());
        assert_eq!(default.actor(KEY).await, None);
        let accepted = Administrator::Known(key);
        assert!(accepted.is_accepted());
        assert!(accepted.actor(KEY).await.unwrap().starts_with("administrator:"));
        assert_eq!(accepted.actor("another-key-of-32-characters-and-more").await, None);
    }
}
