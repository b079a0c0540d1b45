//! Assertions of another issuer (RFC 7523 §3): what Microsoft Entra shows instead of a secret
//! when a client is federated.
//!
//! The issuer and its keys are those that the *client* names. The same assertion may come again as
//! long as it lives: Entra keeps and repeats them, and gives them no `jti`.

mod audience;

use std::fmt;

use directory::access::oauth::client::federation::Federation;
use gateway::auth::issuer::keys::Keys;
use gateway::auth::issuer::signed::{Expected, Invalid, Signed, verify};
use gateway::settings::Reach;
use serde::Deserialize;

/// Why an assertion proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is not valid.
    Invalid(Invalid),
    /// Its `tid` is another.
    Tenant,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid(Invalid::TooLong) => "the assertion is longer than 16 KiB",
            Self::Invalid(Invalid::Malformed) => {
                "the assertion is not a JWT that is signed by RSA or ECDSA and names its key"
            }
            Self::Invalid(Invalid::UnknownKey) => {
                "the assertion is signed with a key that the issuer does not publish"
            }
            Self::Invalid(Invalid::NoKeys) => "the keys of the issuer cannot be had just now: try again",
            Self::Invalid(Invalid::Signature) => "the signature of the assertion is wrong",
            Self::Invalid(Invalid::Expired) => "the assertion has expired",
            Self::Invalid(Invalid::NotYetValid) => "the assertion is not valid yet: compare the clocks",
            Self::Invalid(Invalid::Issuer) => "the issuer of the assertion is not the one of this client",
            Self::Invalid(Invalid::Subject) => "the subject of the assertion is not the one of this client",
            Self::Invalid(Invalid::Audience) => "the audience of the assertion is not one of this client",
            Self::Invalid(Invalid::Claims) => {
                "the assertion needs `iss`, `sub`, `aud` and `exp` in the form of RFC 7519"
            }
            Self::Tenant => "the tenant of the assertion is not the one of this client",
        })
    }
}

/// The claims that only Entra's assertions have.
#[derive(Debug, Deserialize)]
struct Claims {
    tid: Option<String>,
}

/// Whether `assertion` says that its bearer is the subject of `federation`, whose keys are fetched
/// if `reach` allows it.
///
/// # Errors
/// [`Reason`].
pub async fn check(
    keys: &Keys,
    reach: Reach,
    federation: &Federation,
    assertion: &str,
) -> Result<(), Reason> {
    let expected = Expected {
        issuer: &federation.issuer,
        jwks_uri: &federation.jwks_uri,
        subject: Some(&federation.subject),
        audiences: federation.audiences.iter().flat_map(|one| audience::forms(one)).collect(),
    };
    let Signed { claims, .. } =
        verify::<Claims>(keys, reach, expected, assertion).await.map_err(Reason::Invalid)?;
    match &federation.tenant {
        Some(tenant) if claims.tid.as_ref() != Some(tenant) => Err(Reason::Tenant),
        _ => Ok(()),
    }
}
