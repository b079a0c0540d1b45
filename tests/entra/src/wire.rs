//! The HTTP layer: requests in Entra's form, and their responses.

pub mod client;
pub mod compose;
pub mod credentials;
pub mod patch;
pub mod request;
pub mod secret;
pub mod tokens;

use serde::{Deserialize, Serialize};

/// Which PATCH dialect to send. Entra chooses it by a flag in the Tenant URL.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Without a flag: capitals in `op`, one operation for each attribute, booleans as texts.
    #[default]
    Default,
    /// With `?aadOptscim062020`: closer to the RFC.
    Flag,
}

impl Dialect {
    /// `default` or `flag`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Flag => "flag",
        }
    }
}
