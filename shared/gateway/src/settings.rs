//! How the service is reached and whom it trusts.

use directory::id::DirectoryId;
use secrecy::SecretString;

/// Which addresses the service itself may call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Hosts of the public internet, over TLS.
    #[default]
    Public,
    /// Any host over TLS, and this machine without it: for the local server and tests.
    Any,
}

/// How this service is reached and whom it trusts.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What precedes `/scim/v2` in the URLs of responses, such as
    /// `https://scim.example.com`. Without it, it comes from each request: its Host header,
    /// X-Forwarded-Proto and stage.
    pub base_url: Option<String>,
    /// The directory of tokens that are not in our own form. Only the
    /// local server sets it, so that a test can fix any token.
    pub foreign_tokens: Option<DirectoryId>,
    /// The region that this service serves; directories of another one are refused.
    pub region: Option<String>,
    /// The stage that this service serves; directories of another one are refused.
    pub stage: Option<String>,
    /// Adds `x-rollcall-units: r=…;w=…` to answers: the capacity units consumed. For
    /// the local server and tests.
    pub report_units: bool,
    /// Requests a second that a directory may send where it has no rate of its own; 0 for any
    /// number.
    pub requests_per_second: u32,
    /// Which addresses of other services, such as those with the keys of issuers, may be called.
    pub reach: Reach,
    /// What each request must show where CloudFront is in front of the service.
    pub origin_secret: Option<SecretString>,
}
