//! Seals: they prove that a text was issued for a directory and one purpose.
//!
//! A seal is an HMAC-SHA-256. Its key is derived (HKDF) from the directory's secret for one purpose, so
//! that a seal for one purpose is not valid for another.

use data_encoding::HEXLOWER;
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac::{HMAC_SHA256, Key, sign};

use crate::error::Error;
use crate::secret::{Secret, random};

/// What a seal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Issued access tokens.
    AccessToken,
    /// Issued refresh tokens.
    RefreshToken,
    /// Stored secrets of clients.
    ClientSecret,
    /// Stored authorization codes.
    Code,
    /// Consent pages, which are valid for a short time.
    Consent,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::AccessToken => b"oauth access token 1",
            Self::RefreshToken => b"oauth refresh token 1",
            Self::ClientSecret => b"oauth client secret 1",
            Self::Code => b"oauth code 1",
            Self::Consent => b"oauth consent 1",
        }
    }
}

/// The seal of `text` for `purpose`: 64 hexadecimal digits.
#[must_use]
pub fn seal(secret: &Secret, purpose: Purpose, text: &str) -> String {
    let salt = Salt::new(HKDF_SHA256, &[]);
    let key: Option<Key> =
        salt.extract(secret.bytes()).expand(&[purpose.label()], HMAC_SHA256).ok().map(Key::from);
    // HKDF accepts the length of an HMAC key. If it did not, no seal would match.
    key.map(|key| HEXLOWER.encode(sign(&key, text.as_bytes()).as_ref())).unwrap_or_default()
}

/// `N` random bytes that cannot be guessed, in hexadecimal.
///
/// # Errors
/// [`Error::Unavailable`] when the operating system gives no random bytes.
pub fn unguessable<const N: usize>() -> Result<String, Error> {
    random::<N>().map(|bytes| HEXLOWER.encode(&bytes))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn seals_differ_by_secret_purpose_and_text() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        let purposes = [
            Purpose::AccessToken,
            Purpose::RefreshToken,
            Purpose::ClientSecret,
            Purpose::Code,
            Purpose::Consent,
        ];
        let mut seen = HashSet::new();
        for secret in [&one, &other] {
            for purpose in purposes {
                for text in ["", "a", "b"] {
                    let sealed = seal(secret, purpose, text);
                    assert_eq!(sealed.len(), 64);
                    assert_eq!(sealed, seal(secret, purpose, text));
                    assert!(seen.insert(sealed), "{purpose:?} {text}");
                }
            }
        }
    }
}
