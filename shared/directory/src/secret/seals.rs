//! Seals: they prove that a text was issued for a directory and one purpose.
//!
//! A seal is an HMAC-SHA-256. Its key is derived (HKDF) from the deployment's secret and from the
//! directory's, for one purpose, so that a seal for one purpose is not valid for another. Neither
//! secret is enough to make one.

use data_encoding::HEXLOWER;
use ring::hkdf::{KeyType, Okm};
use ring::hmac::{HMAC_SHA256, Key, sign};
use subtle::ConstantTimeEq;

use crate::clock::seconds;
use crate::secret::deployment::{DeploymentSecret, derive};
use crate::secret::{Secret, Secrets};

/// What a seal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Access tokens.
    AccessToken,
    /// Refresh tokens.
    RefreshToken,
    /// Consent pages, which are valid for a short time.
    Consent,
}

impl Purpose {
    /// The purpose of the key, and the version of how it is derived.
    fn label(self) -> &'static [u8] {
        match self {
            Self::AccessToken => b"oauth access token 2",
            Self::RefreshToken => b"oauth refresh token 2",
            Self::Consent => b"oauth consent 2",
        }
    }
}

/// Makes and verifies the seals of one directory. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seals {
    deployment: DeploymentSecret,
    secrets: Secrets,
}

impl Seals {
    /// The seals of the directory with `secrets`.
    #[must_use]
    pub fn new(deployment: DeploymentSecret, secrets: Secrets) -> Self {
        Self { deployment, secrets }
    }

    /// The deployment's secret.
    #[must_use]
    pub fn deployment(&self) -> &DeploymentSecret {
        &self.deployment
    }

    /// The key of the hashes that the table holds.
    #[must_use]
    pub fn hashes(&self) -> &Secret {
        &self.secrets.hashes
    }

    /// The seal of `text` for `purpose`, by the newest key: 64 hexadecimal digits.
    #[must_use]
    pub fn seal(&self, purpose: Purpose, text: &str) -> String {
        self.keys(purpose.label(), HMAC_SHA256).next().map(|key| sealed(&key, text)).unwrap_or_default()
    }

    /// Whether `shown` is the seal of `text` for `purpose`, by a key that is valid now. Takes the same
    /// time wherever seals differ.
    #[must_use]
    pub fn verify(&self, purpose: Purpose, text: &str, shown: &str) -> bool {
        let same = |key: Key| bool::from(sealed(&key, text).as_bytes().ct_eq(shown.as_bytes()));
        self.keys(purpose.label(), HMAC_SHA256).fold(false, |found, key| found | same(key))
    }

    /// The keys for the purpose `label` that are valid now, the newest first.
    pub(crate) fn keys<K, L>(&self, label: &'static [u8], algorithm: L) -> impl Iterator<Item = K>
    where
        L: KeyType + Copy,
        K: for<'k> From<Okm<'k, L>>,
    {
        let previous = self.secrets.previous.iter().filter(|(_, until)| seconds() < *until);
        let secrets = std::iter::once(&self.secrets.seals).chain(previous.map(|(secret, _)| secret));
        secrets.flat_map(move |secret| {
            let values = self.deployment.sealing();
            values.filter_map(move |value| derive(value, secret.bytes(), label, algorithm))
        })
    }
}

fn sealed(key: &Key, text: &str) -> String {
    HEXLOWER.encode(sign(key, text.as_bytes()).as_ref())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const PURPOSES: [Purpose; 3] = [Purpose::AccessToken, Purpose::RefreshToken, Purpose::Consent];

    fn deployment(values: &str) -> DeploymentSecret {
        let values: Vec<String> = values.chars().map(|value| value.to_string().repeat(32)).collect();
        DeploymentSecret::parse(&values.join(" ")).unwrap()
    }

    fn seals(values: &str, secret: &Secret) -> Seals {
        Seals::new(deployment(values), Secrets::of(secret.clone()))
    }

    #[test]
    fn seals_differ_by_both_secrets_the_purpose_and_the_text() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        let mut seen = HashSet::new();
        for (deployment, secret) in [("a", &one), ("a", &other), ("b", &one)] {
            let seals = seals(deployment, secret);
            for purpose in PURPOSES {
                for text in ["", "a", "b"] {
                    let sealed = seals.seal(purpose, text);
                    assert!(sealed.len() == 64 && seals.verify(purpose, text, &sealed));
                    assert!(!seals.verify(purpose, text, "") && !seals.verify(purpose, "c", &sealed));
                    assert!(seen.insert(sealed), "{purpose:?} {text}");
                }
            }
        }
        // With HKDF and HMAC of another program.
        let zero = Secret::parse(&"00".repeat(32)).unwrap();
        assert_eq!(
            seals("a", &zero).seal(Purpose::AccessToken, "abc"),
            "7f2085c9e4a1482fe99452893a998ab3b4d9412172dd15ae862175ade4e2d511"
        );
    }

    #[test]
    fn the_first_two_values_of_the_deployment_verify() {
        let secret = Secret::random().unwrap();
        let sealed = seals("a", &secret).seal(Purpose::RefreshToken, "x");
        for (values, valid) in [("ba", true), ("ab", true), ("cba", false), ("b", false)] {
            assert_eq!(seals(values, &secret).verify(Purpose::RefreshToken, "x", &sealed), valid, "{values}");
        }
        let newest = seals("b", &secret).seal(Purpose::RefreshToken, "x");
        assert_eq!(seals("ba", &secret).seal(Purpose::RefreshToken, "x"), newest);
    }

    #[test]
    fn the_previous_secret_of_the_directory_verifies_until_its_time_is_over() {
        let (old, new) = (Secret::random().unwrap(), Secret::random().unwrap());
        let sealed = seals("a", &old).seal(Purpose::Consent, "x");
        for (until, valid) in [(seconds() + 60, true), (seconds() - 1, false)] {
            let previous = Some((old.clone(), until));
            let secrets = Secrets { hashes: old.clone(), seals: new.clone(), previous };
            let seals = Seals::new(deployment("a"), secrets);
            assert_eq!(seals.verify(Purpose::Consent, "x", &sealed), valid);
            assert!(seals.seal(Purpose::Consent, "x") != sealed, "new seals are by the new secret");
        }
    }
}
