//! An issuer of assertions, like Entra for federated clients: it signs JWTs and publishes its keys
//! on this machine, changes them, and counts the requests for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use crate::runtime::{block_on, spawn};

/// RSA keys of 2048 bits, only for tests: generating one takes too long.
const RSA: [&[u8]; 2] = [include_bytes!("issuer/one.pk8"), include_bytes!("issuer/two.pk8")];

/// A key that signs.
#[derive(Debug)]
pub struct SigningKey {
    /// Its id.
    pub id: String,
    pair: Pair,
}

#[derive(Debug)]
enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

impl SigningKey {
    /// The first or second RSA key, called `id`.
    #[must_use]
    pub fn rsa(id: &str, which: usize) -> Self {
        let pair = RsaKeyPair::from_pkcs8(RSA[which]).expect("an RSA key");
        Self { id: id.to_owned(), pair: Pair::Rsa(pair) }
    }

    /// A new key on P-256, called `id`.
    #[must_use]
    pub fn ec(id: &str) -> Self {
        let (kind, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref(), &random).expect("a key");
        Self { id: id.to_owned(), pair: Pair::Ec(pair) }
    }

    /// `RS256` or `ES256`.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::Ec(_) => "ES256",
        }
    }

    /// The public half, in its published form. Like Entra's, it does not name its algorithm.
    #[must_use]
    pub fn jwk(&self) -> Value {
        match &self.pair {
            Pair::Rsa(pair) => {
                let PublicKeyComponents::<Vec<u8>> { n, e } = pair.public().into();
                json!({"kty": "RSA", "use": "sig", "kid": self.id, "n": base64(&n), "e": base64(&e)})
            }
            Pair::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": self.id, "x": base64(x), "y": base64(y)})
            }
        }
    }

    /// A JWT with these claims, signed with the algorithm in its header.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({"typ": "JWT", "alg": self.algorithm(), "kid": self.id}), claims)
    }

    /// The same with the caller's header.
    #[must_use]
    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature)
                    .expect("a signature");
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, message.as_bytes()).expect("a signature").as_ref().to_vec(),
        };
        format!("{message}.{}", base64(&signature))
    }
}

/// Header and claims, encoded for the signature.
#[must_use]
pub fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", base64(header.to_string().as_bytes()), base64(claims.to_string().as_bytes()))
}

/// Without padding, as JWTs require.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Seconds since 1970.
#[must_use]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs()
}

/// An issuer that publishes its keys.
#[derive(Debug, Clone)]
pub struct Issuer {
    url: String,
    state: Arc<Mutex<Published>>,
}

#[derive(Debug)]
struct Published {
    body: Vec<u8>,
    status: u16,
    location: Option<String>,
    asked: usize,
}

impl Issuer {
    /// An issuer that publishes these keys.
    #[must_use]
    pub fn start(keys: &[&SigningKey]) -> Self {
        let published = Published { body: Vec::new(), status: 200, location: None, asked: 0 };
        let state = Arc::new(Mutex::new(published));
        let app = Router::new().route("/keys", get(publish)).with_state(Arc::clone(&state));
        let listener = block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        spawn(async { axum::serve(listener, app).await });
        let issuer = Self { url, state };
        issuer.publish(keys);
        issuer
    }

    /// The `iss` of its assertions.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/v2.0", self.url)
    }

    /// The URL of its keys.
    #[must_use]
    pub fn jwks_uri(&self) -> String {
        format!("{}/keys", self.url)
    }

    /// Publishes only these keys from now on.
    pub fn publish(&self, keys: &[&SigningKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.answer(200, json!({ "keys": keys }).to_string().as_bytes());
    }

    /// Returns this response from now on.
    pub fn answer(&self, status: u16, body: &[u8]) {
        let mut state = self.lock();
        (state.status, state.body, state.location) = (status, body.to_vec(), None);
    }

    /// Redirects all requests from now on.
    pub fn redirect(&self, to: &str) {
        let mut state = self.lock();
        (state.status, state.location) = (302, Some(to.to_owned()));
    }

    /// The number of requests for its keys.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.lock().asked
    }

    /// Claims as Entra writes them, good for an hour.
    #[must_use]
    pub fn claims(&self, subject: &str, audience: &str) -> Value {
        json!({
            "iss": self.name(), "sub": subject, "oid": subject, "tid": "tenant-of-the-customer",
            "aud": audience, "azp": "provisioning", "ver": "2.0", "uti": "x",
            "iat": now(), "nbf": now(), "exp": now() + 3600,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Published> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn publish(State(state): State<Arc<Mutex<Published>>>) -> Response {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    state.asked += 1;
    let mut response = Response::builder().status(state.status).header("content-type", "application/json");
    if let Some(location) = &state.location {
        response = response.header("location", location);
    }
    response.body(Body::from(state.body.clone())).expect("an answer")
}
