//! Refused PATCH requests: they are refused as a whole, with the right `scimType`, and change
//! nothing.

use serde_json::{Value, json};
use tests::answer::Answer;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};
use tests::people::{ENTERPRISE, PATCH_OP};

/// Sends a body to a new user and checks that the user has not changed.
#[track_caller]
fn refused(body: &Value) -> Answer {
    let scim = Endpoint::shared();
    let id = scim.create_user(
        &unique(),
        &json!({
            "title": "Guide", "active": true, "emails": [{ "type": "work", "value": "a@ex.io" }],
        }),
    );
    let path = format!("/Users/{id}");
    let before = scim.get(&path).send().json();
    let answer = tests::call::Call::new(scim, "PATCH", &path).json(body).send();
    assert_eq!(before, scim.get(&path).send().json(), "{answer}\nchanged although refused");
    answer
}

/// One operation that would change something, then one that is refused.
#[track_caller]
fn operation(operation: &Value) -> Answer {
    refused(
        &json!({ "schemas": [PATCH_OP], "Operations": [{ "op": "replace", "path": "title", "value": "Chief" }, operation] }),
    )
}

#[test]
fn a_body_that_is_no_patch_is_invalid_syntax() {
    for body in [
        json!({}),
        json!([]),
        json!("x"),
        json!(null),
        json!(7),
        json!({ "schemas": [PATCH_OP] }),
        json!({ "schemas": [PATCH_OP], "Operations": {} }),
        json!({ "schemas": [PATCH_OP], "Operations": "x" }),
        json!({ "schemas": [PATCH_OP], "Operations": null }),
        json!({ "schemas": [PATCH_OP], "Operations": [7] }),
        json!({ "schemas": [PATCH_OP], "Operations": [null] }),
        json!({ "schemas": [PATCH_OP], "Operations": [] }),
    ] {
        refused(&body).error(400, "invalidSyntax");
    }
}

#[test]
fn an_invalid_operation_is_refused() {
    for one in [
        json!({}),
        json!({ "op": "move", "path": "title" }),
        json!({ "op": 7, "path": "title" }),
        json!({ "op": null }),
        json!({ "path": "title", "value": "x" }),
    ] {
        operation(&one).refused(&["invalidSyntax", "invalidValue"]);
    }
    operation(&json!({ "op": "add", "path": "title" })).refused(&["invalidSyntax", "invalidValue"]);
    operation(&json!({ "op": "add", "value": "no attributes" })).refused(&["invalidSyntax", "invalidValue"]);
    operation(&json!({ "op": "replace", "path": 7, "value": "x" }))
        .refused(&["invalidSyntax", "invalidPath"]);
}

#[test]
fn a_path_that_names_nothing_is_invalid_path() {
    for path in [
        "favouriteColour",
        "name.first",
        "emails.colour",
        "urn:ex:2.0:User:badge",
        "emails[type eq \"work\"].colour",
        &format!("{ENTERPRISE}:colour"),
        "title.first",
        "..",
        "a b",
        "emails.",
        ".title",
        "emails[type eq \"work\"]x",
        "title[value eq \"x\"]",
    ] {
        operation(&json!({ "op": "replace", "path": path, "value": "x" })).error(400, "invalidPath");
    }
}

#[test]
fn a_path_that_does_not_parse_is_refused() {
    for path in [
        "emails[type eq \"work\"",
        "emails[]",
        "emails[type]",
        "emails[type eq]",
        "emails[type eq \"work\"]]",
        "emails[type zz \"work\"].value",
    ] {
        operation(&json!({ "op": "replace", "path": path, "value": "x" }))
            .refused(&["invalidPath", "invalidFilter"]);
    }
    operation(&json!({ "op": "replace", "path": "emails[colour eq \"x\"].value", "value": "x" }))
        .refused(&["invalidPath", "invalidFilter"]);
    operation(&json!({ "op": "replace", "path": "emails[primary gt true].value", "value": "x" }))
        .refused(&["invalidPath", "invalidFilter"]);
}

#[test]
fn a_removal_needs_a_path() {
    operation(&json!({ "op": "remove" })).error(400, "noTarget");
    operation(&json!({ "op": "remove", "value": { "title": "Guide" } })).error(400, "noTarget");
}

#[test]
fn a_selection_without_a_match_is_no_target() {
    operation(&json!({ "op": "replace", "path": "emails[value co \"unknown\"].value", "value": "x" }))
        .error(400, "noTarget");
    operation(&json!({ "op": "replace", "path": "emails[type eq \"work\" and value sw \"zzz\"]", "value": { "value": "x" } })).error(400, "noTarget");
}

#[test]
fn what_is_read_only_is_mutability() {
    for path in ["id", "meta.created", "meta", "groups", "meta.version", "groups[value eq \"x\"]"] {
        operation(&json!({ "op": "replace", "path": path, "value": "x" })).error(400, "mutability");
    }
    operation(&json!({ "op": "remove", "path": "groups" })).error(400, "mutability");
    operation(&json!({ "op": "remove", "path": "id" })).error(400, "mutability");
}

#[test]
fn what_is_required_cannot_be_removed() {
    operation(&json!({ "op": "remove", "path": "userName" })).error(400, "mutability");
    for value in [json!(""), json!(null)] {
        operation(&json!({ "op": "replace", "path": "userName", "value": value }))
            .refused(&["mutability", "invalidValue"]);
    }
}

#[test]
fn a_value_of_the_wrong_type_is_invalid_value() {
    for (path, value) in [
        ("active", json!("perhaps")),
        ("active", json!({})),
        ("active", json!([true, false])),
        ("title", json!({ "a": 1 })),
        ("title", json!(["a", "b"])),
        ("name", json!("Ana")),
        ("name.givenName", json!({ "a": 1 })),
        ("emails[type eq \"work\"].value", json!({ "a": 1 })),
        ("emails[type eq \"work\"].primary", json!("perhaps")),
        ("name", json!(["x", "y"])),
    ] {
        operation(&json!({ "op": "replace", "path": path, "value": value })).error(400, "invalidValue");
    }
    operation(&json!({ "op": "replace", "value": { "title": "Other", "active": "perhaps" } }))
        .error(400, "invalidValue");
}

#[test]
fn a_taken_name_is_409_and_nothing_of_the_request_happens() {
    let (scim, taken) = (Endpoint::shared(), unique());
    scim.create_user(&taken, &json!({}));
    operation(&json!({ "op": "replace", "path": "userName", "value": taken.to_uppercase() }))
        .error(409, "uniqueness");
}

#[test]
fn a_thousand_operations_pass_and_one_more_does_not() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    let operations: Vec<_> =
        (0..1001).map(|n| json!({ "op": "replace", "path": "title", "value": format!("t{n}") })).collect();
    let answer = scim.patch(&path, &json!(operations[..1000])).send();
    answer.expect(200).holds(&json!({ "title": "t999" }));
    scim.patch(&path, &json!(operations)).send().expect(400);
    scim.get(&path).send().holds(&json!({ "title": "t999" }));
}

#[test]
fn an_unknown_user_is_404_whatever_is_sent() {
    let path = format!("/Users/{}", guid());
    Endpoint::shared()
        .patch(&path, &json!([{ "op": "replace", "path": "title", "value": "x" }]))
        .send()
        .error(404, "");
}

#[test]
fn a_resource_has_a_size_limit() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({ "title": "Guide" })));
    let value = "x".repeat(400 * 1024);
    scim.patch(&path, &json!([{ "op": "replace", "path": "title", "value": value }])).send().error(413, "");
    scim.post("/Users", &tests::people::user(&unique(), &json!({ "title": value }))).send().error(413, "");
    scim.get(&path).send().holds(&json!({ "title": "Guide" }));
    scim.patch(&path, &json!([{ "op": "replace", "path": "title", "value": "x".repeat(340 * 1024) }]))
        .send()
        .expect(200);
}

#[test]
fn indexed_values_have_a_limit_that_says_so() {
    let scim = Endpoint::shared();
    let emails = |count: usize| {
        (0..count)
            .map(|n| json!({ "value": format!("{n}-{}@ex.io", unique()), "type": format!("t{n}") }))
            .collect::<Value>()
    };
    let id = scim.create_user(&unique(), &json!({ "emails": emails(40) }));
    let path = format!("/Users/{id}");
    let answer =
        scim.patch(&path, &json!([{ "op": "replace", "path": "emails", "value": emails(60) }])).send();
    answer.error(400, "invalidValue");
    scim.post("/Users", &tests::people::user(&unique(), &json!({ "emails": emails(60) })))
        .send()
        .error(400, "invalidValue");
    scim.patch(&path, &json!([{ "op": "replace", "path": "emails", "value": emails(40) }]))
        .send()
        .expect(200);
}
