//! Who may let a client in: who has the administration key, or a credential of the directory
//! with the scope `consent`.

use std::sync::Arc;

use directory::access::credential::{self, Credential};
use directory::access::permissions::Right;
use directory::clock::seconds;
use gateway::administrator::AdministratorKey;
use gateway::app::App;
use gateway::token::{self, Token};
use subtle::ConstantTimeEq;
use tokio::sync::OnceCell;

use crate::answer::Refusal;
use crate::caller::Caller;

/// What a consent by the administration key is by.
const ADMINISTRATOR: &str = "administrator";

/// The administration key: known, or read from the environment when it is first asked for.
/// Most functions never see a consent.
#[derive(Debug, Clone)]
pub struct Administrator(Arc<OnceCell<AdministratorKey>>);

impl Administrator {
    /// This key.
    #[must_use]
    pub fn known(key: AdministratorKey) -> Self {
        Self(Arc::new(OnceCell::new_with(Some(key))))
    }

    /// The key that the environment holds or names.
    #[must_use]
    pub fn of_environment() -> Self {
        Self(Arc::default())
    }

    async fn is(&self, key: &str) -> bool {
        match self.0.get_or_try_init(admin::key::of_environment).await {
            Ok(administrator) => administrator.is(key),
            Err(error) => {
                tracing::error!(error = &*error as &dyn std::error::Error, "there is no administration key");
                false
            }
        }
    }
}

/// Whom `key` shows to be there; `None` when it is nobody who may.
pub(super) async fn by(
    app: &App,
    administrator: &Administrator,
    caller: &Caller,
    key: &str,
) -> Result<Option<String>, Refusal> {
    if administrator.is(key).await {
        return Ok(Some(ADMINISTRATOR.to_owned()));
    }
    let Some(token) = Token::parse(key).filter(|token| token.directory == caller.directory.id) else {
        return Ok(None);
    };
    let credential =
        credential::read(&app.store, &token.directory, &token.credential).await.map_err(Refusal::store)?;
    let opens = |credential: &Credential| {
        let shown = caller.secret.keyed(&token::hash(key));
        let same = bool::from(shown.as_bytes().ct_eq(credential.hash().as_bytes()));
        same && credential.is_valid(seconds()) && credential.scopes.allow(Right::Consent)
    };
    Ok(credential.filter(opens).map(|credential| credential.id.to_string()))
}
