//! What may be said of a client.

use directory::access::oauth::client::federation::Federation;
use directory::access::oauth::client::{LIFETIME, Pkce};
use gateway::http::address::{is_safe, may_call};
use gateway::http::error::Failure;
use gateway::settings::Reach;
use serde::Deserialize;

use crate::body::{invalid, named, nullable};
use crate::time::End;

/// How many addresses and audiences there may be, and how long a text.
const MOST: usize = 20;
const LONGEST: usize = 1024;
/// Where Entra's tenants are.
const ENTRA: &str = "https://login.microsoftonline.com";

/// The body of a POST or PATCH. What is absent stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Input {
    pub(super) label: Option<String>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) token_lifetime_minutes: Option<u32>,
    pub(super) redirect_uris: Option<Vec<String>>,
    pub(super) pkce: Option<Pkce>,
    /// `Some(None)` for null, which removes the federation.
    #[serde(default, deserialize_with = "nullable")]
    pub(super) federation: Option<Option<FederationInput>>,
    /// When the first secret ends; only of a POST.
    pub(super) secret_expires: Option<End>,
}

/// With Entra, `tenant` says where issuer and keys are.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FederationInput {
    tenant: Option<String>,
    issuer: Option<String>,
    jwks_uri: Option<String>,
    subject: String,
    audiences: Vec<String>,
}

impl Input {
    /// The label, when one was sent.
    pub(super) fn label(&self) -> Result<Option<String>, Failure> {
        self.label.as_deref().map(|label| named("label", label)).transpose()
    }

    /// In seconds.
    pub(super) fn lifetime(&self) -> Result<Option<u32>, Failure> {
        let seconds = self.token_lifetime_minutes.map(|minutes| minutes.saturating_mul(60));
        match seconds {
            Some(seconds) if !LIFETIME.contains(&seconds) => {
                Err(invalid("`tokenLifetimeMinutes` must be 60 to 360"))
            }
            seconds => Ok(seconds),
        }
    }

    /// Each over TLS, or on the machine of the person who signs in.
    pub(super) fn redirects(&self) -> Result<Option<Vec<String>>, Failure> {
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
    pub(super) fn federation(&self, reach: Reach) -> Result<Option<Option<Federation>>, Failure> {
        match &self.federation {
            Some(Some(input)) => input.read(reach).map(|federation| Some(Some(federation))),
            Some(None) => Ok(Some(None)),
            None => Ok(None),
        }
    }
}

impl FederationInput {
    fn read(&self, reach: Reach) -> Result<Federation, Failure> {
        let tenant = self.tenant.as_deref().filter(|tenant| !tenant.is_empty());
        let of_entra = |path: &str| tenant.map(|tenant| format!("{ENTRA}/{tenant}/{path}"));
        let need = |name: &str| invalid(format!("`federation` needs `{name}`, or `tenant` for Entra's"));
        let federation = Federation {
            issuer: self.issuer.clone().or_else(|| of_entra("v2.0")).ok_or_else(|| need("issuer"))?,
            jwks_uri: self
                .jwks_uri
                .clone()
                .or_else(|| of_entra("discovery/v2.0/keys"))
                .ok_or_else(|| need("jwksUri"))?,
            subject: self.subject.clone(),
            audiences: self.audiences.clone(),
            tenant: tenant.map(str::to_owned),
        };
        let texts = [&federation.issuer, &federation.subject, &federation.jwks_uri];
        let fits = |text: &String| !text.trim().is_empty() && text.len() <= LONGEST;
        let plain =
            |tenant: &str| tenant.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
        if !texts.into_iter().chain(&federation.audiences).all(fits) || !tenant.is_none_or(plain) {
            return Err(invalid("`federation` has a text that is empty, too long, or no tenant"));
        }
        if !(1..=MOST).contains(&federation.audiences.len()) {
            return Err(invalid(format!("`federation` needs 1 to {MOST} `audiences`")));
        }
        if !may_call(&federation.jwks_uri, reach) {
            return Err(invalid("`jwksUri` must begin with `https://` and name a public host"));
        }
        Ok(federation)
    }
}
