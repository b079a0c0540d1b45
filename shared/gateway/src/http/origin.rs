//! The proof that a request came through CloudFront, and so through AWS WAF.
//!
//! The API keeps an address of its own, which anyone may find out. CloudFront adds a secret as a
//! header to each request; a request without it came another way.

use std::fmt;

use http::{HeaderMap, HeaderValue};
use scim::error::Kind;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::http::error::Failure;

/// The header; `infra/firewall.yaml` names it too.
const HEADER: &str = "x-rollcall-origin";

/// The secret that CloudFront adds. Only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct OriginSecret([u8; 32]);

impl OriginSecret {
    /// The secret `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(digest(text.as_bytes()))
    }

    /// Whether the headers of a request contain the secret. Takes the same time wherever it differs.
    ///
    /// # Errors
    /// 403, the same for a wrong secret and for none.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let presented = headers.get(HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
        let refused =
            || Failure::new(Kind::Forbidden, "this address is not the Tenant URL: use the Tenant URL");
        if bool::from(self.0.ct_eq(&digest(presented))) { Ok(()) } else { Err(refused()) }
    }
}

impl fmt::Debug for OriginSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OriginSecret")
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
