//! Secrets: of a directory, and of the whole deployment.
//!
//! A directory's secrets are in its record, which every request reads together with its credential.
//! One is the key of the hashes that the table holds of static tokens, client secrets and codes. It
//! never changes, so that these stay valid. The others make the seals of what is issued and not
//! stored, together with the [deployment's secret](deployment), which is not in the table
//! ([`seals`]). They are replaced by [`registry::rotation`](crate::registry::rotation). The deployment's
//! secret also protects the keys that sign security event tokens ([`signing`]).

pub mod deployment;
pub mod seals;
pub mod signing;

use std::fmt;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use ring::hmac;

use crate::error::Error;

const BYTES: usize = 32;
/// How long the previous secret of a directory's seals stays valid, in seconds: 180 days, as long as
/// a refresh token lasts that is not used.
pub const PREVIOUS: i64 = 180 * 86_400;

/// 256 random bits. They are never shown, also not in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<[u8; BYTES]>);

/// The secrets of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The key of the hashes that the table holds.
    pub hashes: Secret,
    /// What seals are made with.
    pub(crate) seals: Secret,
    /// What seals were made with before, and until when it is valid, in seconds since 1970.
    pub(crate) previous: Option<(Secret, i64)>,
}

impl Secrets {
    /// Those of a directory whose secret was never replaced.
    #[must_use]
    pub fn of(secret: Secret) -> Self {
        Self { hashes: secret.clone(), seals: secret, previous: None }
    }

    /// Until when seals that were made with the previous secret are valid, in seconds since 1970;
    /// `None` when there is no previous one.
    #[must_use]
    pub fn previous_until(&self) -> Option<i64> {
        self.previous.as_ref().map(|(_, until)| *until)
    }
}

impl Secret {
    /// A new secret.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the operating system gives no random bytes.
    pub fn random() -> Result<Self, Error> {
        random().map(|bytes| Self(Arc::new(bytes)))
    }

    /// Reads what [`hex`](Self::hex) wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(|bytes| Self(Arc::new(bytes)))
    }

    /// As the record stores it.
    pub(crate) fn hex(&self) -> String {
        HEXLOWER.encode(&*self.0)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// The HMAC-SHA-256 of `text` with this secret as its key, in hexadecimal. It is what is stored of a
    /// token.
    #[must_use]
    pub fn keyed(&self, text: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.bytes());
        HEXLOWER.encode(hmac::sign(&key, text.as_bytes()).as_ref())
    }
}

/// Random bytes that cannot be guessed.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::Unavailable(e.to_string().into()))?;
    Ok(bytes)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_keyed_hash_depends_on_the_key_and_the_text() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_eq!(one.keyed("a"), one.keyed("a"));
        assert_ne!(one.keyed("a"), one.keyed("b"));
        assert_ne!(one.keyed("a"), other.keyed("a"));
        // With a key of zeros, computed by another program.
        let zero = Secret(Arc::new([0; BYTES]));
        assert_eq!(zero.keyed(""), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    }
}
