//! PUT /Users/{id} (RFC 7644 §3.5.1).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};
use tests::people::{ENTERPRISE, USER, user};

#[test]
fn what_is_absent_is_cleared_and_active_is_kept() {
    let (scim, name) = (Endpoint::shared(), unique());
    let id = scim.create_user(&name, &json!({
        "active": false, "title": "Guide", "externalId": "7", "emails": [{ "value": "a@ex.io" }], ENTERPRISE: { "department": "R&D" },
    }));
    let answer = scim.put(&format!("/Users/{id}"), &user(&name, &json!({ "nickName": "An" }))).send();
    answer.expect(200).holds(&json!({
        "id": id, "schemas": [USER], "userName": name, "nickName": "An", "active": false,
        "title": "<absent>", "externalId": "<absent>", "emails": "<absent>", ENTERPRISE: "<absent>",
    }));
    assert_eq!(answer.header("location"), answer.json()["meta"]["location"].as_str());
    assert_eq!(answer.etag(), answer.json()["meta"]["version"].as_str().unwrap());
    assert_eq!(answer.json(), scim.get(&format!("/Users/{id}")).send().json());
    assert!(scim.users_where(&format!("userName eq \"{name}\" and externalId eq \"7\"")).is_empty());
}

#[test]
fn what_was_read_may_be_sent_back() {
    let scim = Endpoint::shared();
    let id = scim.create_user(
        &unique(),
        &json!({ "active": true, "emails": [{ "value": "a@ex.io", "type": "work", "primary": true }] }),
    );
    let before = scim.get(&format!("/Users/{id}")).send();
    let mut body = before.json();
    body["groups"] = json!([]);
    let same = scim.put(&format!("/Users/{id}"), &body).send();
    same.expect(200).holds(&json!({ "id": id, "emails": [{ "value": "a@ex.io" }] }));
    assert_eq!(same.json()["meta"]["created"], before.json()["meta"]["created"]);
    body["title"] = json!("Guide");
    scim.put(&format!("/Users/{id}"), &body)
        .send()
        .expect(200)
        .holds(&json!({ "title": "Guide", "active": true }));
}

#[test]
fn active_false_deactivates() {
    let (scim, name) = (Endpoint::shared(), unique());
    let id = scim.create_user(&name, &json!({ "active": true }));
    scim.put(&format!("/Users/{id}"), &user(&name, &json!({ "active": false })))
        .send()
        .holds(&json!({ "active": false }));
    scim.put(&format!("/Users/{id}"), &user(&name, &json!({ "active": "True" })))
        .send()
        .holds(&json!({ "active": true }));
}

#[test]
fn a_rename_moves_the_name() {
    let (scim, old, new) = (Endpoint::shared(), unique(), unique());
    let id = scim.create_user(&old, &json!({}));
    scim.put(&format!("/Users/{id}"), &user(&new, &json!({}))).send().expect(200);
    assert_eq!(scim.users_where(&format!("userName eq \"{new}\"")), [id.as_str()]);
    assert!(scim.users_where(&format!("userName eq \"{old}\"")).is_empty());
    scim.create_user(&old, &json!({}));
}

#[test]
fn a_name_of_another_user_is_409_and_nothing_changes() {
    let (scim, hers, his) = (Endpoint::shared(), unique(), unique());
    scim.create_user(&hers, &json!({}));
    let id = scim.create_user(&his, &json!({ "title": "Guide" }));
    let before = scim.get(&format!("/Users/{id}")).send().json();
    scim.put(&format!("/Users/{id}"), &user(&hers.to_uppercase(), &json!({})))
        .send()
        .error(409, "uniqueness");
    assert_eq!(before, scim.get(&format!("/Users/{id}")).send().json());
}

#[test]
fn a_required_attribute_must_be_there() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    scim.put(&format!("/Users/{id}"), &json!({ "schemas": [USER], "title": "Guide" }))
        .send()
        .error(400, "invalidValue");
}

#[test]
fn an_id_that_is_not_there_is_never_created() {
    let (scim, id, name) = (Endpoint::shared(), guid(), unique());
    scim.put(&format!("/Users/{id}"), &user(&name, &json!({ "id": id }))).send().error(404, "");
    assert!(scim.users_where(&format!("userName eq \"{name}\"")).is_empty());
}
