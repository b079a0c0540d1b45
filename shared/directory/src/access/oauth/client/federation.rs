//! Workload identity federation: a client that is authenticated by another issuer's assertion (RFC 7523
//! §2.2), and has no secret here.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The issuer whose assertions authenticate a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Federation {
    /// The assertion's `iss`, compared character by character.
    pub issuer: String,
    /// Its `sub`: with Entra the object id of the provisioning service's principal.
    pub subject: String,
    /// The accepted values of its `aud`.
    pub audiences: Vec<String>,
    /// The address of the issuer's keys (RFC 7517).
    pub jwks_uri: String,
    /// With Entra, the tenant: the assertion's `tid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

impl Federation {
    /// As a client's item stores it.
    pub(super) fn text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| Error::Unavailable(error.into()))
    }
}
