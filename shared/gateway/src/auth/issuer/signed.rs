//! Tokens that another issuer has signed (JWT, RFC 7519): their signature, issuer, audience and times.
//!
//! The key comes from the issuer that *we* expect, never from the token, and a claim is checked only when
//! the signature is valid.

use std::collections::HashSet;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::keys::{Key, Keys};
use super::published::Lost;
use super::ring_provider::install;
use crate::settings::Reach;

/// The longest token that is accepted.
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

/// Why a token proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
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
    /// Its `aud` is another.
    Audience,
    /// A claim is missing, or has another form.
    Claims,
}

/// What a token must say.
#[derive(Debug)]
pub struct Expected<'a> {
    /// Its `iss`, compared character by character.
    pub issuer: &'a str,
    /// The address of the issuer's keys (RFC 7517).
    pub jwks_uri: &'a str,
    /// Its `sub`; `None` for any.
    pub subject: Option<&'a str>,
    /// One of these must be in its `aud`.
    pub audiences: HashSet<String>,
}

/// A token that is valid.
#[derive(Debug, Deserialize)]
pub struct Signed<C> {
    /// One text each: a list would match by any of its elements.
    #[expect(dead_code, reason = "its form counts")]
    iss: String,
    /// Its subject.
    pub sub: String,
    iat: Option<f64>,
    /// Other claims.
    #[serde(flatten)]
    pub claims: C,
}

/// What `token` says, if it is valid and says what is `expected`. Keys of the issuer are fetched if `reach`
/// allows it.
///
/// # Errors
/// [`Invalid`].
pub async fn verify<C: DeserializeOwned>(
    keys: &Keys,
    reach: Reach,
    expected: Expected<'_>,
    token: &str,
) -> Result<Signed<C>, Invalid> {
    if token.len() > LONGEST {
        return Err(Invalid::TooLong);
    }
    install();
    let (algorithm, key) = key_of(keys, reach, expected.jwks_uri, token).await?;
    let validation = validation(expected, algorithm);
    let signed =
        decode::<Signed<C>>(token, key.decoding(), &validation).map_err(|e| invalid(e.kind()))?.claims;
    if signed.iat.is_some_and(|issued| issued > (jsonwebtoken::get_current_timestamp() + LEEWAY) as f64) {
        return Err(Invalid::NotYetValid);
    }
    Ok(signed)
}

/// The algorithm of `token`, and the key of those at `jwks_uri` that verifies it.
async fn key_of(keys: &Keys, reach: Reach, jwks_uri: &str, token: &str) -> Result<(Algorithm, Key), Invalid> {
    let header = decode_header(token).map_err(|_| Invalid::Malformed)?;
    if !ALGORITHMS.contains(&header.alg)
        || header.crit.is_some()
        || header.zip.is_some()
        || header.enc.is_some()
    {
        return Err(Invalid::Malformed);
    }
    let id = header.kid.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID).ok_or(Invalid::Malformed)?;
    let key = keys.get(jwks_uri, &id, reach).await.map_err(|lost| match lost {
        Lost::Unknown => Invalid::UnknownKey,
        Lost::Unreachable => Invalid::NoKeys,
    })?;
    if key.takes(header.alg) { Ok((header.alg, key)) } else { Err(Invalid::Signature) }
}

fn validation(expected: Expected<'_>, algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
    validation.leeway = LEEWAY;
    validation.validate_exp = true;
    validation.validate_nbf = true;
    validation.validate_aud = true;
    validation.set_issuer(&[expected.issuer]);
    validation.sub = expected.subject.map(str::to_owned);
    validation.aud = Some(expected.audiences);
    validation
}

fn invalid(kind: &ErrorKind) -> Invalid {
    match kind {
        ErrorKind::InvalidSignature => Invalid::Signature,
        ErrorKind::ExpiredSignature => Invalid::Expired,
        ErrorKind::ImmatureSignature => Invalid::NotYetValid,
        ErrorKind::InvalidIssuer => Invalid::Issuer,
        ErrorKind::InvalidSubject => Invalid::Subject,
        ErrorKind::InvalidAudience => Invalid::Audience,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => {
            Invalid::Claims
        }
        _ => Invalid::Malformed,
    }
}
