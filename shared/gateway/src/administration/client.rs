//! OAuth clients: what may be said of one, and creating it.

use directory::access::oauth::client::federation::Federation;
use directory::access::oauth::client::{self, Client, LIFETIME, Pkce};
use directory::access::oauth::hash::unguessable;
use directory::error::Error;
use directory::id::{ClientId, DirectoryId};
use directory::registry::record;
use serde::Deserialize;

use super::client_secret::{Made, New, make};
use super::end::End;
pub use super::federation::FederationInput;
use super::federation::{LONGEST, MOST};
use super::value::{invalid, named, nullable};
use crate::app::App;
use crate::http::address::is_safe;
use crate::http::error::Failure;
use crate::http::path::SCIM;
use crate::settings::Reach;

/// What is said of a client. What is absent stays as it is, or gets its default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Input {
    /// What people call it.
    pub label: Option<String>,
    /// What its tokens may do.
    pub scopes: Option<Vec<String>>,
    /// How long an access token is valid.
    pub token_lifetime_minutes: Option<u32>,
    /// Where an authorization may return to.
    pub redirect_uris: Option<Vec<String>>,
    /// Whether an authorization must use PKCE.
    pub pkce: Option<Pkce>,
    /// `Some(None)` for null, which removes the federation.
    #[serde(default, deserialize_with = "nullable")]
    pub federation: Option<Option<FederationInput>>,
    /// When the first secret ends; only of a new client.
    pub secret_expires: Option<End>,
}

impl Input {
    /// The label, when one was sent.
    ///
    /// # Errors
    /// `invalidValue`; the same of those that follow.
    pub fn label(&self) -> Result<Option<String>, Failure> {
        self.label.as_deref().map(|label| named("label", label)).transpose()
    }

    /// Scopes as they are kept: none named is everything of SCIM.
    ///
    /// # Errors
    /// See [`label`](Self::label).
    pub fn scopes(&self) -> Result<Option<String>, Failure> {
        const KNOWN: [&str; 5] = ["read", "write", "users", "groups", "events"];
        let Some(named) = &self.scopes else { return Ok(None) };
        if named.iter().any(|scope| !KNOWN.contains(&scope.as_str())) {
            return Err(invalid("`scopes` are `read`, `write`, `users`, `groups` and `events`"));
        }
        let kept: Vec<&str> =
            KNOWN.into_iter().filter(|known| named.iter().any(|scope| scope == known)).collect();
        Ok(Some(kept.join(" ")))
    }

    /// In seconds.
    ///
    /// # Errors
    /// See [`label`](Self::label).
    pub fn lifetime(&self) -> Result<Option<u32>, Failure> {
        let seconds = self.token_lifetime_minutes.map(|minutes| minutes.saturating_mul(60));
        match seconds {
            Some(seconds) if !LIFETIME.contains(&seconds) => {
                Err(invalid("`tokenLifetimeMinutes` must be 60 to 360"))
            }
            seconds => Ok(seconds),
        }
    }

    /// Each over TLS, or on the machine of the person who signs in.
    ///
    /// # Errors
    /// See [`label`](Self::label).
    pub fn redirects(&self) -> Result<Option<Vec<String>>, Failure> {
        let Some(uris) = &self.redirect_uris else { return Ok(None) };
        let fits = |uri: &String| uri.len() <= LONGEST && is_safe(uri);
        if uris.len() > MOST || !uris.iter().all(fits) {
            return Err(invalid(format!(
                "`redirectUris` must be at most {MOST} addresses that begin with `https://`, without a fragment"
            )));
        }
        Ok(Some(uris.clone()))
    }

    /// `Some(None)` when there shall be none any more. `reach` says where its keys may be.
    ///
    /// # Errors
    /// See [`label`](Self::label).
    pub fn federation(&self, reach: Reach) -> Result<Option<Option<Federation>>, Failure> {
        match &self.federation {
            Some(Some(input)) => input.read(reach).map(|federation| Some(Some(federation))),
            Some(None) => Ok(Some(None)),
            None => Ok(None),
        }
    }
}

/// What is entered in the program that is the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The Tenant URL.
    pub tenant: String,
    /// The token endpoint.
    pub token: String,
    /// The authorization endpoint.
    pub authorization: String,
    /// The `client_id`.
    pub client_id: String,
}

impl Addresses {
    /// Those of `client` of `directory`; `origin` is the address of the service.
    #[must_use]
    pub fn of(directory: &DirectoryId, client: &Client, origin: &str) -> Self {
        Self {
            tenant: format!("{origin}{SCIM}"),
            token: format!("{origin}/oauth/token"),
            authorization: format!("{origin}/oauth/authorize"),
            client_id: format!("{directory}.{}", client.id),
        }
    }
}

/// Creates the client `id` of `directory`, with a secret unless another issuer vouches for it. Returns the
/// client, and the secret, which is shown once; `None` when there is a client with this id.
///
/// # Errors
/// 400 when `input` is not valid, 404 when there is no such directory or it is being erased; those of the
/// table.
pub async fn create(
    app: &App,
    directory: &DirectoryId,
    id: ClientId,
    input: &Input,
) -> Result<Option<(Client, Option<Made>)>, Failure> {
    let failed = |error| Failure::table("client", error);
    let label = input.label()?.ok_or_else(|| invalid("`label` is missing: say who the client is"))?;
    let mut client = Client::new(id, &label);
    client.scopes = input.scopes()?.unwrap_or_default();
    client.lifetime = input.lifetime()?.unwrap_or(client.lifetime);
    client.redirects = input.redirects()?.unwrap_or_default();
    client.pkce = input.pkce.unwrap_or_default();
    client.federation = input.federation(app.settings.reach)?.flatten();
    // Before there is a client: without it, none of its tokens could be sealed.
    let hashes = record::secrets(&app.table, directory).await.map_err(failed)?.hashes;
    let deployment = app.deployment.get().await.map_err(failed)?;
    let made = match client.federation {
        Some(_) => None,
        None => {
            let id = unguessable::<4>().map_err(failed)?;
            let new = New { id: &id, label: "", ends: input.secret_expires.as_ref() };
            Some(make(&hashes, &deployment, &client.id, new)?)
        }
    };
    client.secrets.extend(made.iter().map(|made| made.kept.clone()));
    let created = client::create(&app.table, directory, &client).await.map_err(|error| match error {
        Error::NotFound => Failure::unknown("directory", &directory.to_string()),
        error => failed(error),
    })?;
    Ok(created.then_some((client, made)))
}
