//! Versions in bulk requests (RFC 7644 §3.7, §3.14).

use serde_json::{Value, json};
use tests::bulk::{change, delete};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;

fn at(mut operation: Value, version: &str) -> Value {
    operation["version"] = json!(version);
    operation
}

#[test]
fn a_stale_version_is_412_and_changes_nothing() {
    let (scim, name) = (Endpoint::shared(), unique());
    let path = format!("/Users/{}", scim.create_user(&name, &json!({})));
    let group = format!("/Groups/{}", scim.create_group(&name, &["a".to_owned()]));
    let retitle = |title: &str| change(&path, &json!([{ "op": "replace", "path": "title", "value": title }]));
    let add = change(&group, &json!([{ "op": "add", "path": "members", "value": ["b"] }]));
    let (stale, stale_group) = (scim.get(&path).send().etag(), scim.get(&group).send().etag());
    assert_eq!(scim.bulk(&[retitle("first"), add.clone()]).statuses(), [200, 200]);
    let put = json!({ "method": "PUT", "path": path, "data": user(&name, &json!({})) });
    let before = scim.get(&path).send().json();
    let answer = scim.bulk(&[
        at(retitle("second"), &stale),
        at(put, &stale),
        at(delete(&path), &stale),
        at(change(&group, &json!([{ "op": "add", "path": "members", "value": ["c"] }])), &stale_group),
    ]);
    assert_eq!(answer.statuses(), [412; 4]);
    assert!(answer.operations().iter().all(|one| one["location"].is_string()), "{answer}");
    assert_eq!(scim.get(&path).send().json(), before);
    assert_eq!(scim.get(&group).send().members(), ["a", "b"]);
}

#[test]
fn a_fresh_version_passes_and_the_next_one_is_returned() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    let retitle = |title: &str| change(&path, &json!([{ "op": "replace", "path": "title", "value": title }]));
    let mut version = scim.get(&path).send().etag();
    for title in ["a", "b"] {
        let answer = scim.bulk(&[at(retitle(title), &version)]);
        assert_eq!(answer.statuses(), [200]);
        let returned = answer.operations()[0]["version"].as_str().unwrap().to_owned();
        assert_ne!(returned, version);
        version = returned;
    }
    assert_eq!(scim.get(&path).send().etag(), version);
    // The second comes too late: the first has moved the version.
    let answer = scim.bulk(&[at(retitle("c"), &version), at(retitle("d"), &version)]);
    assert_eq!(answer.statuses(), [200, 412]);
    assert_eq!(scim.bulk(&[at(delete(&path), "*")]).statuses(), [204]);
}
