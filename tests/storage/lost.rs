//! What comes of a call that is repeated because its answer was lost, or that others overtake.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::member_values;
use tests::relay::Relay;
use tests::runtime::{block_on, spawn};

/// A service with a relay in front of its DynamoDB.
fn relayed() -> Option<(Relay, Endpoint)> {
    let relay = Relay::start(Endpoint::shared().stack()?.dynamodb_url());
    let scim = Endpoint::start_on(Some(relay.url().to_owned()));
    Some((relay, scim))
}

fn add(member: &str) -> serde_json::Value {
    json!([{ "op": "add", "path": "members", "value": member_values(&[member]) }])
}

#[test]
fn an_answer_never_lacks_a_member_of_its_version() {
    let Some((relay, scim)) = relayed() else { return };
    let group = format!("/Groups/{}", scim.create_group(&unique(), &[]));
    let held = relay.hold("ADD #mv :one");
    let first = {
        let (scim, group) = (scim.clone(), group.clone());
        spawn(async move { scim.patch(&group, &add("a")).exchange().await })
    };
    block_on(held.come());
    scim.patch(&group, &add("b")).send().expect(200);
    held.release();
    let first = block_on(first).unwrap();
    assert_eq!(first.expect(200).members(), ["a", "b"]);
    assert_eq!(first.etag(), scim.get(&group).send().etag());
}

#[test]
fn a_change_of_members_whose_answer_is_lost_counts_once() {
    let Some((relay, scim)) = relayed() else { return };
    let group = format!("/Groups/{}", scim.create_group(&unique(), &[]));
    relay.lose("ADD #mv :one");
    let answer = scim.patch(&group, &add("a")).send();
    assert_eq!(answer.expect(200).members(), ["a"]);
    assert_eq!(answer.etag(), "W/\"1.2\"");
    assert_eq!(scim.get(&group).send().etag(), "W/\"1.2\"");
}
