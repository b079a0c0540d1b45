//! What goes over the wire: requests as Entra writes them, and what came back.

pub mod client;
pub mod compose;
pub mod credentials;
pub mod patch;
pub mod request;
pub mod secret;
pub mod tokens;

use serde::{Deserialize, Serialize};

/// Which PATCH requests are sent. Entra chooses by a flag in the Tenant URL.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Without a flag: capitals in `op`, one operation for each attribute, booleans as texts.
    #[default]
    Default,
    /// With `?aadOptscim062020`: nearer to the RFC.
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
