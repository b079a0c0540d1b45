//! The administrator key: who has it may do everything with directories and credentials.

use std::fmt;

use http::HeaderMap;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::auth::header;
use crate::http::error::Failure;

/// The shortest key that is taken, in characters.
const SHORTEST: usize = 32;

/// A key that nobody guesses, kept as a hash only. There is none that is empty or short.
#[derive(Clone, PartialEq, Eq)]
pub struct AdministratorKey([u8; 32]);

/// A key that is too short, or has characters that no header carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeakKey;

impl fmt::Display for WeakKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the administrator key must have at least {SHORTEST} characters, visible ones of ASCII")
    }
}

impl std::error::Error for WeakKey {}

impl AdministratorKey {
    /// The key `text`, without blanks around it.
    ///
    /// # Errors
    /// [`WeakKey`] for what is empty, short, or could not be sent.
    pub fn new(text: &str) -> Result<Self, WeakKey> {
        let text = text.trim();
        let strong = text.len() >= SHORTEST && text.chars().all(|c| c.is_ascii_graphic());
        if strong { Ok(Self(digest(text))) } else { Err(WeakKey) }
    }

    /// Whether `presented` is the key. Takes the same time wherever they differ.
    #[must_use]
    pub fn is(&self, presented: &str) -> bool {
        bool::from(self.0.ct_eq(&digest(presented)))
    }

    /// Lets a request pass that has the key as its bearer token.
    ///
    /// # Errors
    /// 401, the same for every other token and for none.
    pub fn admits(&self, headers: &HeaderMap) -> Result<(), Failure> {
        match header::token(headers) {
            Ok(presented) if self.is(presented) => Ok(()),
            _ => Err(header::wrong_key()),
        }
    }
}

impl fmt::Debug for AdministratorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdministratorKey")
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789ABCDEF";

    #[test]
    fn an_empty_or_short_key_is_none() {
        for weak in
            ["", " ", "short", KEY.get(1..).unwrap(), &" ".repeat(40), &"é".repeat(40), &format!("{KEY} x")]
        {
            assert_eq!(AdministratorKey::new(weak), Err(WeakKey), "{weak}");
        }
        assert!(AdministratorKey::new(&format!(" {KEY}\n")).unwrap().is(KEY));
    }

    #[test]
    fn only_the_whole_key_is_it() {
        let key = AdministratorKey::new(KEY).unwrap();
        for other in ["", KEY.get(1..).unwrap(), &KEY.to_lowercase(), &format!("{KEY}x")] {
            assert!(!key.is(other), "{other}");
        }
        // Some of their hashes begin like the key's.
        assert!((0..2000).all(|n| !key.is(&format!("{KEY}{n}"))));
        assert_eq!(format!("{key:?}"), "AdministratorKey", "neither the key nor its hash");
    }
}
