//! GET /Groups/{id} and its projections.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};

#[test]
fn members_are_left_out_when_excluded_or_not_asked_for() {
    let scim = Endpoint::shared();
    let name = unique();
    let id = scim.create_group(&name, &["u1".to_owned()]);
    for query in
        ["excludedAttributes=members", "attributes=displayName", "excludedAttributes=MEMBERS,externalId"]
    {
        let answer = scim.get(&format!("/Groups/{id}?{query}")).send();
        answer.expect(200).holds(&json!({ "id": id, "displayName": name, "members": "<absent>" }));
    }
    let answer = scim.get(&format!("/Groups/{id}?attributes=members")).send();
    answer.expect(200).holds(&json!({ "members": [{ "value": "u1" }], "displayName": "<absent>" }));
    let answer = scim.get(&format!("/Groups/{id}?attributes=members.value")).send();
    assert_eq!(answer.expect(200).json()["members"], json!([{ "value": "u1" }]));
}

#[test]
fn a_large_group_is_answered_whole() {
    let scim = Endpoint::shared();
    let ids: Vec<_> = (0..1_234).map(|n| format!("member-{n:04}")).collect();
    let id = scim.create_group(&unique(), &ids);
    assert_eq!(scim.get(&format!("/Groups/{id}")).send().members(), ids);
}

#[test]
fn an_unknown_group_and_a_user_are_404() {
    let scim = Endpoint::shared();
    let user = scim.create_user(&unique(), &json!({}));
    for id in [guid(), user, "%23".to_owned(), "x".repeat(2000)] {
        scim.get(&format!("/Groups/{id}")).send().error(404, "");
    }
}
