//! What requests are signed with: <https://www.standardwebhooks.com>.

use std::fmt;

use data_encoding::BASE64;
use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::{Deserialize, Serialize};

use crate::clock::{now, seconds};
use crate::encoding::base64;
use crate::error::Error;
use crate::id::resource_id;
use crate::secret::random;

/// The bytes of a new secret. The specification allows 24 to 64.
const BYTES: usize = 32;
/// The most secrets of a subscription: each signs every request.
const MOST: usize = 10;

/// How a secret signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scheme {
    /// HMAC-SHA-256, `v1`: the consumer has the same secret.
    Hmac,
    /// Ed25519, `v1a`: the consumer has the public key.
    Ed25519,
}

/// One secret of a subscription.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningSecret {
    /// Its id.
    pub id: String,
    /// How it signs.
    pub scheme: Scheme,
    #[serde(with = "base64")]
    key: Vec<u8>,
    /// When it was created, RFC 3339.
    pub created: String,
    /// From when on it is not used any more, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningSecret")
            .field("id", &self.id)
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}

impl SigningSecret {
    /// A new secret.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the operating system gives no random bytes.
    pub fn random(scheme: Scheme) -> Result<Self, Error> {
        let key = random::<BYTES>()?.to_vec();
        Ok(Self { id: resource_id(), scheme, key, created: now(), expires: None })
    }

    /// Whether it signs at `now`, in seconds since 1970.
    #[must_use]
    pub fn is_valid(&self, now: i64) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }

    /// What the consumer verifies with: `whsec_…`, the secret itself, or `whpk_…`, a public key.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the stored key cannot be used.
    pub fn verifier(&self) -> Result<String, Error> {
        Ok(match self.scheme {
            Scheme::Hmac => format!("whsec_{}", BASE64.encode(&self.key)),
            Scheme::Ed25519 => format!("whpk_{}", BASE64.encode(self.pair()?.public_key().as_ref())),
        })
    }

    /// The signature of `content`, with the name of its scheme: `v1,…` or `v1a,…`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the stored key cannot be used.
    pub fn sign(&self, content: &[u8]) -> Result<String, Error> {
        Ok(match self.scheme {
            Scheme::Hmac => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key);
                format!("v1,{}", BASE64.encode(hmac::sign(&key, content).as_ref()))
            }
            Scheme::Ed25519 => format!("v1a,{}", BASE64.encode(self.pair()?.sign(content).as_ref())),
        })
    }

    fn pair(&self) -> Result<Ed25519KeyPair, Error> {
        Ed25519KeyPair::from_seed_unchecked(&self.key).map_err(|_| Error::corrupt("key"))
    }
}

/// Replaces those of `secrets` that do not expire yet: adds a new one of each scheme, and lets the old
/// ones expire `overlap` seconds from now. Removes those that have expired. Returns the new ones.
///
/// # Errors
/// [`Error::TooMany`] when there would be more than 10; [`Error::Unavailable`] when the operating system
/// gives no random bytes.
pub fn rotate(secrets: &mut Vec<SigningSecret>, overlap: i64) -> Result<Vec<SigningSecret>, Error> {
    let now = seconds();
    secrets.retain(|secret| secret.is_valid(now));
    let old = secrets.iter_mut().filter(|secret| secret.expires.is_none());
    let mut new = Vec::new();
    for secret in old {
        secret.expires = Some(now + overlap);
        new.push(SigningSecret::random(secret.scheme)?);
    }
    secrets.retain(|secret| secret.is_valid(now));
    secrets.extend(new.iter().cloned());
    if secrets.len() > MOST {
        let detail = format!("a subscription has {MOST} secrets at most: wait until old ones expire");
        return Err(Error::TooMany(detail));
    }
    Ok(new)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use ring::signature::{ED25519, UnparsedPublicKey};

    use super::*;

    /// The example of the specification.
    #[test]
    fn the_example_of_the_specification_has_its_signature() {
        let key = BASE64.decode(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let secret = SigningSecret { key, ..SigningSecret::random(Scheme::Hmac).unwrap() };
        let content = br#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        assert_eq!(secret.sign(content).unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secret.verifier().unwrap(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    #[test]
    fn a_public_key_verifies() {
        let secret = SigningSecret::random(Scheme::Ed25519).unwrap();
        let stored = serde_json::to_string(&secret).unwrap();
        let secret: SigningSecret = serde_json::from_str(&stored).unwrap();
        let decoded = |text: String, prefix: &str| {
            BASE64.decode(text.strip_prefix(prefix).unwrap().as_bytes()).unwrap()
        };
        let signature = decoded(secret.sign(b"x").unwrap(), "v1a,");
        let public = decoded(secret.verifier().unwrap(), "whpk_");
        UnparsedPublicKey::new(&ED25519, public).verify(b"x", &signature).unwrap();
        assert!(!format!("{secret:?}").contains("key"), "it would be in logs");
    }

    #[test]
    fn a_rotation_keeps_the_old_secret_for_a_while() {
        let mut secrets = vec![SigningSecret::random(Scheme::Hmac).unwrap()];
        let new = rotate(&mut secrets, 60).unwrap();
        assert_eq!((secrets.len(), new.len()), (2, 1));
        assert!(secrets.iter().all(|secret| secret.is_valid(seconds())));
        assert_eq!(secrets.iter().filter(|secret| secret.is_valid(seconds() + 60)).count(), 1);
        rotate(&mut secrets, 0).unwrap();
        assert_eq!(secrets.len(), 2, "the first one still has time, the second one has none");
    }

    #[test]
    fn secrets_do_not_accumulate() {
        let mut secrets = vec![SigningSecret::random(Scheme::Hmac).unwrap()];
        let refused = (0..MOST).find_map(|_| rotate(&mut secrets, 60).err());
        assert!(matches!(refused, Some(Error::TooMany(_))), "{refused:?}");
    }
}
