//! For whom security event tokens are made.

use scim::event::Content;
use serde::{Deserialize, Serialize};

/// What the tokens of a subscription have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenStream {
    /// The claim `iss`: the URL of this service, which publishes the keys.
    pub issuer: String,
    /// The claim `aud`.
    pub audience: String,
    /// How much a token says.
    pub content: Content,
}
