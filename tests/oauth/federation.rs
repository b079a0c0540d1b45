//! Clients that send an assertion of another issuer instead of a secret (RFC 7523): what is
//! accepted, and every kind of wrong assertion.

use serde_json::{Value, json};
use tests::issuer::{Issuer, SigningKey, base64, message, now};

use crate::app::{App, Client, Reply};

const SUBJECT: &str = "0f5e2c1a-0000-4000-8000-000000000001";
const AUDIENCE: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A directory with a client that trusts an issuer, and the issuer with its one key.
struct World {
    app: App,
    client: Client,
    issuer: Issuer,
    key: SigningKey,
}

impl World {
    fn new() -> Option<Self> {
        let key = SigningKey::rsa("one", 0);
        let (app, issuer) = (App::new()?, Issuer::start(&[&key]));
        let client = app.client(json!({"label": "federated", "federation": federation(&issuer)}));
        assert!(client.secret.is_empty(), "a federated client needs no secret");
        Some(Self { app, client, issuer, key })
    }

    /// Valid claims with these changes; null removes a claim.
    fn claims(&self, changes: Value) -> Value {
        let mut claims = self.issuer.claims(SUBJECT, AUDIENCE);
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        claims
    }

    fn show(&self, assertion: &str) -> Reply {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &*self.client.client_id),
            ("client_assertion_type", KIND),
            ("client_assertion", assertion),
            ("baseAddress", "https://ignored.example.com"),
        ];
        self.app.post("/oauth/token", &fields)
    }

    #[track_caller]
    fn refused(&self, assertion: &str, why: &str) {
        let reply = self.show(assertion);
        reply.refused(401, "invalid_client");
        assert!(reply.text.contains(why), "{why}: {reply:?}");
    }
}

fn federation(issuer: &Issuer) -> Value {
    json!({
        "issuer": issuer.name(), "jwksUri": issuer.jwks_uri(), "subject": SUBJECT,
        "audiences": [format!("api://{AUDIENCE}")], "tenant": "tenant-of-the-customer",
    })
}

#[test]
fn an_assertion_lets_its_subject_in_as_often_as_it_is_shown() {
    let Some(world) = World::new() else { return };
    let assertion = world.key.sign(&world.claims(json!({})));
    for _ in 0..3 {
        let token = world.show(&assertion).token();
        assert_eq!(world.app.status(&token, "GET", "/Users"), 200);
    }
    assert_eq!(world.issuer.asked(), 1, "keys are kept");
}

#[test]
fn the_audience_may_be_written_in_each_of_its_forms() {
    let Some(world) = World::new() else { return };
    for audience in [
        json!(AUDIENCE),
        json!(format!("api://{AUDIENCE}")),
        json!(format!("api://{AUDIENCE}/.default")),
        json!([AUDIENCE, "another"]),
    ] {
        world.show(&world.key.sign(&world.claims(json!({ "aud": audience })))).token();
    }
}

#[test]
fn keys_on_a_curve_are_good_too() {
    let Some(world) = World::new() else { return };
    let key = SigningKey::ec("curve");
    world.issuer.publish(&[&world.key, &key]);
    world.show(&key.sign(&world.claims(json!({})))).token();
}

#[test]
fn a_wrong_audience_is_refused() {
    let Some(world) = World::new() else { return };
    for audience in [
        json!("00000000-67b2-4cf2-a259-e3dc5476c621"),
        json!(""),
        json!([]),
        json!(format!("api://{AUDIENCE}/")),
    ] {
        world.refused(&world.key.sign(&world.claims(json!({ "aud": audience }))), "audience");
    }
    world.refused(&world.key.sign(&world.claims(json!({ "aud": null }))), "`aud`");
    world.refused(&world.key.sign(&world.claims(json!({ "aud": 7 }))), "`aud`");
}

#[test]
fn a_wrong_issuer_is_refused() {
    let Some(world) = World::new() else { return };
    for issuer in
        [json!("https://login.example.com/v2.0"), json!(""), json!(format!("{}/", world.issuer.name()))]
    {
        world.refused(&world.key.sign(&world.claims(json!({ "iss": issuer }))), "issuer");
    }
    for issuer in [json!(null), json!([world.issuer.name()])] {
        world.refused(&world.key.sign(&world.claims(json!({ "iss": issuer }))), "`iss`");
    }
}

#[test]
fn another_tenants_subject_is_refused() {
    let Some(world) = World::new() else { return };
    for subject in ["0f5e2c1a-0000-4000-8000-000000000002", ""] {
        world.refused(&world.key.sign(&world.claims(json!({ "sub": subject }))), "subject");
    }
    world.refused(&world.key.sign(&world.claims(json!({ "sub": null }))), "`sub`");
    for tenant in [json!("another-tenant"), json!(null)] {
        world.refused(&world.key.sign(&world.claims(json!({ "tid": tenant }))), "tenant");
    }
}

#[test]
fn an_expired_assertion_is_refused() {
    let Some(world) = World::new() else { return };
    for end in [now() - 61, now() - 86_400, 0] {
        world.refused(&world.key.sign(&world.claims(json!({ "exp": end }))), "expired");
    }
    for end in [json!(null), json!("4102444800"), json!(-1)] {
        world.refused(&world.key.sign(&world.claims(json!({ "exp": end }))), "`exp`");
    }
}

#[test]
fn an_assertion_that_is_not_yet_valid_is_refused() {
    let Some(world) = World::new() else { return };
    for name in ["nbf", "iat"] {
        world.refused(&world.key.sign(&world.claims(json!({ name: now() + 600 }))), "not valid yet");
        // Clocks may differ by some seconds.
        world.show(&world.key.sign(&world.claims(json!({ name: now() + 20 })))).token();
    }
}

#[test]
fn an_unknown_key_is_refused_and_the_issuer_is_not_asked_without_end() {
    let Some(world) = World::new() else { return };
    let stranger = SigningKey::rsa("stranger", 1);
    for _ in 0..20 {
        world.refused(&stranger.sign(&world.claims(json!({}))), "does not publish");
    }
    assert!(world.issuer.asked() <= 7, "asked {} times", world.issuer.asked());
    // An unknown key under the id of a known one.
    let header = json!({"alg": "RS256", "kid": "one"});
    world.refused(&stranger.sign_as(&header, &world.claims(json!({}))), "signature");
    world.show(&world.key.sign(&world.claims(json!({})))).token();
}

#[test]
fn a_new_key_is_found_and_a_rotated_out_key_is_refused() {
    let Some(world) = World::new() else { return };
    let old = world.key.sign(&world.claims(json!({})));
    world.show(&old).token();
    let next = SigningKey::rsa("two", 1);
    world.issuer.publish(&[&next]);
    world.show(&next.sign(&world.claims(json!({})))).token();
    world.refused(&old, "does not publish");
}

#[test]
fn an_unsigned_assertion_is_refused() {
    let Some(world) = World::new() else { return };
    for algorithm in ["none", "None", "NONE", ""] {
        let message = message(&json!({"alg": algorithm, "kid": "one"}), &world.claims(json!({})));
        for signature in ["", "AA"] {
            world.refused(&format!("{message}.{signature}"), "not a JWT");
        }
    }
    let signed = world.key.sign(&world.claims(json!({})));
    let (message, signature) = signed.rsplit_once('.').unwrap();
    world.refused(&format!("{message}."), "signature");
    world.refused(message, "not a JWT");
    let (head, claims) = message.split_once('.').unwrap();
    let other = base64(world.claims(json!({"exp": now() + 7200})).to_string().as_bytes());
    assert_ne!(claims, other);
    world.refused(&format!("{head}.{other}.{signature}"), "signature");
}

#[test]
fn a_public_key_is_no_shared_secret() {
    let Some(world) = World::new() else { return };
    let jwk = world.key.jwk();
    // Values that an attacker can know, in forms that might be taken for a secret.
    for secret in [jwk.to_string(), jwk["n"].as_str().unwrap().to_owned()] {
        for (algorithm, kind) in [("HS256", ring::hmac::HMAC_SHA256), ("HS512", ring::hmac::HMAC_SHA512)] {
            let message = message(&json!({"alg": algorithm, "kid": "one"}), &world.claims(json!({})));
            let tag = ring::hmac::sign(&ring::hmac::Key::new(kind, secret.as_bytes()), message.as_bytes());
            world.refused(&format!("{message}.{}", base64(tag.as_ref())), "not a JWT");
        }
    }
    // A key of another type than the algorithm.
    let header = json!({"alg": "ES256", "kid": "one"});
    world.refused(&world.key.sign_as(&header, &world.claims(json!({}))), "signature");
}

#[test]
fn a_header_can_bring_no_key_and_demand_nothing() {
    let Some(world) = World::new() else { return };
    let stranger = SigningKey::rsa("stranger", 1);
    let elsewhere = Issuer::start(&[&stranger]);
    for header in [
        json!({"alg": "RS256", "kid": "stranger", "jwk": stranger.jwk()}),
        json!({"alg": "RS256", "kid": "stranger", "jku": elsewhere.jwks_uri()}),
    ] {
        world.refused(&stranger.sign_as(&header, &world.claims(json!({}))), "does not publish");
    }
    assert_eq!(elsewhere.asked(), 0);
    let critical = json!({"alg": "RS256", "kid": "one", "crit": ["b64"], "b64": false});
    world.refused(&world.key.sign_as(&critical, &world.claims(json!({}))), "not a JWT");
    let nameless = json!({"alg": "RS256"});
    world.refused(&world.key.sign_as(&nameless, &world.claims(json!({}))), "names its key");
}

#[test]
fn an_oversized_assertion_is_refused() {
    let Some(world) = World::new() else { return };
    let more = "x".repeat(17 * 1024);
    world.refused(&world.key.sign(&world.claims(json!({ "more": more }))), "longer than 16 KiB");
    world.refused("", "must show who it is");
    for text in ["a", "a.b", "a.b.c", "....", "\u{0}.\u{0}.\u{0}", &"a.".repeat(4000)] {
        world.refused(text, "not a JWT");
    }
}

#[test]
fn an_issuer_whose_keys_cannot_be_read_lets_no_client_in() {
    let Some(world) = World::new() else { return };
    let assertion = world.key.sign(&world.claims(json!({})));
    let stranger = Issuer::start(&[&world.key]);
    world.issuer.redirect(&stranger.jwks_uri());
    world.refused(&assertion, "cannot be had");
    assert_eq!(stranger.asked(), 0, "nothing follows a redirect");
    let large = format!(r#"{{"keys":[{}],"more":"{}"}}"#, world.key.jwk(), "x".repeat(300_000));
    for (status, body) in [(500, "{}"), (200, "<html>"), (200, "[]"), (200, large.as_str())] {
        world.issuer.answer(status, body.as_bytes());
        world.refused(&assertion, "cannot be had");
    }
    world.issuer.publish(&[&world.key]);
    world.show(&assertion).token();
}

#[test]
fn an_assertion_opens_its_own_client_only() {
    let Some(world) = World::new() else { return };
    let assertion = world.key.sign(&world.claims(json!({})));
    let secret = world.app.client(json!({"label": "by secret"}));
    let show = |client: &Client, more: &[(&str, &str)]| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &*client.client_id),
            ("client_assertion", &*assertion),
        ];
        world.app.post("/oauth/token", &[&fields[..], more].concat())
    };
    show(&secret, &[("client_assertion_type", KIND)]).refused(401, "invalid_client");
    show(&world.client, &[]).refused(400, "invalid_request");
    show(&world.client, &[("client_assertion_type", "jwt")]).refused(400, "invalid_request");
    let both = [("client_assertion_type", KIND), ("client_secret", "rs_x")];
    show(&world.client, &both).refused(400, "invalid_request");
    // The client has no secret, and an empty secret is not accepted.
    let empty = [
        ("grant_type", "client_credentials"),
        ("client_id", &*world.client.client_id),
        ("client_secret", ""),
    ];
    world.app.post("/oauth/token", &empty).refused(401, "invalid_client");
}
