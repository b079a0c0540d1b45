//! The limits that ServiceProviderConfig reports (RFC 7644 §3.7.4).

use serde_json::{Value, json};
use tests::bulk::{bulk, delete, post_user};
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;

fn limits(scim: &Endpoint) -> (usize, usize) {
    let bulk = scim.get("/ServiceProviderConfig").send().json()["bulk"].clone();
    assert_eq!(bulk["supported"], json!(true));
    let number = |name: &str| usize::try_from(bulk[name].as_u64().expect(name)).expect(name);
    (number("maxOperations"), number("maxPayloadSize"))
}

#[test]
fn operations() {
    let scim = Endpoint::shared();
    let (most, _) = limits(scim);
    let many = |count: usize| bulk(&vec![delete("/Users/7"); count]);
    let answer = scim.post("/Bulk", &many(most)).send();
    assert_eq!(answer.statuses(), vec![404; most]);
    let answer = scim.post("/Bulk", &many(most + 1)).send();
    let detail = answer.error(413, "").json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains(&format!("maxOperations ({most})")), "{detail}");
}

#[test]
fn bytes() {
    let scim = Endpoint::shared();
    let (_, most) = limits(scim);
    let name = unique();
    let body = |length: usize| {
        let text = bulk(&[post_user("q", &name, &json!({}))]).to_string();
        format!("{text}{}", " ".repeat(length - text.len()))
    };
    let answer = Call::new(scim, "POST", "/Bulk").text(&body(most + 1)).send();
    let detail = answer.error(413, "").json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains(&format!("maxPayloadSize ({most} bytes)")), "{detail}");
    assert!(scim.users_where(&format!("userName eq \"{name}\"")).is_empty());
    let answer = Call::new(scim, "POST", "/Bulk").text(&body(most)).send();
    assert_eq!(answer.statuses(), [201]);
}

/// A request that is refused alone is refused as an operation, too.
#[test]
fn one_operation_has_the_limits_of_one_request() {
    let scim = Endpoint::shared();
    let emails: Vec<Value> = (0..60).map(|n| json!({ "value": format!("{n}@ex.io") })).collect();
    let text = "x".repeat(360 * 1024);
    let answer = scim.bulk(&[
        post_user("a", &unique(), &json!({ "emails": emails })),
        post_user("b", &unique(), &json!({ "title": text })),
    ]);
    assert_eq!(answer.statuses(), [400, 413]);
}

/// The result of every operation is returned, whatever was sent.
#[test]
fn the_longest_answer_fits() {
    let scim = Endpoint::shared();
    let (most, _) = limits(scim);
    let operation = |n: usize| {
        let bulk_id = format!("{}{n:03}", "\u{1}".repeat(253));
        json!({ "method": "DELETE", "bulkId": bulk_id, "path": format!("/Users/{}", " ".repeat(505)) })
    };
    let answer = scim.post("/Bulk", &bulk(&(0..most).map(operation).collect::<Vec<_>>())).send();
    assert_eq!(answer.statuses(), vec![404; most]);
}
