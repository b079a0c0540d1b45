//! What may be said of the issuer that a client's assertions come from.

use directory::access::oauth::client::federation::Federation;
use serde::Deserialize;

use super::value::invalid;
use crate::http::address::may_call;
use crate::http::error::Failure;
use crate::settings::Reach;

/// How many addresses and audiences there may be, and how long a text.
pub(super) const MOST: usize = 20;
pub(super) const LONGEST: usize = 1024;
/// Where Entra's tenants are.
const ENTRA: &str = "https://login.microsoftonline.com";

/// With Entra, `tenant` says where issuer and keys are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FederationInput {
    /// The `tid` of its assertions.
    pub tenant: Option<String>,
    /// Their `iss`.
    pub issuer: Option<String>,
    /// Where its keys are.
    pub jwks_uri: Option<String>,
    /// Their `sub`.
    pub subject: String,
    /// Their `aud`: one of these.
    pub audiences: Vec<String>,
}

impl FederationInput {
    pub(super) fn read(&self, reach: Reach) -> Result<Federation, Failure> {
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
