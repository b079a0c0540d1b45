//! PATCH /Users/{id} (RFC 7644 §3.5.2) over HTTP. The flavours, dialects and RFC examples are files
//! of the corpus; these tests need more than one file: order, atomicity, dates.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{ENTERPRISE, PATCH_OP};

#[test]
fn operations_are_applied_in_their_order() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    let user = scim.patch_user(
        &id,
        &json!([
            { "op": "add", "path": "title", "value": "a" },
            { "op": "remove", "path": "title" },
            { "op": "replace", "path": "title", "value": "b" },
            { "op": "add", "path": "title", "value": "c" },
            { "op": "add", "path": "emails[type eq \"work\"].value", "value": "w@ex.io" },
            { "op": "add", "path": "emails[type eq \"work\"].display", "value": "W" },
            { "op": "add", "path": "emails[type eq \"work\"].primary", "value": "True" },
        ]),
    );
    assert_eq!(user["title"], json!("c"));
    assert_eq!(user["emails"].as_array().unwrap().len(), 1, "{user}");
    assert_eq!(user["emails"][0]["primary"], json!(true));
    assert_eq!(user["emails"][0]["display"], json!("W"));
}

#[test]
fn the_members_of_the_envelope_may_come_in_any_order_and_case() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    for (n, body) in [
        json!({ "Operations": [{ "value": "0", "path": "title", "op": "replace" }], "schemas": [PATCH_OP] }),
        json!({ "operations": [{ "OP": "REPLACE", "Path": "TITLE", "Value": "1" }], "Schemas": [PATCH_OP] }),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = tests::call::Call::new(scim, "PATCH", &path).json(&body).send();
        answer.expect(200).holds(&json!({ "title": n.to_string() }));
    }
}

#[test]
fn a_primary_that_is_set_takes_it_from_the_others() {
    let scim = Endpoint::shared();
    let id = scim.create_user(
        &unique(),
        &json!({ "emails": [
        { "type": "work", "value": "w@ex.io", "primary": true }, { "type": "home", "value": "h@ex.io" },
    ] }),
    );
    let user = scim.patch_user(
        &id,
        &json!([{ "op": "replace", "path": "emails[type eq \"home\"].primary", "value": true }]),
    );
    let primaries: Vec<_> =
        user["emails"].as_array().unwrap().iter().filter(|one| one["primary"] == json!(true)).collect();
    assert_eq!(primaries.len(), 1, "{user}");
    assert_eq!(primaries[0]["type"], json!("home"));
}

#[test]
fn an_add_of_what_is_there_changes_nothing() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({
        "title": "Guide", "emails": [{ "type": "work", "value": "w@ex.io" }], ENTERPRISE: { "manager": { "value": "7" } },
    })));
    let before = scim.get(&path).send();
    for operation in [
        json!({ "op": "add", "path": "title", "value": "Guide" }),
        json!({ "op": "Add", "path": "emails", "value": [{ "type": "work", "value": "w@ex.io" }] }),
        json!({ "op": "add", "path": "emails[type eq \"work\"].value", "value": "w@ex.io" }),
        json!({ "op": "add", "value": { "title": "Guide", format!("{ENTERPRISE}:manager"): "7" } }),
        json!({ "op": "replace", "path": format!("{ENTERPRISE}:manager"), "value": "7" }),
        json!({ "op": "remove", "path": "nickName" }),
        json!({ "op": "replace", "path": "nickName", "value": "" }),
        json!({ "op": "remove", "path": "emails[type eq \"other\"]" }),
    ] {
        let after = scim.patch(&path, &json!([operation])).send();
        after.expect(200);
        assert_eq!(after.json(), before.json(), "{after}\nversion and lastModified stay");
    }
}

#[test]
fn the_same_patch_twice_ends_where_it_ended_once() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({ "emails": [{ "type": "work", "value": "w@ex.io" }] }));
    let operations = json!([
        { "op": "Replace", "path": "active", "value": "False" },
        { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+41" },
        { "op": "add", "path": "roles", "value": [{ "value": "{\"id\":\"1\",\"value\":\"Admin\",\"displayName\":\"Admin\"}" }] },
        { "op": "remove", "path": "emails[type eq \"work\"]" },
    ]);
    assert_eq!(scim.patch_user(&id, &operations), scim.patch_user(&id, &operations));
}

#[test]
fn read_only_keys_inside_a_pathless_value_are_ignored() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    let user = scim.patch_user(&id, &json!([{ "op": "replace", "value": {
        "id": "other", "meta": { "version": "W/\"99\"" }, "schemas": ["urn:ex"], "groups": [{ "value": "g" }], "title": "Guide",
    } }]));
    assert_eq!((user["id"].as_str(), user["title"].as_str()), (Some(id.as_str()), Some("Guide")));
}

#[test]
fn schemas_follow_the_extension() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    let department = format!("{ENTERPRISE}:department");
    let user = scim.patch_user(&id, &json!([{ "op": "Add", "path": department, "value": "Retail" }]));
    assert!(user["schemas"].as_array().unwrap().contains(&json!(ENTERPRISE)), "{user}");
    let user = scim.patch_user(&id, &json!([{ "op": "remove", "path": department }]));
    assert!(!user["schemas"].as_array().unwrap().contains(&json!(ENTERPRISE)), "{user}");
    assert_eq!(user.get(ENTERPRISE), None);
}

#[test]
fn memberships_outlive_a_disable_and_a_restore() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({ "active": true }));
    let group = scim.create_group(&unique(), std::slice::from_ref(&id));
    for value in ["False", "True"] {
        let user = scim.patch_user(&id, &json!([{ "op": "Replace", "path": "active", "value": value }]));
        assert_eq!(user["active"], json!(value == "True"));
        assert_eq!(scim.get(&format!("/Groups/{group}")).send().members(), [id.as_str()]);
        assert_eq!(scim.users_where(&format!("id eq \"{id}\"")), [id.as_str()]);
    }
}
