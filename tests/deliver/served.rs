//! From a change over SCIM to the endpoint of a subscription, and its administration.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use directory::subscription::store;
use http::HeaderMap;
use ring::{hmac, signature};
use serde_json::{Value, json};
use tests::admin::admin;
use tests::answer::Answer;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::within;

use crate::receiver::Receiver;

/// A directory and how its subscriptions are administered. The first events of its log, this number, are about
/// the directory itself.
struct Served(Endpoint, u64);

impl Served {
    fn new() -> Option<Self> {
        let scim = Endpoint::empty_directory()?;
        let served = Self(scim, 2);
        assert!(within(30, || served.head() == served.1), "its own creation and that of its credential");
        Some(served)
    }

    /// The sequence number of the last event.
    fn head(&self) -> u64 {
        let log = format!("/admin/directories/{}/events?start=latest", self.0.directory());
        admin(&self.0, "GET", &log).unwrap().send().json()["next"].as_u64().unwrap()
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let path = format!("/admin/directories/{}/subscriptions{path}", self.0.directory());
        let call = admin(&self.0, method, &path).unwrap();
        match body {
            Some(body) => call.json(body).send(),
            None => call.send(),
        }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.send("POST", path, Some(body));
        assert!(answer.status < 300, "{answer}");
        answer.json()
    }

    /// A subscription and its path.
    fn subscribe(&self, url: &str, more: &Value) -> (Value, String) {
        let mut body = json!({ "label": "test", "channel": { "kind": "webhook", "url": url } });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.post("", &body);
        let path = format!("/{}", made["id"].as_str().unwrap());
        (made, path)
    }

    fn show(&self, path: &str) -> Value {
        self.send("GET", path, None).expect(200).json()
    }
}

/// Whether one of the signatures is that of `secret`.
fn is_signed(headers: &HeaderMap, body: &str, secret: &str) -> bool {
    let header = |name: &str| headers[name].to_str().unwrap();
    let content = format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp"));
    let decoded = |text: &str| BASE64_STANDARD.decode(text).unwrap();
    header("webhook-signature").split(' ').any(|one| {
        let (scheme, signed) = one.split_once(',').unwrap();
        match (scheme, secret.split_once('_').unwrap()) {
            ("v1", ("whsec", key)) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &decoded(key));
                hmac::verify(&key, content.as_bytes(), &decoded(signed)).is_ok()
            }
            ("v1a", ("whpk", key)) => signature::UnparsedPublicKey::new(&signature::ED25519, decoded(key))
                .verify(content.as_bytes(), &decoded(signed))
                .is_ok(),
            _ => false,
        }
    })
}

#[test]
fn a_change_reaches_the_endpoint_as_the_log_has_it() {
    let Some(served) = Served::new() else { return };
    let receiver = Receiver::new(|_| 200.into());
    let (made, path) = served.subscribe(&receiver.url, &json!({ "ed25519": true }));
    let user = served.0.create_user(&unique(), &json!({}));
    served.0.patch_user(&user, &json!([{ "op": "replace", "path": "active", "value": false }]));
    assert!(within(30, || receiver.received().len() == 2));
    let log = format!("/admin/directories/{}/events?after={}", served.0.directory(), served.1);
    let log = admin(&served.0, "GET", &log).unwrap().send().json();
    for (one, event) in receiver.received().iter().zip(log["events"].as_array().unwrap()) {
        assert_eq!(one.event, *event);
        assert_eq!(one.headers["webhook-id"], event["id"].as_str().unwrap());
        for secret in ["secret", "publicKey"] {
            assert!(is_signed(&one.headers, &one.body, made[secret].as_str().unwrap()), "{secret}");
        }
    }
    let shown = served.show(&path);
    assert!(within(10, || served.show(&path)["cursor"] == served.1 + 2), "{shown}");
    assert!(!shown.to_string().contains(made["secret"].as_str().unwrap()), "shown once");
    assert_eq!(shown["secrets"][1]["publicKey"], made["publicKey"]);
    assert_eq!(served.send("GET", "", None).json()["items"][0]["id"], made["id"]);
}

#[test]
fn a_subscription_begins_where_it_says() {
    let Some(served) = Served::new() else { return };
    for _ in 0..3 {
        served.0.create_user(&unique(), &json!({}));
    }
    assert!(within(30, || served.head() == served.1 + 3));
    let all = [(json!({}), 0), (json!({ "start": "oldest" }), 5), (json!({ "after": served.1 + 1 }), 2)];
    for (start, expected) in all {
        let receiver = Receiver::new(|_| 200.into());
        served.subscribe(&receiver.url, &start);
        assert!(within(30, || receiver.taken().len() == expected), "{start}: {:?}", receiver.taken());
    }
}

#[test]
fn a_rotated_secret_signs_with_the_new_one() {
    let Some(served) = Served::new() else { return };
    let receiver = Receiver::new(|_| 200.into());
    let (made, path) = served.subscribe(&receiver.url, &json!({}));
    let rotated = served.post(&format!("{path}/rotate"), &json!({}));
    assert_ne!(made["secret"], rotated["secret"]);
    let test = served.post(&format!("{path}/test"), &json!({}));
    assert_eq!((&test["delivered"], &test["status"]), (&json!(true), &json!(200)));
    let last = served.post(&format!("{path}/rotate"), &json!({ "overlapHours": 0 }));
    served.post(&format!("{path}/test"), &json!({}));
    let received = receiver.received();
    assert_eq!(received[0].event["type"], "subscription.test");
    let by = |n: usize, secret: &Value| {
        is_signed(&received[n].headers, &received[n].body, secret.as_str().unwrap())
    };
    let secrets = [&made["secret"], &rotated["secret"], &last["secret"]];
    assert_eq!(secrets.map(|secret| by(0, secret)), [true, true, false]);
    assert_eq!(secrets.map(|secret| by(1, secret)), [true, false, true], "the first one has a day");
}

#[test]
fn a_test_says_why_it_failed() {
    let Some(served) = Served::new() else { return };
    let receiver = Receiver::new(|_| 404.into());
    let (_, path) = served.subscribe(&receiver.url, &json!({}));
    let test = served.post(&format!("{path}/test"), &json!({}));
    assert_eq!((&test["delivered"], &test["status"]), (&json!(false), &json!(404)));
    assert!(test["reason"].as_str().unwrap().contains("404"), "{test}");
    assert!(served.send("GET", &format!("{path}/dead-letters"), None).json()["items"] == json!([]));
}

#[test]
fn a_paused_subscription_waits_and_loses_nothing() {
    let Some(served) = Served::new() else { return };
    let receiver = Receiver::new(|_| 200.into());
    let (_, path) = served.subscribe(&receiver.url, &json!({ "types": ["user.created"] }));
    let state =
        |state: &str| served.send("PATCH", &path, Some(&json!({ "state": state }))).expect(200).json();
    assert_eq!(state("paused")["reason"], "an administrator paused it");
    served.0.create_user(&unique(), &json!({}));
    std::thread::sleep(Duration::from_secs(3));
    assert!(receiver.received().is_empty());
    assert_eq!(state("active")["state"], "active");
    assert!(within(30, || receiver.taken() == [3]));
    // Everything again.
    served.post(&format!("{path}/recover"), &json!({ "after": 0 }));
    assert!(within(30, || receiver.taken() == [3, 3]));
    served.post(&format!("{path}/recover"), &json!({ "since": "2020-01-01T00:00:00Z" }));
    assert!(within(30, || receiver.taken() == [3, 3, 3]));
    served.post(&format!("{path}/recover"), &json!({ "since": "2099-01-01T00:00:00Z" }));
    for body in
        [json!({ "after": 9 }), json!({}), json!({ "since": "now" }), json!({ "after": 0, "since": "x" })]
    {
        served.send("POST", &format!("{path}/recover"), Some(&body)).error(400, "invalidValue");
    }
    assert_eq!(receiver.taken(), [3, 3, 3]);
}

#[test]
fn a_dead_letter_is_sent_again_when_asked() {
    let Some(served) = Served::new() else { return };
    let receiver = Receiver::new(|_| 400.into());
    let (made, path) = served.subscribe(&receiver.url, &json!({}));
    served.0.create_user(&unique(), &json!({}));
    // Four refusals take some minutes: the last one comes at once.
    let id = made["id"].as_str().unwrap().parse().unwrap();
    let (table, directory) = (served.0.stack().unwrap().table(), served.0.directory());
    assert!(within(30, || served.show(&path)["open"] == 1));
    let wait = store::change(&table, &directory, &id, |of| {
        of.open.values_mut().for_each(|open| (open.refused, open.after) = (4, 0));
        of.due = Some(0);
        Ok(())
    });
    tests::runtime::block_on(wait).unwrap();
    let letters = || served.send("GET", &format!("{path}/dead-letters"), None).expect(200).json();
    assert!(within(30, || letters()["items"][0]["sequence"] == 3), "{}", letters());
    assert_eq!(letters()["items"][0]["status"], 400);
    let resend = || served.post(&format!("{path}/dead-letters/3/resend"), &json!({}));
    assert_eq!(resend()["delivered"], false);
    receiver.behave(|_| 200.into());
    assert_eq!(resend()["delivered"], true);
    assert_eq!(letters()["items"], json!([]));
    served.send("POST", &format!("{path}/dead-letters/3/resend"), Some(&json!({}))).error(404, "");
    assert_eq!(receiver.taken(), [3]);
    served.send("DELETE", &path, None).expect(204);
    served.send("GET", &path, None).error(404, "");
    served.send("DELETE", &path, None).error(404, "");
}

#[test]
fn wrong_requests_are_refused() {
    let Some(served) = Served::new() else { return };
    let channel = json!({ "kind": "webhook", "url": "https://ex.io/hook" });
    for body in [
        json!({}),
        json!({ "label": "x" }),
        json!({ "label": "x", "channel": { "kind": "pigeon" } }),
        json!({ "label": "x", "channel": { "kind": "webhook", "url": "http://ex.io/hook" } }),
        json!({ "label": "x", "channel": { "kind": "webhook", "url": "ftp://ex.io/hook" } }),
        json!({ "label": "x", "channel": { "kind": "webhook", "url": "https://ex.io/", "more": 1 } }),
        json!({ "label": "", "channel": channel }),
        json!({ "label": "x", "channel": channel, "types": ["user"] }),
        json!({ "label": "x", "channel": channel, "start": "never" }),
        json!({ "label": "x", "channel": channel, "start": "latest", "after": 0 }),
        json!({ "label": "x", "channel": channel, "after": 99 }),
        json!({ "label": "x", "channel": channel, "other": 1 }),
    ] {
        served.send("POST", "", Some(&body)).error(400, "invalidValue");
    }
    let (_, path) = served.subscribe("https://ex.io/hook", &json!({ "after": 0 }));
    for body in [json!({ "state": "erased" }), json!({ "types": ["x"] }), json!({ "cursor": 1 })] {
        served.send("PATCH", &path, Some(&body)).error(400, "invalidValue");
    }
    for unknown in ["/x", "/sub_x", "/sub_", "/sub_x/dead-letters"] {
        served.send("GET", unknown, None).error(404, "");
    }
    for _ in 1..20 {
        served.subscribe("https://ex.io/hook", &json!({}));
    }
    let body = json!({ "label": "x", "channel": channel });
    served.send("POST", "", Some(&body)).refused(&["tooMany", "invalidValue"]);
}

/// From the response that acknowledges a change to the arrival of its event, at 50 changes a second. The best of a
/// few attempts: other tests use the processor.
#[test]
fn an_event_arrives_soon_after_its_change() {
    // A server of its own: other tests keep the shared one busy, and requests go first.
    let served = Served(Endpoint::start(), 0);
    let mut best = Duration::MAX;
    for _ in 0..4 {
        best = best.min(p99(&served));
        if best < Duration::from_secs(1) {
            return;
        }
    }
    panic!("p99 {best:?}");
}

fn p99(served: &Served) -> Duration {
    let receiver = Receiver::new(|_| 200.into());
    let (_, path) = served.subscribe(&receiver.url, &json!({ "types": ["user.disabled"] }));
    let users: Vec<String> =
        (0..50).map(|_| served.0.create_user(&unique(), &json!({ "active": true }))).collect();
    let start = Instant::now();
    let (mut acknowledged, mut times) = (Vec::new(), Vec::new());
    for (number, user) in (0u32..).zip(users.iter().cycle().take(200)) {
        let due = Duration::from_millis(20) * number;
        std::thread::sleep(due.saturating_sub(start.elapsed()));
        // Every user is disabled, then enabled, then disabled.
        let is_active = number / 50 % 2 == 1;
        served.0.patch_user(user, &json!([{ "op": "replace", "path": "active", "value": is_active }]));
        if !is_active {
            acknowledged.push((user.clone(), tokio::time::Instant::now()));
        }
    }
    let rate = 200.0 / start.elapsed().as_secs_f64();
    assert!(within(30, || receiver.received().len() == acknowledged.len()), "{}", receiver.received().len());
    for one in receiver.received() {
        // The earliest change of this user whose event has not been counted.
        let at = acknowledged.iter().position(|(user, _)| user == one.about()).unwrap();
        let (_, done) = acknowledged.remove(at);
        times.push(one.at.saturating_duration_since(done));
    }
    served.send("DELETE", &path, None).expect(204);
    times.sort();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    eprintln!("from acknowledged to received at {rate:.0} changes/s: p50 {p50:.0?}, p99 {p99:.0?}");
    p99
}
