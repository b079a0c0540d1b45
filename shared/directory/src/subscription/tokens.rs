//! For whom security event tokens are made.

use scim::event::Content;
use serde::{Deserialize, Serialize};

/// What the tokens of a subscription have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenStream {
    /// The claim `iss`: the URL of this service, which publishes the keys.
    pub issuer: String,
    /// The claim `aud`.
    pub audience: String,
    /// How much a token says.
    #[serde(default)]
    pub content: Content,
}
