//! `attributes` and `excludedAttributes` (RFC 7644 §3.9).

use serde_json::json;
use tests::answer::Answer;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{ENTERPRISE, USER};

fn ana(query: &str) -> Answer {
    let scim = Endpoint::shared();
    let id = scim.create_user(
        &unique(),
        &json!({
            "displayName": "Ana", "title": "Guide", "name": { "givenName": "Ana", "familyName": "Ito" },
            "emails": [{ "value": "a@ex.io", "type": "work", "primary": true }, { "value": "b@ex.io", "type": "home" }],
            ENTERPRISE: { "department": "R&D", "division": "North", "manager": { "value": "7" } },
        }),
    );
    scim.get(&format!("/Users/{id}?{query}")).send()
}

fn keys(answer: &Answer) -> Vec<String> {
    let mut keys: Vec<_> = answer.expect(200).json().as_object().unwrap().keys().cloned().collect();
    keys.sort();
    keys
}

#[test]
fn attributes_returns_what_is_asked_with_id_and_schemas() {
    assert_eq!(keys(&ana("attributes=userName")), ["id", "schemas", "userName"]);
    assert_eq!(keys(&ana("attributes=USERNAME,DisplayName")), ["displayName", "id", "schemas", "userName"]);
    assert_eq!(keys(&ana("attributes=userName,%20title")), ["id", "schemas", "title", "userName"]);
    assert_eq!(keys(&ana("attributes=id")), ["id", "schemas"]);
    assert_eq!(keys(&ana("attributes=userName,nickName")), ["id", "schemas", "userName"]);
}

#[test]
fn attributes_reaches_sub_attributes() {
    let answer = ana("attributes=name.givenName,emails.value");
    assert_eq!(keys(&answer), ["emails", "id", "name", "schemas"]);
    assert_eq!(answer.json()["name"], json!({ "givenName": "Ana" }));
    assert_eq!(answer.json()["emails"], json!([{ "value": "a@ex.io" }, { "value": "b@ex.io" }]));
    let meta = ana("attributes=meta.location");
    assert_eq!(keys(&meta), ["id", "meta", "schemas"]);
    assert_eq!(meta.json()["meta"].as_object().unwrap().len(), 1);
}

#[test]
fn attributes_may_be_qualified_by_a_urn() {
    assert_eq!(keys(&ana(&format!("attributes={USER}:userName"))), ["id", "schemas", "userName"]);
    let one = ana(&format!("attributes={ENTERPRISE}:department"));
    assert_eq!(one.json()[ENTERPRISE], json!({ "department": "R&D" }));
    let sub = ana(&format!("attributes={ENTERPRISE}:manager.value"));
    assert_eq!(sub.json()[ENTERPRISE], json!({ "manager": { "value": "7" } }));
    let whole = ana(&format!("attributes={ENTERPRISE}"));
    whole.holds(&json!({ "userName": "<absent>", ENTERPRISE: { "department": "R&D", "division": "North" } }));
}

#[test]
fn excluded_attributes_leaves_the_rest() {
    let answer = ana("excludedAttributes=emails,name.familyName");
    answer
        .expect(200)
        .holds(&json!({ "emails": "<absent>", "displayName": "Ana", "title": "Guide", "meta": "<any>" }));
    assert_eq!(answer.json()["name"], json!({ "givenName": "Ana" }));
    let answer = ana(&format!("excludedAttributes={ENTERPRISE}:division"));
    answer.holds(&json!({ ENTERPRISE: { "division": "<absent>", "department": "R&D" } }));
    let answer = ana(&format!("excludedAttributes={ENTERPRISE}"));
    answer.expect(200).holds(&json!({ ENTERPRISE: "<absent>", "title": "Guide" }));
}

#[test]
fn id_and_schemas_cannot_be_excluded() {
    ana("excludedAttributes=id,schemas,userName")
        .holds(&json!({ "id": "<string>", "schemas": "<any>", "userName": "<absent>" }));
}

#[test]
fn an_unknown_name_is_no_reason_to_refuse() {
    assert_eq!(keys(&ana("attributes=userName,favouriteColour")), ["id", "schemas", "userName"]);
    ana("excludedAttributes=favouriteColour").expect(200).holds(&json!({ "displayName": "Ana" }));
}

#[test]
fn lists_and_patches_are_projected_too() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({ "displayName": "Ana", "title": "Guide" }));
    let list = scim.get("/Users?attributes=title").filter(&format!("id eq \"{id}\"")).send();
    list.expect(200)
        .holds(&json!({ "Resources": [{ "id": id, "title": "Guide", "displayName": "<absent>" }] }));
    let operations = json!([{ "op": "replace", "path": "displayName", "value": "A" }]);
    let patched = scim.patch(&format!("/Users/{id}?attributes=displayName"), &operations).send();
    patched.expect(200).holds(&json!({ "id": id, "displayName": "A", "title": "<absent>" }));
    let patched = scim.patch(&format!("/Users/{id}?excludedAttributes=title"), &operations).send();
    patched.expect(200).holds(&json!({ "displayName": "A", "title": "<absent>", "userName": "<any>" }));
}
