//! Memberships: every way to add and remove members (RFC 7644 §3.5.2; the requests of Entra, Okta
//! and authentik).

use serde_json::{Value, json};
use tests::answer::Answer;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{group, member_values};

fn abc() -> (&'static Endpoint, String) {
    let scim = Endpoint::shared();
    (scim, scim.create_group(&unique(), &["a".to_owned(), "b".to_owned(), "c".to_owned()]))
}

#[track_caller]
fn after(operations: &Value) -> Vec<String> {
    let (scim, id) = abc();
    let members = scim.patch_group(&id, operations);
    assert_eq!(members, scim.patch_group(&id, operations), "the same request again changes nothing more");
    members
}

#[test]
fn adds_are_added_in_every_form() {
    for operation in [
        json!({ "op": "Add", "path": "members", "value": [{ "$ref": null, "value": "d" }] }),
        json!({ "op": "add", "path": "members", "value": [{ "value": "d", "display": "D" }] }),
        json!({ "op": "add", "path": "members", "value": { "value": "d" } }),
        json!({ "op": "add", "path": "members", "value": [{ "value": "d" }, { "value": "d" }, { "value": "a" }] }),
        json!({ "op": "add", "value": { "members": [{ "value": "d" }] } }),
        json!({ "op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:Group:members", "value": [{ "value": "d" }] }),
        json!({ "op": "ADD", "path": "Members", "value": [{ "Value": "d" }] }),
    ] {
        assert_eq!(after(&json!([operation])), ["a", "b", "c", "d"], "{operation}");
    }
}

#[test]
fn a_removal_with_a_value_removes_only_what_it_lists() {
    for operation in [
        json!({ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": "b" }] }),
        json!({ "op": "remove", "path": "members", "value": [{ "value": "b" }] }),
        json!({ "op": "remove", "path": "members", "value": { "value": "b" } }),
        json!({ "op": "remove", "path": "members[value eq \"b\"]" }),
        json!({ "op": "Remove", "path": "members[value eq \"b\"]", "value": [{ "value": "b" }] }),
        json!({ "op": "remove", "path": "members", "value": [{ "value": "b" }, { "value": "stranger" }] }),
        json!({ "op": "remove", "path": "members[value eq \"b\" or value eq \"stranger\"]" }),
    ] {
        assert_eq!(after(&json!([operation])), ["a", "c"], "{operation}");
    }
}

#[test]
fn a_removal_of_strangers_removes_no_member() {
    for operation in [
        json!({ "op": "Remove", "path": "members", "value": [{ "value": "stranger" }] }),
        json!({ "op": "remove", "path": "members[value eq \"stranger\"]" }),
        json!({ "op": "Remove", "path": "members", "value": [] }),
    ] {
        assert_eq!(after(&json!([operation])), ["a", "b", "c"], "{operation}");
    }
}

#[test]
fn a_removal_without_filter_and_value_removes_all() {
    let none: [&str; 0] = [];
    assert_eq!(after(&json!([{ "op": "remove", "path": "members" }])), none);
    assert_eq!(after(&json!([{ "op": "remove", "path": "members[value pr]" }])), none);
}

#[test]
fn a_replace_leaves_exactly_what_it_lists() {
    for operation in [
        json!({ "op": "replace", "path": "members", "value": [{ "value": "b" }, { "value": "x" }] }),
        json!({ "op": "replace", "value": { "members": [{ "value": "b" }, { "value": "x" }] } }),
        json!({ "op": "Replace", "path": "members", "value": [{ "value": "x" }, { "value": "b" }, { "value": "x" }] }),
    ] {
        assert_eq!(after(&json!([operation])), ["b", "x"], "{operation}");
    }
    for operation in [
        json!({ "op": "replace", "path": "members", "value": [] }),
        json!({ "op": "replace", "path": "members", "value": null }),
        json!({ "op": "replace", "value": { "members": [] } }),
    ] {
        assert!(after(&json!([operation])).is_empty(), "{operation}");
    }
}

#[test]
fn a_replace_without_members_leaves_them_alone() {
    let (scim, id) = abc();
    let rename = json!([{ "op": "replace", "value": { "id": id, "displayName": unique() } }]);
    assert_eq!(scim.patch_group(&id, &rename), ["a", "b", "c"]);
}

#[test]
fn operations_of_one_request_are_applied_in_order() {
    let add = |id: &str| json!({ "op": "add", "path": "members", "value": [{ "value": id }] });
    let remove = |id: &str| json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") });
    assert_eq!(after(&json!([remove("a"), add("x")])), ["b", "c", "x"]);
    assert_eq!(after(&json!([add("x"), remove("x")])), ["a", "b", "c"]);
    assert_eq!(after(&json!([remove("a"), add("a")])), ["a", "b", "c"]);
    assert_eq!(after(&json!([{ "op": "remove", "path": "members" }, add("x"), add("y")])), ["x", "y"]);
    assert_eq!(after(&json!([{ "op": "replace", "path": "members", "value": [] }, add("x")])), ["x"]);
    assert_eq!(
        after(&json!([add("x"), { "op": "replace", "path": "members", "value": [{ "value": "y" }] }])),
        ["y"]
    );
    assert_eq!(
        after(
            &json!([{ "op": "replace", "path": "members", "value": [{ "value": "y" }, { "value": "z" }] }, remove("y")])
        ),
        ["z"]
    );
}

#[test]
fn a_refused_request_changes_no_member() {
    let (scim, id) = abc();
    let path = format!("/Groups/{id}");
    let before = scim.get(&path).send();
    let taken = unique();
    scim.create_group(&taken, &[]);
    for (second, status) in [
        (json!({ "op": "replace", "path": "favouriteColour", "value": "blue" }), 400),
        (json!({ "op": "remove", "path": "displayName" }), 400),
        (json!({ "op": "replace", "path": "displayName", "value": taken }), 409),
        (json!({ "op": "add", "path": "members", "value": [{ "display": "unknown" }] }), 400),
    ] {
        let operations = json!([{ "op": "add", "path": "members", "value": [{ "value": "x" }] }, { "op": "remove", "path": "members[value eq \"a\"]" }, second]);
        scim.patch(&path, &operations).send().expect(status);
        let now = scim.get(&path).send();
        assert_eq!(now.json(), before.json(), "after {second}");
    }
}

#[test]
fn an_attribute_and_members_change_in_one_request() {
    let (scim, id) = abc();
    let name = unique();
    let members = scim.patch_group(
        &id,
        &json!([
            { "op": "replace", "path": "displayName", "value": name },
            { "op": "add", "path": "members", "value": [{ "value": "x" }] },
            { "op": "remove", "path": "members[value eq \"a\"]" },
        ]),
    );
    assert_eq!(members, ["b", "c", "x"]);
    assert_eq!(scim.groups_where(&format!("displayName eq \"{name}\"")), [id]);
}

#[test]
fn hundreds_of_members_come_and_go_in_one_request() {
    let (scim, id) = abc();
    let many: Vec<_> = (0..700).map(|n| format!("m{n:04}")).collect();
    let members =
        scim.patch_group(&id, &json!([{ "op": "add", "path": "members", "value": member_values(&many) }]));
    assert_eq!(members.len(), 703);
    let members = scim.patch_group(
        &id,
        &json!([{ "op": "remove", "path": "members", "value": member_values(&many[..650]) }]),
    );
    assert_eq!(members.len(), 53);
    let members = scim
        .patch_group(&id, &json!([{ "op": "replace", "path": "members", "value": member_values(&many) }]));
    assert_eq!(members, many);
    let members = scim.patch_group(&id, &json!([{ "op": "remove", "path": "members[value sw \"m00\"]" }]));
    assert_eq!(members, many[100..]);
}

#[test]
fn more_than_five_thousand_member_values_are_413() {
    let (scim, id) = abc();
    let many: Vec<_> = (0..5001).map(|n| format!("m{n}")).collect();
    for op in ["add", "replace", "remove"] {
        let operations = json!([{ "op": op, "path": "members", "value": member_values(&many) }]);
        scim.patch(&format!("/Groups/{id}"), &operations).send().error(413, "");
    }
    assert_eq!(scim.get(&format!("/Groups/{id}")).send().members(), ["a", "b", "c"]);
}

#[test]
fn a_list_that_cannot_be_written_in_time_is_413_and_nothing_is_written() {
    let (scim, id) = abc();
    let name = unique();
    let many: Vec<_> = (0..10_001).map(|n| format!("m{n}")).collect();
    let body = group(&name, &json!({ "members": member_values(&many) }));
    let refused = |answer: &Answer| {
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("10000 at most") && detail.contains("by PATCH"), "{detail}");
    };
    refused(scim.post("/Groups", &body).send().error(413, ""));
    refused(scim.put(&format!("/Groups/{id}"), &body).send().error(413, ""));
    let put = json!({ "method": "PUT", "path": format!("/Groups/{id}"), "data": body });
    assert_eq!(scim.bulk(&[put]).statuses(), [413]);
    assert!(scim.groups_where(&format!("displayName eq \"{name}\"")).is_empty());
    assert_eq!(scim.get(&format!("/Groups/{id}")).send().members(), ["a", "b", "c"]);
}
