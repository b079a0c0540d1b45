//! Workload identity federation: a client that shows what another issuer says of it
//! (RFC 7523 §2.2), and has no secret here.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::keys::{Item, optional_text};

/// Whose assertions prove a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Federation {
    /// The assertion's `iss`, letter by letter.
    pub issuer: String,
    /// Its `sub`: with Entra the object id of the provisioning service's principal.
    pub subject: String,
    /// What its `aud` may be; one of them.
    pub audiences: Vec<String>,
    /// Where the issuer's keys are (RFC 7517).
    pub jwks_uri: String,
    /// With Entra, the tenant: the assertion's `tid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

impl Federation {
    pub(super) const NAME: &'static str = "federation";

    pub(super) fn read(item: &Item) -> Result<Option<Self>, Error> {
        let parse = |text| serde_json::from_str(text).map_err(|_| Error::corrupt(Self::NAME));
        optional_text(item, Self::NAME).map(parse).transpose()
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
