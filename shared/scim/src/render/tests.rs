#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use serde_json::{Value, json};

use super::reference::url;
use super::{Facts, render};
use crate::model::resource_type::ResourceType;
use crate::model::schema::{ENTERPRISE_USER, USER};

const BASE: &str = "https://example.com/prod/scim/v2";

fn rendered(kind: &ResourceType, doc: Value) -> Value {
    let facts = Facts {
        id: "a1",
        created: "2026-01-02T03:04:05Z",
        last_modified: "2026-01-03T03:04:05Z",
        version: "W/\"3\"",
    };
    let Value::Object(doc) = doc else { return Value::Null };
    Value::Object(render(kind, &facts, doc, BASE))
}

#[test]
fn schemas_id_and_external_id_first_and_meta_last() {
    let user =
        rendered(&ResourceType::user(), json!({ "userName": "ana", "externalId": "x", "title": "Dr" }));
    let keys: Vec<_> = user.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["schemas", "id", "externalId", "userName", "title", "meta"]);
    assert_eq!(user["schemas"], json!([USER]));
    assert_eq!(
        user["meta"],
        json!({
            "resourceType": "User",
            "created": "2026-01-02T03:04:05Z",
            "lastModified": "2026-01-03T03:04:05Z",
            "location": "https://example.com/prod/scim/v2/Users/a1",
            "version": "W/\"3\"",
        })
    );
}

#[test]
fn a_manager_gets_our_reference_whatever_was_sent() {
    let user = rendered(
        &ResourceType::user(),
        json!({ "userName": "ana", ENTERPRISE_USER: { "manager": { "value": "0190b1a2-0000-7000-8000-000000000002", "$ref": "https://other/x" } } }),
    );
    assert_eq!(user["schemas"], json!([USER, ENTERPRISE_USER]));
    assert_eq!(
        user[ENTERPRISE_USER]["manager"],
        json!({ "value": "0190b1a2-0000-7000-8000-000000000002", "$ref": "https://example.com/prod/scim/v2/Users/0190b1a2-0000-7000-8000-000000000002" })
    );
}

#[test]
fn members_point_to_users_or_groups() {
    let group = rendered(
        &ResourceType::group(),
        json!({ "displayName": "G", "members": [
            { "value": "0190b1a2-0000-7000-8000-000000000001", "type": "user" }, { "value": "0190b1a2-0000-7000-8000-000000000002", "type": "group" }, { "value": "0190b1a2-0000-7000-8000-000000000003" },
            { "value": "boss", "type": "User" },
        ] }),
    );
    let at = |n: usize| group["members"][n]["$ref"].clone();
    assert_eq!(at(0), json!("https://example.com/prod/scim/v2/Users/0190b1a2-0000-7000-8000-000000000001"));
    assert_eq!(at(1), json!("https://example.com/prod/scim/v2/Groups/0190b1a2-0000-7000-8000-000000000002"));
    assert_eq!(at(2), Value::Null, "a user or a group");
    assert_eq!(at(3), Value::Null, "no resource has this id");
}

#[test]
fn groups_of_a_user_point_to_groups() {
    let user = rendered(
        &ResourceType::user(),
        json!({ "userName": "ana", "groups": [{ "value": "0190b1a2-0000-7000-8000-000000000004", "type": "direct" }] }),
    );
    assert_eq!(
        user["groups"][0]["$ref"],
        json!("https://example.com/prod/scim/v2/Groups/0190b1a2-0000-7000-8000-000000000004")
    );
}

#[test]
fn endpoints_of_references_are_those_of_the_resource_types() {
    for kind in [ResourceType::user(), ResourceType::group()] {
        let group = rendered(
            &ResourceType::group(),
            json!({ "displayName": "G", "members": [{ "value": "0190b1a2-0000-7000-8000-000000000005", "type": kind.name }] }),
        );
        assert_eq!(
            group["members"][0]["$ref"],
            json!(url(BASE, &kind.endpoint, "0190b1a2-0000-7000-8000-000000000005"))
        );
    }
}

#[test]
fn any_member_id_makes_a_valid_url() {
    assert_eq!(url(BASE, "/Users", "a/b ?#é%"), format!("{BASE}/Users/a%2Fb%20%3F%23%C3%A9%25"));
}
