//! The secret of the deployment. It is not in the table: in AWS it is in Secrets Manager.
//!
//! It has two uses. Seals are made with it and with the directory's secret ([`seals`](super::seals)),
//! so a reader of the table cannot make one. And each token ends in a checksum that it makes, so a
//! text that this deployment did not issue is refused without a read.
//!
//! The secret is a list of values, the newest first. The first one makes seals and checksums. The
//! first two verify seals, so that tokens stay valid while one value replaces the other. All verify
//! checksums: static tokens last for years, and an older value in the list does nothing else.

use std::fmt;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use ring::hkdf::{HKDF_SHA256, KeyType, Okm, Salt};
use ring::hmac::{HMAC_SHA256, Key, sign};
use subtle::ConstantTimeEq;

/// The fewest characters of a value.
const SHORTEST: usize = 32;
/// The most values.
const MOST: usize = 32;
/// How many values verify seals.
const SEALING: usize = 2;
/// Purpose of the key of checksums, and version of their form.
const PURPOSE: &[u8] = b"token checksum 1";
/// The bytes of a checksum. It is short: it proves nothing, and who guesses one gains a read.
const BYTES: usize = 4;
/// The hexadecimal digits of a checksum.
pub const CHECKSUM: usize = 2 * BYTES;

/// The deployment's secret. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct DeploymentSecret(Arc<[String]>);

/// A text that cannot be a deployment's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the deployment secret must be 1 to {MOST} values with blanks in between, each of at least {SHORTEST} visible ASCII characters"
)]
pub struct WeakSecret;

impl DeploymentSecret {
    /// The secret with the values in `text`, which are separated by blanks or line breaks.
    ///
    /// # Errors
    /// [`WeakSecret`] for no value, for more than 32, and for one that has less than 32 characters or
    /// other characters than visible ASCII.
    pub fn parse(text: &str) -> Result<Self, WeakSecret> {
        let values: Arc<[String]> = text.split_ascii_whitespace().map(str::to_owned).collect();
        let strong = |value: &String| value.len() >= SHORTEST && value.chars().all(|c| c.is_ascii_graphic());
        let fits = (1..=MOST).contains(&values.len()) && values.iter().all(strong);
        if fits { Ok(Self(values)) } else { Err(WeakSecret) }
    }

    /// `text` with its checksum after it: eight hexadecimal digits.
    #[must_use]
    pub fn with_checksum(&self, text: &str) -> String {
        let sum = self.0.first().and_then(|value| checksum(value, text)).unwrap_or_default();
        format!("{text}{}", HEXLOWER.encode(&sum))
    }

    /// Whether `token` ends in a checksum that a value of this secret made. Takes the same time
    /// wherever checksums differ.
    #[must_use]
    pub fn has_checksum(&self, token: &str) -> bool {
        let Some((text, shown)) = token.len().checked_sub(CHECKSUM).and_then(|at| token.split_at_checked(at))
        else {
            return false;
        };
        let Ok(shown) = HEXLOWER.decode(shown.as_bytes()) else { return false };
        let same = |value: &String| {
            checksum(value, text).is_some_and(|sum| bool::from(sum.as_slice().ct_eq(&shown)))
        };
        self.0.iter().fold(false, |found, value| found | same(value))
    }

    /// The values that verify seals, the one that makes them first.
    pub(super) fn sealing(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().take(SEALING).map(String::as_bytes)
    }

    /// The values that only verify checksums.
    pub(super) fn past(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().skip(SEALING).map(String::as_bytes)
    }
}

/// The key that HKDF derives from `value` and `secret` for the purpose `label`.
pub(super) fn derive<K, L>(value: &[u8], secret: &[u8], label: &[u8], algorithm: L) -> Option<K>
where
    L: KeyType,
    K: for<'k> From<Okm<'k, L>>,
{
    let extracted = Salt::new(HKDF_SHA256, value).extract(secret);
    // HKDF accepts the length of these keys. If it did not, no seal would match.
    extracted.expand(&[label], algorithm).ok().map(K::from)
}

fn checksum(value: &str, text: &str) -> Option<[u8; BYTES]> {
    let key: Key = derive(value.as_bytes(), &[], PURPOSE, HMAC_SHA256)?;
    sign(&key, text.as_bytes()).as_ref().first_chunk().copied()
}

impl fmt::Debug for DeploymentSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeploymentSecret")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::string_slice, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    const ONE: &str = "one-value-of-32-characters-and-more";
    const TWO: &str = "two-value-of-32-characters-and-more";

    fn secret(text: &str) -> DeploymentSecret {
        DeploymentSecret::parse(text).unwrap()
    }

    #[test]
    fn a_short_value_is_refused() {
        for weak in
            ["", " ", "short", &format!("{ONE} short"), &"é".repeat(32), &format!("{ONE} ").repeat(33)]
        {
            assert_eq!(DeploymentSecret::parse(weak), Err(WeakSecret), "{weak}");
        }
        assert_eq!(secret(&format!(" {ONE}\n{TWO} ")), secret(&format!("{ONE} {TWO}")));
        assert_eq!(format!("{:?}", secret(ONE)), "DeploymentSecret");
    }

    #[test]
    fn a_checksum_is_known_by_every_value_of_the_list_and_by_no_other() {
        let token = secret(ONE).with_checksum("rc_acme_c1_00");
        assert_eq!(token.len(), "rc_acme_c1_00".len() + CHECKSUM);
        for knows in [ONE, &format!("{TWO} {ONE}"), &format!("{TWO} {TWO} {TWO} {ONE}")] {
            assert!(secret(knows).has_checksum(&token), "{knows}");
        }
        assert!(!secret(TWO).has_checksum(&token));
        // With HKDF and HMAC of another program.
        assert_eq!(secret(&"a".repeat(32)).with_checksum("abc"), "abc9a706a23");
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let secret = secret(ONE);
        let token = secret.with_checksum("rc_acme_c1_00");
        for at in 0..token.len() {
            assert!(!secret.has_checksum(&token[..at]), "{at}");
            for other in ["a", "0", "F", "é", ""] {
                let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
                assert_eq!(secret.has_checksum(&changed), changed == token, "{changed}");
            }
        }
        assert!(!secret.has_checksum(&token.to_uppercase()) && !secret.has_checksum(""));
    }
}
