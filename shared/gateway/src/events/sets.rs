//! Events as security event tokens (SET, RFC 8417) with the events of SCIM (RFC 9967).
//!
//! [`claims`] says in the terms of RFC 9967 what an event of the log says; [`keys`] signs it.

mod changed;
pub mod claims;
pub mod keys;

/// Errors of a receiver that are not about one token but about all (RFC 8935 §2.4).
const OF_ALL: [&str; 5] =
    ["invalid_key", "invalid_issuer", "invalid_audience", "authentication_failed", "access_denied"];

/// Whether the error `code` of a receiver is about the one token that it got. Other errors may be over
/// soon, so the token is not given up.
#[must_use]
pub fn is_about_token(code: &str) -> bool {
    !OF_ALL.contains(&code)
}
