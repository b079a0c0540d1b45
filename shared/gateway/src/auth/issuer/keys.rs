//! The public keys of other issuers (RFC 7517), by address and id: only what can verify a signature.

use std::collections::HashMap;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde_json::Value;

use super::published::{Lost, Published};
use crate::settings::Reach;

/// How many keys of a set are read.
const MOST: usize = 100;

/// A public key.
#[derive(Debug, Clone)]
pub struct Key {
    decoding: DecodingKey,
    family: AlgorithmFamily,
    only: Option<Algorithm>,
}

impl Key {
    /// Whether signatures by `algorithm` can be verified with it.
    #[must_use]
    pub fn takes(&self, algorithm: Algorithm) -> bool {
        self.family == algorithm.family() && self.only.is_none_or(|only| only == algorithm)
    }

    /// The key itself.
    #[must_use]
    pub fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }
}

/// The keys of all issuers that were asked for. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Keys(Published<Set>);

impl Default for Keys {
    fn default() -> Self {
        Self(Published::new(Set::parse))
    }
}

impl Keys {
    /// The key `id` of those that are published at `url`, which are fetched if `reach` allows it.
    ///
    /// # Errors
    /// [`Lost`].
    pub async fn get(&self, url: &str, id: &str, reach: Reach) -> Result<Key, Lost> {
        self.0.find(url, reach, |set| set.get(id)).await
    }
}

/// Keys by their ids.
#[derive(Debug, Clone)]
struct Set(HashMap<String, Key>);

impl Set {
    /// Reads a set as it is published (RFC 7517 §5). Keys of other kinds, for encryption, or
    /// without an id are left out; of two with one id, both.
    fn parse(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let mut keys: HashMap<String, Option<Key>> = HashMap::new();
        for value in body.get("keys")?.as_array()?.iter().take(MOST) {
            let Some((id, key)) = key(value) else { continue };
            keys.entry(id).and_modify(|known| *known = None).or_insert(Some(key));
        }
        Some(Self(keys.into_iter().filter_map(|(id, key)| Some((id, key?))).collect()))
    }

    fn get(&self, id: &str) -> Option<Key> {
        self.0.get(id).cloned()
    }
}

fn key(value: &Value) -> Option<(String, Key)> {
    let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|of| *of == PublicKeyUse::Signature);
    let (family, curve) = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => (AlgorithmFamily::Rsa, None),
        AlgorithmParameters::EllipticCurve(parameters) => match parameters.curve {
            EllipticCurve::P256 => (AlgorithmFamily::Ec, Some(Algorithm::ES256)),
            EllipticCurve::P384 => (AlgorithmFamily::Ec, Some(Algorithm::ES384)),
            _ => return None,
        },
        _ => return None,
    };
    let named = match jwk.common.key_algorithm {
        Some(KeyAlgorithm::UNKNOWN_ALGORITHM) => return None,
        Some(named) => Some(named.to_string().parse().ok()?),
        None => None,
    };
    let only = named.or(curve);
    if !signs || named.zip(curve).is_some_and(|(named, curve)| named != curve) {
        return None;
    }
    let id = jwk.common.key_id.clone().filter(|id| !id.is_empty())?;
    Some((id, Key { decoding: DecodingKey::from_jwk(&jwk).ok()?, family, only }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_keys_that_verify_signatures_are_kept() {
        let (x, y) =
            ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        let ec = |kid: &str, more: Value| {
            let mut key = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid});
            key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            key
        };
        let set = json!({"keys": [
            ec("plain", json!({})),
            ec("signs", json!({"use": "sig", "alg": "ES256", "x5c": ["MII"], "issuer": "https://ex.io"})),
            ec("encrypts", json!({"use": "enc"})),
            ec("contradicts", json!({"alg": "ES384"})),
            ec("twice", json!({})),
            ec("twice", json!({})),
            ec("", json!({})),
            {"kty": "oct", "kid": "shared", "k": "c2VjcmV0", "alg": "HS256"},
            {"kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB"},
            {"kty": "new", "kid": "new"},
            "nothing", {},
        ]});
        let set = Set::parse(set.to_string().as_bytes()).unwrap();
        let mut ids: Vec<&String> = set.0.keys().collect();
        ids.sort();
        assert_eq!(ids, ["plain", "rsa", "signs"]);
        assert!(set.get("rsa").unwrap().takes(Algorithm::RS256));
        assert!(!set.get("rsa").unwrap().takes(Algorithm::ES256));
        assert!(!set.get("rsa").unwrap().takes(Algorithm::HS256));
        assert!(!set.get("plain").unwrap().takes(Algorithm::ES384));
    }

    #[test]
    fn what_is_no_set_is_none() {
        for body in ["", "[]", "{}", r#"{"keys":1}"#, "\u{0}"] {
            assert!(Set::parse(body.as_bytes()).is_none(), "{body}");
        }
    }
}
