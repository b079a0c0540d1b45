//! The keys that sign security event tokens (ES256: ECDSA on P-256 with SHA-256).
//!
//! The deployment has one key pair for each value of its secret, made at the first use. The private
//! key is in the table, encrypted (AES-256-GCM) with a key that is derived from the value: a reader of
//! the table cannot sign. When the deployment's secret gets a new value, tokens are signed with a new
//! key. The public key of the last value stays published, as its seals stay valid, until one more value
//! replaces it; and for 90 days after its last use at most.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac::{HMAC_SHA256, Key, sign};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use sha2::{Digest, Sha256};
use table::Table;
use table::condition::{absent, exists};
use table::item::{Item, optional_number, optional_text, text};
use table::name::{EXPIRES, PK, PRIVATE_KEY, PUBLIC_KEY, SK};
use table::query::Range;
use table::write::{Put, Update, Written};

use super::deployment::{DeploymentSecret, derive};
use super::random;
use crate::clock::seconds;
use crate::error::Error;
use crate::keys;

/// How long a public key is published after its key pair was last read to sign, in seconds.
const KEPT: i64 = 90 * 86_400;
/// Purposes of derived keys, and versions of what they make.
const NAME: &[u8] = b"signing key name 1";
const SEAL: &[u8] = b"signing key seal 1";
/// The bytes of a name.
const BYTES: usize = 8;

/// A key pair that signs.
#[derive(Debug)]
pub struct SigningKey {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

/// A public key, as RFC 7517 writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Its id: its thumbprint (RFC 7638).
    pub id: String,
    /// Its coordinates, in base64url.
    pub x: String,
    /// See [`x`](Self::x).
    pub y: String,
}

impl SigningKey {
    /// The key pair of `deployment`, which is made when there is none yet.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`]; [`Error::Unavailable`], also for a stored key that cannot be
    /// decrypted.
    pub async fn read(table: &Table, deployment: &DeploymentSecret) -> Result<Self, Error> {
        let value = deployment.sealing().next().ok_or_else(unusable)?;
        let key = keys::signing_key(&name(value).ok_or_else(unusable)?);
        if let Some(item) = table.get(&key).await? {
            let now = seconds();
            if optional_number(&item, EXPIRES).unwrap_or(0) < now + KEPT / 2 {
                table.write(Update::of(key).set(EXPIRES, now + KEPT).when(exists(PK))).await?;
            }
            return Self::open(value, &item);
        }
        let (made, sealed) = Self::make(value)?;
        let put = Put::of(key)
            .set(PUBLIC_KEY, BASE64URL_NOPAD.encode(made.pair.public_key().as_ref()))
            .set(PRIVATE_KEY, sealed)
            .set(EXPIRES, seconds() + KEPT);
        match table.write(put.when(absent(PK))).await? {
            Written::Done(_) => Ok(made),
            // Another instance was first.
            Written::Refused(item) => Self::open(value, &item.unwrap_or_default()),
        }
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signature of `message`: 64 bytes, as RFC 7518 §3.4 writes it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the operating system gives no random bytes.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.pair.sign(&SystemRandom::new(), message).map_err(|_| unusable())?;
        Ok(signature.as_ref().to_vec())
    }

    /// A new key pair, and its private key encrypted for `value`.
    fn make(value: &[u8]) -> Result<(Self, String), Error> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let mut private = document.map_err(|_| unusable())?.as_ref().to_vec();
        let made = Self::of(&private).ok_or_else(unusable)?;
        let nonce = random::<NONCE_LEN>()?;
        let key = seal(value).ok_or_else(unusable)?;
        let sealed =
            key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut private);
        sealed.map_err(|_| unusable())?;
        Ok((made, BASE64URL_NOPAD.encode(&[nonce.as_slice(), &private].concat())))
    }

    /// The key pair in `item`.
    fn open(value: &[u8], item: &Item) -> Result<Self, Error> {
        let sealed = BASE64URL_NOPAD.decode(text(item, PRIVATE_KEY)?.as_bytes()).ok();
        let opened = sealed.as_deref().and_then(|sealed| {
            let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
            let mut private = sealed.to_vec();
            let nonce = Nonce::assume_unique_for_key(*nonce);
            Self::of(seal(value)?.open_in_place(nonce, Aad::empty(), &mut private).ok()?)
        });
        opened.ok_or_else(|| Error::corrupt(PRIVATE_KEY))
    }

    /// The key pair of a PKCS#8 document.
    fn of(document: &[u8]) -> Option<Self> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &random).ok()?;
        let public = PublicKey::of(pair.public_key().as_ref())?;
        Some(Self { pair, public })
    }
}

impl PublicKey {
    /// The key of an uncompressed point.
    fn of(point: &[u8]) -> Option<Self> {
        let (x, y) = point.strip_prefix(&[4]).filter(|point| point.len() == 64)?.split_at_checked(32)?;
        let (x, y) = (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y));
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Some(Self { id: BASE64URL_NOPAD.encode(&Sha256::digest(members)), x, y })
    }
}

/// The public keys that verify tokens of `deployment`. Among them are keys of values that other instances
/// know and this one does not know yet.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn published(table: &Table, deployment: &DeploymentSecret) -> Result<Vec<PublicKey>, Error> {
    let (now, past) = (seconds(), deployment.past().filter_map(name).collect::<Vec<_>>());
    let items = table.range(keys::SIGNING_KEYS, Range::All).all().await?;
    let is_valid = |item: &&Item| {
        let is_past = optional_text(item, SK).is_none_or(|name| past.iter().any(|past| past == name));
        !is_past && optional_number(item, EXPIRES).is_some_and(|end: i64| now < end)
    };
    items
        .iter()
        .filter(is_valid)
        .map(|item| {
            let point = BASE64URL_NOPAD.decode(text(item, PUBLIC_KEY)?.as_bytes()).ok();
            point.and_then(|point| PublicKey::of(&point)).ok_or_else(|| Error::corrupt(PUBLIC_KEY))
        })
        .collect()
}

/// The name of the key pair of a value: instances that make it at the same time write one item.
fn name(value: &[u8]) -> Option<String> {
    let key: Key = derive(value, &[], NAME, HMAC_SHA256)?;
    sign(&key, &[]).as_ref().get(..BYTES).map(|name| HEXLOWER.encode(name))
}

/// What encrypts the private key of a value.
fn seal(value: &[u8]) -> Option<LessSafeKey> {
    derive::<UnboundKey, _>(value, &[], SEAL, &AES_256_GCM).map(LessSafeKey::new)
}

fn unusable() -> Error {
    Error::Unavailable("the signing key cannot be made or used".into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    fn point(key: &PublicKey) -> Vec<u8> {
        let part = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        [vec![4], part(&key.x), part(&key.y)].concat()
    }

    #[test]
    fn a_stored_key_opens_with_its_value_only_and_signs() {
        let (made, sealed) = SigningKey::make(b"one").unwrap();
        let item = Put::of(keys::signing_key("x")).set(PRIVATE_KEY, sealed.clone()).into_item();
        let opened = SigningKey::open(b"one", &item).unwrap();
        assert_eq!(opened.public(), made.public());
        let signature = opened.sign(b"message").unwrap();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point(made.public()));
        key.verify(b"message", &signature).unwrap();
        assert!(key.verify(b"massage", &signature).is_err());
        assert!(SigningKey::open(b"two", &item).is_err());
        let mut bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        let changed = BASE64URL_NOPAD.encode(&bytes);
        let item = Put::of(keys::signing_key("x")).set(PRIVATE_KEY, changed).into_item();
        assert!(SigningKey::open(b"one", &item).is_err());
    }

    #[test]
    fn each_value_has_a_name_of_its_own() {
        assert_eq!(name(b"one"), name(b"one"));
        assert_ne!(name(b"one"), name(b"two"));
    }

    /// The key of RFC 7517 A.1, its thumbprint by another program.
    #[test]
    fn the_id_is_the_thumbprint() {
        let part = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        let x = part("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4");
        let y = part("4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
        let key = PublicKey::of(&[vec![4], x, y].concat()).unwrap();
        assert_eq!(key.id, "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
    }
}
