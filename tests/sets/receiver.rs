//! A directory with a receiver of its tokens.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use directory::Table;
use directory::subscription::{Channel, Subscription, SubscriptionId, TokenStream, store};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use scim::event::Content;
use serde_json::{Value, json};
use tests::admin::make_credential;
use tests::answer::Answer;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::{block_on, within};

pub(crate) const AUDIENCE: &str = "https://receiver.example.com";

/// A directory, a subscription that is polled, and a token of the receiver.
pub(crate) struct Receiver {
    pub(crate) scim: Endpoint,
    pub(crate) id: SubscriptionId,
    token: String,
}

/// The events of a new directory with two credentials. What the tests count follows them.
const BASE: u64 = 3;

impl Receiver {
    pub(crate) fn new() -> Option<Self> {
        let scim = Endpoint::empty_directory()?;
        let body = json!({ "label": "receiver", "scopes": ["events"] });
        let made = make_credential(&scim, &scim.directory().to_string(), &body)?;
        let id = subscribe(&scim, &[]);
        let receiver = Self { scim, id, token: made["token"].as_str().unwrap().to_owned() };
        receiver.await_events(0);
        Some(receiver)
    }

    /// Creates `count` users, and waits until the log has `total` events.
    pub(crate) fn users(&self, count: usize, total: u64) -> Vec<String> {
        let ids = (0..count).map(|_| self.scim.create_user(&unique(), &json!({}))).collect();
        self.await_events(total);
        ids
    }

    pub(crate) fn await_events(&self, total: u64) {
        let (table, directory) = (self.table(), self.scim.directory());
        let head = || block_on(directory::events::head(&table, &directory)).unwrap();
        assert!(within(30, || head() >= BASE + total), "{total} events, {}", head());
    }

    pub(crate) fn table(&self) -> Table {
        self.scim.stack().unwrap().table()
    }

    /// How many events its subscription has passed.
    pub(crate) fn passed(&self) -> u64 {
        self.stored().cursor - BASE
    }

    pub(crate) fn stored(&self) -> Subscription {
        block_on(store::read(&self.table(), &self.scim.directory(), &self.id)).unwrap().unwrap()
    }

    /// Polls with `token`.
    pub(crate) fn send(&self, token: &str, id: &str, body: &Value) -> Answer {
        let url = format!("{}/events/sets/{id}", self.scim.base().trim_end_matches("/scim/v2"));
        let call = Call::new(&self.scim, "POST", &url).authorization(Some(&format!("Bearer {token}")));
        block_on(call.json(body).exchange())
    }

    /// Checks that a poll of this receiver is refused.
    pub(crate) fn refused(&self, id: &str, body: &Value, status: u16, kind: &str) {
        self.send(&self.token, id, body).error(status, kind);
    }

    /// The claims of the tokens that a poll returns, which are verified; and whether there are more.
    pub(crate) fn poll(&self, body: &Value) -> (Vec<Value>, bool) {
        let answer = self.send(&self.token, &self.id.to_string(), body);
        let body = answer.expect(200).json();
        let sets = body["sets"].as_object().unwrap();
        let claims = sets.iter().map(|(id, token)| {
            let claims = verify(&self.scim, token.as_str().unwrap());
            assert_eq!(claims["jti"], **id);
            claims
        });
        (claims.collect(), body["moreAvailable"].as_bool().unwrap())
    }

    /// The same, as sequence numbers of the events.
    pub(crate) fn numbers(&self, body: &Value) -> (Vec<u64>, bool) {
        let (claims, more) = self.poll(body);
        (claims.iter().map(number).collect(), more)
    }
}

/// The sequence number of the event that a token reports, counted from the first one of the test.
fn number(claims: &Value) -> u64 {
    claims["txn"].as_str().unwrap().rsplit(':').next().unwrap().parse::<u64>().unwrap() - BASE
}

/// A subscription that is polled, to events of `types` after those of a new directory.
pub(crate) fn subscribe(scim: &Endpoint, types: &[&str]) -> SubscriptionId {
    let stream = TokenStream {
        issuer: scim.base().trim_end_matches("/scim/v2").to_owned(),
        audience: AUDIENCE.to_owned(),
        content: Content::Full,
    };
    let mut subscription = Subscription::new("x", Channel::Poll { tokens: stream }, BASE);
    subscription.types = types.iter().map(|kind| (*kind).to_owned()).collect();
    let table = scim.stack().unwrap().table();
    block_on(store::create(&table, &scim.directory(), &subscription)).unwrap();
    subscription.id
}

/// The published keys.
pub(crate) fn keys(scim: &Endpoint) -> Answer {
    let origin = scim.base().trim_end_matches("/scim/v2");
    block_on(
        Call::new(scim, "GET", &format!("{origin}/.well-known/jwks.json")).authorization(None).exchange(),
    )
}

/// The claims of `token`, whose signature a published key verifies.
pub(crate) fn verify(scim: &Endpoint, token: &str) -> Value {
    let bytes = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
    let json = |text: &str| -> Value { serde_json::from_slice(&bytes(text)).unwrap() };
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (head, claims) = message.split_once('.').unwrap();
    let head = json(head);
    assert_eq!((&head["typ"], &head["alg"]), (&json!("secevent+jwt"), &json!("ES256")));
    let keys = keys(scim).expect(200).json();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == head["kid"]).unwrap().clone();
    let part = |name: &str| bytes(key[name].as_str().unwrap());
    let point = [vec![4], part("x"), part("y")].concat();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    key.verify(message.as_bytes(), &bytes(signature)).unwrap();
    json(claims)
}
