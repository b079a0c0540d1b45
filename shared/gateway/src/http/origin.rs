//! The proof that a request came through CloudFront, and so through AWS WAF.
//!
//! The API keeps an address of its own, which anyone may find out. CloudFront adds a secret as a
//! header to each request; a request without it came another way.

use http::{HeaderMap, HeaderValue};
use scim::error::Kind;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::http::error::Failure;

/// The header; `infra/firewall.yaml` names it too.
const HEADER: &str = "x-rollcall-origin";

/// Whether `headers` contain `secret`. Takes the same time wherever it differs.
///
/// # Errors
/// 403, the same for a wrong secret and for none.
pub fn check(secret: &SecretString, headers: &HeaderMap) -> Result<(), Failure> {
    let presented = headers.get(HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    let right = digest(secret.expose_secret().as_bytes());
    let refused = || Failure::new(Kind::Forbidden, "this address is not the Tenant URL: use the Tenant URL");
    if bool::from(right.ct_eq(&digest(presented))) { Ok(()) } else { Err(refused()) }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
