//! What a token's scopes allow: checked once for each resource type that a request is about, as
//! soon as the type is known.

use std::sync::Arc;

use directory::access::permissions::{Right, Scopes};
use directory::id::{CredentialId, DirectoryId};
use directory::resource::existing::Policy;
use directory::secret::seals::Seals;
use http::HeaderValue;
use http::request::Parts;
use scim::error::{Error, Kind};
use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;

use crate::http::error::Failure;

/// What a request may touch, and on whose behalf.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    /// The directory.
    pub directory: DirectoryId,
    /// The holder of the token, as resources store it.
    pub credential: CredentialId,
    /// What the token may do.
    pub scopes: Scopes,
    /// What the directory offers.
    pub profile: Arc<Profile>,
    /// The id of the user that the credential belongs to.
    pub subject: Option<Arc<str>>,
    /// The directory's seals.
    pub seals: Seals,
    /// How a POST finds an imported user.
    pub adopt: Policy,
    /// The directory's own rate, if it has one; 0 for no limit.
    pub requests_per_second: Option<u32>,
    /// Whether someone receives the directory's events as security event tokens.
    pub has_security_events: bool,
}

/// What a token is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Requests of SCIM. Which scopes they need depends on the route.
    Scim,
    /// Reading events.
    Events,
}

impl Service {
    /// Checks that a token with `scopes` allows anything here.
    ///
    /// # Errors
    /// 403, which names the scope that is missing.
    pub(super) fn permit(self, scopes: Scopes) -> Result<(), Failure> {
        let (is_allowed, missing) = match self {
            Self::Scim => (scopes.allow_scim(), Right::Read),
            Self::Events => (scopes.allow(Right::Events), Right::Events),
        };
        if is_allowed { Ok(()) } else { Err(missing_scope(missing)) }
    }
}

/// What a request does to resources: reads them, also by a query in a body, or changes them.
#[must_use]
pub fn right(parts: &Parts) -> Right {
    let reads = parts.method == http::Method::GET || parts.uri.path().ends_with("/.search");
    if reads { Right::Read } else { Right::Write }
}

impl Access {
    /// Checks that the token has `right` to resources of `kind`. Resource types of a profile's own
    /// need both `users` and `groups`.
    ///
    /// # Errors
    /// 403, which names the scope that is missing.
    pub fn permit(&self, right: Right, kind: &ResourceType) -> Result<(), Failure> {
        let nouns: &[Right] = match kind.name.as_str() {
            "User" => &[Right::Users],
            "Group" => &[Right::Groups],
            _ => &[Right::Users, Right::Groups],
        };
        let missing = std::iter::once(&right).chain(nouns).find(|right| !self.scopes.allow(**right));
        missing.map_or(Ok(()), |right| Err(missing_scope(*right)))
    }
}

fn missing_scope(right: Right) -> Failure {
    let name = right.name();
    let detail = format!("the token does not have the scope `{name}`: use one that was made with it");
    let challenge = format!(r#"Bearer realm="scim", error="insufficient_scope", scope="{name}""#);
    let challenge = HeaderValue::from_str(&challenge);
    Failure::challenge(
        Error::new(Kind::MissingScope, detail),
        challenge.unwrap_or(HeaderValue::from_static("Bearer")),
    )
}
