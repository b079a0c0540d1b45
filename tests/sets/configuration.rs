//! `securityEvents` of `ServiceProviderConfig` (RFC 9967 §4), and subscriptions to tokens in the
//! administration API.

use serde_json::{Value, json};
use tests::admin::{admin, make_credential};
use tests::endpoint::Endpoint;
use tests::runtime::block_on;

/// The attribute, as a client sees it that has asked for nothing before.
fn security_events(scim: &Endpoint) -> Value {
    let made = make_credential(scim, &scim.directory().to_string(), &json!({ "label": "x" })).unwrap();
    let answer = scim.with_token(made["token"].as_str().unwrap()).get("/ServiceProviderConfig").send();
    answer.expect(200).json()["securityEvents"].clone()
}

fn create(scim: &Endpoint, channel: &Value) -> tests::answer::Answer {
    let path = format!("/admin/directories/{}/subscriptions", scim.directory());
    admin(scim, "POST", &path).unwrap().json(&json!({ "label": "x", "channel": channel })).send()
}

#[test]
fn security_events_are_listed_while_someone_receives_them() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    assert_eq!(security_events(&scim), Value::Null);
    create(&scim, &json!({ "kind": "webhook", "url": "https://ex.io/" })).expect(201);
    assert_eq!(security_events(&scim), Value::Null);
    let made = ["poll", "poll"].map(|kind| create(&scim, &json!({ "kind": kind })).expect(201).json());
    assert_eq!(security_events(&scim)["asyncRequest"], "none");
    for (subscription, remains) in made.iter().zip([true, false]) {
        let path = format!(
            "/admin/directories/{}/subscriptions/{}",
            scim.directory(),
            subscription["id"].as_str().unwrap()
        );
        admin(&scim, "DELETE", &path).unwrap().send().expect(204);
        admin(&scim, "DELETE", &path).unwrap().send().error(404, "");
        assert_eq!(security_events(&scim).is_object(), remains);
    }
}

#[test]
fn a_subscription_to_tokens_has_an_issuer_and_an_audience() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let origin = scim.base().trim_end_matches("/scim/v2").to_owned();
    let polled = create(&scim, &json!({ "kind": "poll" })).expect(201).json();
    let audience = format!("{origin}/events/sets/{}", polled["id"].as_str().unwrap());
    assert_eq!(
        polled["channel"],
        json!({ "kind": "poll", "tokens": { "issuer": origin, "audience": audience, "content": "full" } })
    );
    assert_eq!(polled["secrets"], json!([]), "the keys are published");
    let tokens = json!({ "issuer": "https://scim.ex.io", "audience": "a", "content": "notice" });
    let channel =
        json!({ "kind": "push", "url": "https://ex.io/", "authorization": "Bearer x", "tokens": tokens });
    let pushed = create(&scim, &channel).expect(201).json();
    assert_eq!(pushed["channel"], json!({ "kind": "push", "url": "https://ex.io/", "tokens": tokens }));
}

/// The issuer of RFC 9967 §2.1, Figure 1, which is no URL.
#[test]
fn an_issuer_may_be_a_name() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let tokens = json!({ "issuer": "issuer.example.com", "audience": "urn:example:receiver" });
    let made = create(&scim, &json!({ "kind": "poll", "tokens": tokens })).expect(201).json();
    assert_eq!(made["channel"]["tokens"]["issuer"], "issuer.example.com");
    assert_eq!(made["channel"]["tokens"]["audience"], "urn:example:receiver");
}

#[test]
fn what_cannot_be_sent_is_refused() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    for channel in [
        json!({ "kind": "push", "url": "ftp://ex.io/" }),
        json!({ "kind": "push", "url": "https://ex.io/", "authorization": "a\nb" }),
        json!({ "kind": "push", "url": "https://ex.io/", "tokens": { "issuer": ":x" } }),
        json!({ "kind": "push", "url": "https://ex.io/", "tokens": { "audience": "x".repeat(1025) } }),
        json!({ "kind": "poll", "tokens": { "content": "some" } }),
        json!({ "kind": "poll", "tokens": { "audiences": [] } }),
        json!({ "kind": "poll", "url": "https://ex.io/" }),
        json!({ "kind": "eventBridge" }),
    ] {
        create(&scim, &channel).expect(400);
    }
    let detail = create(&scim, &json!({ "kind": "eventBridge" })).json()["detail"].clone();
    assert!(detail.as_str().unwrap().contains("`EventBus`"), "{detail}");
    let made = create(&scim, &json!({ "kind": "poll" })).expect(201).json();
    let path =
        format!("/admin/directories/{}/subscriptions/{}", scim.directory(), made["id"].as_str().unwrap());
    let change = json!({ "channel": { "kind": "webhook", "url": "https://ex.io/" } });
    admin(&scim, "PATCH", &path).unwrap().json(&change).send().error(400, "invalidValue");
    let call = admin(&scim, "POST", &format!("{path}/test")).unwrap().json(&json!({}));
    assert_eq!(
        block_on(call.exchange()).expect(200).json()["delivered"],
        false,
        "nothing is sent to a receiver that polls"
    );
    let rotate = admin(&scim, "POST", &format!("{path}/rotate")).unwrap().json(&json!({}));
    rotate.send().error(400, "invalidValue");
}
