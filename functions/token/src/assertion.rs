//! Assertions of another issuer (RFC 7523 §3): what Microsoft Entra shows instead of a secret
//! when a client is federated.
//!
//! The key comes from the issuer that the *client* names, never from the assertion, and a
//! claim is checked only when the signature is valid. The same assertion may come again as
//! long as it lives: Entra keeps and repeats them, and gives them no `jti`.

mod audience;
mod ring_provider;

use std::collections::HashSet;
use std::fmt;

use directory::access::oauth::client::federation::Federation;
use gateway::settings::Reach;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;

use crate::keys::{Keys, Lost};

pub use ring_provider::install;

/// The longest assertion that is accepted.
const LONGEST: usize = 16 * 1024;
/// The longest id of a key.
const LONGEST_ID: usize = 256;
/// How far the issuer's clock and ours may be apart, in seconds.
const LEEWAY: u64 = 60;

/// By these, and by no shared secret and never by `none`.
const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
];

/// Why an assertion proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is longer than 16 KiB.
    TooLong,
    /// It is not a JWT with a signature by a public key.
    Malformed,
    /// It names no key, or one that the issuer does not publish.
    UnknownKey,
    /// The issuer's keys cannot be had.
    NoKeys,
    /// Its signature is wrong.
    Signature,
    /// Its `exp` has passed.
    Expired,
    /// Its `nbf` or `iat` is to come.
    NotYetValid,
    /// Its `iss` is another.
    Issuer,
    /// Its `sub` is another.
    Subject,
    /// Its `aud` is not one of the client's.
    Audience,
    /// Its `tid` is another.
    Tenant,
    /// A claim is missing, or has another form.
    Claims,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the assertion is longer than 16 KiB",
            Self::Malformed => "the assertion is not a JWT that is signed by RSA or ECDSA and names its key",
            Self::UnknownKey => "the assertion is signed with a key that the issuer does not publish",
            Self::NoKeys => "the keys of the issuer cannot be had just now: try again",
            Self::Signature => "the signature of the assertion is wrong",
            Self::Expired => "the assertion has expired",
            Self::NotYetValid => "the assertion is not valid yet: compare the clocks",
            Self::Issuer => "the issuer of the assertion is not the one of this client",
            Self::Subject => "the subject of the assertion is not the one of this client",
            Self::Audience => "the audience of the assertion is not one of this client",
            Self::Tenant => "the tenant of the assertion is not the one of this client",
            Self::Claims => "the assertion needs `iss`, `sub`, `aud` and `exp` in the form of RFC 7519",
        })
    }
}

/// The checks of an assertion that the validation does not include.
#[derive(Debug, Deserialize)]
struct Claims {
    /// One text each: a list would match by any of its elements.
    #[expect(dead_code, reason = "its form counts")]
    iss: String,
    #[expect(dead_code, reason = "its form counts")]
    sub: String,
    tid: Option<String>,
    iat: Option<f64>,
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
    if assertion.len() > LONGEST {
        return Err(Reason::TooLong);
    }
    install();
    let header = decode_header(assertion).map_err(|_| Reason::Malformed)?;
    if !ALGORITHMS.contains(&header.alg)
        || header.crit.is_some()
        || header.zip.is_some()
        || header.enc.is_some()
    {
        return Err(Reason::Malformed);
    }
    let id = header.kid.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID).ok_or(Reason::Malformed)?;
    let key = keys.get(&federation.jwks_uri, &id, reach).await.map_err(|lost| match lost {
        Lost::Unknown => Reason::UnknownKey,
        Lost::Unreachable => Reason::NoKeys,
    })?;
    if !key.takes(header.alg) {
        return Err(Reason::Signature);
    }
    let validation = validation(federation, header.alg);
    let claims =
        decode::<Claims>(assertion, key.decoding(), &validation).map_err(|e| reason(e.kind()))?.claims;
    if claims.iat.is_some_and(|issued| issued > (jsonwebtoken::get_current_timestamp() + LEEWAY) as f64) {
        return Err(Reason::NotYetValid);
    }
    match &federation.tenant {
        Some(tenant) if claims.tid.as_ref() != Some(tenant) => Err(Reason::Tenant),
        _ => Ok(()),
    }
}

fn validation(federation: &Federation, algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
    validation.leeway = LEEWAY;
    validation.validate_exp = true;
    validation.validate_nbf = true;
    validation.validate_aud = true;
    validation.set_issuer(&[&federation.issuer]);
    validation.sub = Some(federation.subject.clone());
    let audiences: HashSet<String> =
        federation.audiences.iter().flat_map(|one| audience::forms(one)).collect();
    validation.aud = Some(audiences);
    validation
}

fn reason(kind: &ErrorKind) -> Reason {
    match kind {
        ErrorKind::InvalidSignature => Reason::Signature,
        ErrorKind::ExpiredSignature => Reason::Expired,
        ErrorKind::ImmatureSignature => Reason::NotYetValid,
        ErrorKind::InvalidIssuer => Reason::Issuer,
        ErrorKind::InvalidSubject => Reason::Subject,
        ErrorKind::InvalidAudience => Reason::Audience,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => {
            Reason::Claims
        }
        _ => Reason::Malformed,
    }
}
