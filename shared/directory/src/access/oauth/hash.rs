//! Hashes of what a client shows and the table must not hold in clear.
//!
//! A hash is an HMAC-SHA-256. Its key is derived (HKDF) from the directory's secret for one purpose.
//! The secret of hashes never changes, so that client secrets stay valid for years. It is in the
//! table: a reader of the table can compare guesses, but cannot guess 256 random bits.

use data_encoding::HEXLOWER;
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac::{HMAC_SHA256, Key, sign};

use crate::error::Error;
use crate::secret::{Secret, random};

/// What is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hashed {
    /// A secret of a client.
    ClientSecret,
    /// An authorization code.
    Code,
}

impl Hashed {
    fn label(self) -> &'static [u8] {
        match self {
            Self::ClientSecret => b"oauth client secret 1",
            Self::Code => b"oauth code 1",
        }
    }
}

/// The hash of `text`, in a directory whose [hashes](crate::secret::Secrets::hashes) have the key
/// `secret`: 64 hexadecimal digits.
#[must_use]
pub fn hash(secret: &Secret, hashed: Hashed, text: &str) -> String {
    let salt = Salt::new(HKDF_SHA256, &[]);
    let key: Option<Key> =
        salt.extract(secret.bytes()).expand(&[hashed.label()], HMAC_SHA256).ok().map(Key::from);
    // HKDF accepts the length of an HMAC key. If it did not, no hash would match.
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
    fn hashes_differ_by_secret_purpose_and_text() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        let mut seen = HashSet::new();
        for secret in [&one, &other] {
            for hashed in [Hashed::ClientSecret, Hashed::Code] {
                for text in ["", "a", "b"] {
                    let hash = hash(secret, hashed, text);
                    assert_eq!(hash.len(), 64);
                    assert!(seen.insert(hash), "{hashed:?} {text}");
                }
            }
        }
    }
}
