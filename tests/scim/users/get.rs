//! GET /Users/{id} (RFC 7644 §3.4.1).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};
use tests::people::member_values;
use tests::runtime::within;

#[test]
fn an_inactive_user_is_answered_like_any_other() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({ "active": false }));
    scim.get(&format!("/Users/{id}")).send().expect(200).holds(&json!({ "id": id, "active": false }));
}

#[test]
fn the_location_that_a_resource_names_answers_that_resource() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    let answer = scim.get(&format!("/Users/{id}")).send();
    let location = answer.json()["meta"]["location"].as_str().unwrap().to_owned();
    assert_eq!(answer.json(), scim.get(&location).send().expect(200).json());
}

#[test]
fn an_unknown_id_is_404() {
    Endpoint::shared().get(&format!("/Users/{}", guid())).send().error(404, "");
}

#[test]
fn ids_that_could_be_taken_for_something_else_are_404() {
    let scim = Endpoint::shared();
    let group = scim.create_group(&unique(), &[]);
    let odd = [
        group,
        "%23".into(),
        "a%23b".into(),
        "%00".into(),
        "a%2Fb".into(),
        "..%2F..%2FGroups".into(),
        "%F0%9F%98%80".into(),
        "%20".into(),
        "null".into(),
        "directory".into(),
        "*".into(),
        "x".repeat(1024),
        "y".repeat(5000),
    ];
    for id in odd {
        scim.get(&format!("/Users/{id}")).send().error(404, "");
    }
}

#[test]
fn letter_case_of_an_id_counts() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    if id.to_uppercase() != id {
        scim.get(&format!("/Users/{}", id.to_uppercase())).send().error(404, "");
    }
}

#[test]
fn groups_are_answered_with_name_and_reference_unless_excluded() {
    let scim = Endpoint::shared();
    let (id, name) = (scim.create_user(&unique(), &json!({})), unique());
    let group = scim.create_group(&name, std::slice::from_ref(&id));
    let excluded = scim.get(&format!("/Users/{id}?excludedAttributes=groups")).send();
    excluded.expect(200).holds(&json!({ "groups": "<absent>" }));
    let expected = json!({ "groups": [{ "value": group, "display": name, "$ref": format!("{}/Groups/{group}", scim.base()) }] });
    eventually(|| {
        let answer = scim.get(&format!("/Users/{id}")).send();
        answer.expect(200).json()["groups"].is_array().then(|| answer.holds(&expected)).is_some()
    });
}

#[test]
fn groups_follow_the_memberships() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    let (stays, leaves, goes) = (unique(), unique(), unique());
    scim.create_group(&stays, std::slice::from_ref(&id));
    let left = scim.create_group(&leaves, std::slice::from_ref(&id));
    let gone = scim.create_group(&goes, std::slice::from_ref(&id));
    scim.patch_group(&left, &json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }]));
    scim.delete(&format!("/Groups/{gone}")).send().expect(204);
    eventually(|| {
        let user = scim.get(&format!("/Users/{id}?attributes=groups")).send().expect(200).json();
        let groups = user["groups"].as_array().cloned().unwrap_or_default();
        groups.len() == 1 && groups[0]["display"] == json!(stays)
    });
}

#[test]
fn a_user_in_many_groups_has_all_of_them() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    let mut groups: Vec<_> =
        (0..120).map(|_| scim.create_group(&unique(), std::slice::from_ref(&id))).collect();
    // These have lists that they do not use any more.
    let others: Vec<_> = (0..9).map(|n| format!("m{n}")).collect();
    for group in &groups[..60] {
        let members = member_values(&[std::slice::from_ref(&id), &others].concat());
        scim.patch_group(group, &json!([{ "op": "replace", "path": "members", "value": members }]));
    }
    let left = groups.split_off(115);
    for group in left {
        scim.delete(&format!("/Groups/{group}")).send().expect(204);
    }
    eventually(|| {
        let user = scim.get(&format!("/Users/{id}?attributes=groups")).send().expect(200).json();
        let found =
            user["groups"].as_array().into_iter().flatten().map(|group| group["value"].as_str().unwrap());
        found.collect::<Vec<_>>() == groups
    });
    let found = scim.get("/Groups?count=200&attributes=id").filter(&format!("members eq \"{id}\"")).send();
    assert_eq!(found.expect(200).ids(), groups);
}

/// A user's `groups` may be late by the lag of an index.
#[track_caller]
fn eventually(is_so: impl FnMut() -> bool) {
    assert!(within(20, is_so), "not within twenty seconds");
}
