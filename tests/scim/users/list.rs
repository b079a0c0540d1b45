//! GET /Users (RFC 7644 §3.4.2): the list's envelope.

use serde_json::json;
use tests::answer::LIST;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};

#[test]
fn no_match_is_200_with_an_empty_list() {
    let scim = Endpoint::shared();
    let answer = scim.get("/Users").filter(&format!("userName eq \"{}\"", guid())).send();
    answer.expect(200);
    let expected =
        json!({ "schemas": [LIST], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": [] });
    answer.holds(&expected);
}

#[test]
fn a_match_is_answered_whole() {
    let (scim, name) = (Endpoint::shared(), unique());
    let id = scim.create_user(&name, &json!({ "title": "Guide" }));
    let single = scim.get(&format!("/Users/{id}")).send().json();
    let answer = scim.get("/Users").filter(&format!("userName eq \"{name}\"")).send();
    answer.holds(&json!({ "schemas": [LIST], "totalResults": 1, "startIndex": 1, "itemsPerPage": 1 }));
    assert_eq!(answer.json()["Resources"], json!([single]));
}

#[test]
fn an_empty_directory_lists_nothing() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let empty = json!({ "totalResults": 0, "itemsPerPage": 0, "startIndex": 1, "Resources": [] });
    scim.get("/Users").send().expect(200).holds(&empty);
    scim.get("/Groups").send().expect(200).holds(&empty);
}

#[test]
fn totals_are_exact_through_creates_and_deletes() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let ids: Vec<_> = (0..25).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    assert_eq!(scim.get("/Users?count=0").send().total(), 25);
    for id in &ids[..10] {
        scim.delete(&format!("/Users/{id}")).send().expect(204);
        scim.delete(&format!("/Users/{id}")).send().error(404, "");
    }
    assert_eq!(scim.get("/Users?count=0").send().total(), 15);
    assert_eq!(scim.get("/Users").send().ids().len(), 15);
    assert_eq!(scim.get("/Groups").send().total(), 0);
    for id in &ids[10..] {
        scim.patch_user(id, &json!([{ "op": "replace", "path": "active", "value": false }]));
    }
    assert_eq!(scim.get("/Users").send().total(), 15, "inactive users count");
}

#[test]
fn another_directory_sees_nothing() {
    let (Some(ours), Some(theirs)) = (Endpoint::empty_directory(), Endpoint::empty_directory()) else {
        return;
    };
    let name = unique();
    let id = ours.create_user(&name, &json!({}));
    assert_eq!(theirs.get("/Users").send().total(), 0);
    assert!(theirs.users_where(&format!("userName eq \"{name}\"")).is_empty());
    theirs.get(&format!("/Users/{id}")).send().error(404, "");
    theirs
        .patch(&format!("/Users/{id}"), &json!([{ "op": "replace", "path": "active", "value": false }]))
        .send()
        .error(404, "");
    theirs.delete(&format!("/Users/{id}")).send().error(404, "");
    theirs.create_user(&name, &json!({}));
    ours.get(&format!("/Users/{id}")).send().expect(200);
}
