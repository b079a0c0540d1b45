//! PUT /Groups/{id} (RFC 7644 §3.5.1).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};
use tests::people::{group, member_values};

#[test]
fn members_become_exactly_what_is_sent() {
    let scim = Endpoint::shared();
    let path = format!("/Groups/{}", scim.create_group(&unique(), &["a".to_owned(), "b".to_owned()]));
    let name = unique();
    let put =
        |members: serde_json::Value| scim.put(&path, &group(&name, &json!({ "members": members }))).send();
    put(json!([{ "value": "b" }, { "value": "c" }])).expect(200).holds(&json!({ "displayName": name }));
    assert_eq!(scim.get(&path).send().members(), ["b", "c"]);
    let mut same = scim.get(&path).send().json();
    same["externalId"] = json!("e");
    scim.put(&path, &same).send().expect(200).holds(&json!({ "externalId": "e" }));
    assert_eq!(scim.get(&path).send().members(), ["b", "c"]);
    let many: Vec<_> = (0..211).map(|n| format!("m{n:03}")).collect();
    let answer = put(member_values(&many));
    assert!(matches!(answer.status, 200 | 204), "{answer}");
    assert_eq!(scim.get(&path).send().members(), many);
    put(json!([])).expect(200);
    assert!(scim.get(&path).send().members().is_empty());
}

#[test]
fn members_that_are_absent_are_cleared() {
    let (scim, name) = (Endpoint::shared(), unique());
    let path = format!("/Groups/{}", scim.create_group(&name, &["a".to_owned()]));
    scim.put(&path, &group(&name, &json!({}))).send().expect(200);
    assert!(scim.get(&path).send().members().is_empty());
}

#[test]
fn an_unknown_group_is_404_and_not_created() {
    let (scim, name) = (Endpoint::shared(), unique());
    scim.put(&format!("/Groups/{}", guid()), &group(&name, &json!({}))).send().error(404, "");
    assert!(scim.groups_where(&format!("displayName eq \"{name}\"")).is_empty());
}

#[test]
fn a_taken_name_is_409_and_members_stay() {
    let (scim, taken) = (Endpoint::shared(), unique());
    scim.create_group(&taken, &[]);
    let path = format!("/Groups/{}", scim.create_group(&unique(), &["a".to_owned()]));
    scim.put(&path, &group(&taken, &json!({ "members": [{ "value": "z" }] })))
        .send()
        .error(409, "uniqueness");
    assert_eq!(scim.get(&path).send().members(), ["a"]);
}
