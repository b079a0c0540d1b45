//! A POST for a user who exists but is inactive.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::people::{member_values, user};

#[test]
fn okta_brings_a_user_back_under_the_same_id_and_in_the_same_groups() {
    let Some(okta) = Endpoint::empty_directory_of("okta") else { return };
    let id = okta.create_user("ana@ex.io", &json!({ "externalId": "00u1", "active": true, "title": "Dr" }));
    let group = okta.create_group("Team", std::slice::from_ref(&id));
    let off = json!([{ "op": "replace", "value": { "active": false } }]);
    okta.patch(&format!("/Users/{id}"), &off).send().expect(200);

    let again = user("ANA@ex.io", &json!({ "externalId": "00u1", "displayName": "Ana" }));
    let answer = okta.post("/Users", &again).send();
    answer.expect(201).holds(&json!({ "id": id, "active": true, "displayName": "Ana", "title": "<absent>" }));
    assert!(answer.header("location").unwrap().ends_with(&format!("/Users/{id}")));
    assert_eq!(okta.get(&format!("/Groups/{group}")).send().members(), std::slice::from_ref(&id));
    // The user is active again, so the name is taken.
    okta.post("/Users", &again).send().error(409, "uniqueness");
}

#[test]
fn okta_finds_the_user_by_external_id_though_the_name_is_another() {
    let Some(okta) = Endpoint::empty_directory_of("okta") else { return };
    let id = okta.create_user("ana@ex.io", &json!({ "externalId": "00u2", "active": false }));
    let again = user("ana.bell@ex.io", &json!({ "externalId": "00u2", "active": true }));
    okta.post("/Users", &again).send().expect(201).holds(&json!({ "id": id, "userName": "ana.bell@ex.io" }));
    assert_eq!(okta.users_where("externalId eq \"00u2\""), [id]);
    assert!(okta.users_where("userName eq \"ana@ex.io\"").is_empty());
}

#[test]
fn an_external_id_of_several_users_restores_no_user() {
    let Some(okta) = Endpoint::empty_directory_of("okta") else { return };
    for name in ["b@ex.io", "c@ex.io"] {
        okta.create_user(name, &json!({ "externalId": "E1", "active": true }));
    }
    let inactive = okta.create_user("a@ex.io", &json!({ "externalId": "E1", "active": false }));
    let new = okta.post("/Users", &user("new@ex.io", &json!({ "externalId": "E1" }))).send();
    assert_ne!(new.expect(201).json()["id"], json!(inactive));
    let kept = okta.get(&format!("/Users/{inactive}")).send();
    kept.expect(200).holds(&json!({ "userName": "a@ex.io", "active": false }));
}

#[test]
fn other_profiles_answer_409() {
    for name in ["standard", "entra-gallery", "kintone"] {
        let Some(scim) = Endpoint::empty_directory_of(name) else { return };
        scim.create_user("ana@ex.io", &json!({ "active": false }));
        scim.post("/Users", &user("ana@ex.io", &json!({}))).send().error(409, "uniqueness");
    }
}

#[test]
fn members_must_exist_where_the_profile_demands_it() {
    let Some(acme) = Endpoint::empty_directory_of("acme") else { return };
    let id = acme.create_user("ana", &json!({}));
    let ghost = "0190b1a2-0000-7000-8000-000000000000";
    let body = json!({ "displayName": "Team", "members": member_values(&[&*id, ghost]) });
    let answer = acme.post("/Groups", &body).send();
    answer.error(400, "invalidValue");
    assert!(answer.json()["detail"].as_str().unwrap().contains(ghost), "{answer}");
    let group = acme.create_group("Team", &[]);
    // In this profile two groups may have the same name.
    acme.create_group("Team", std::slice::from_ref(&id));
    for value in [json!([{ "value": id }, { "value": ghost }]), json!([{ "value": "not an id" }])] {
        for op in ["add", "replace"] {
            let change = json!([{ "op": op, "path": "members", "value": value }]);
            acme.patch(&format!("/Groups/{group}"), &change).send().error(400, "invalidValue");
        }
    }
    assert!(acme.get(&format!("/Groups/{group}")).send().members().is_empty(), "nothing was written");
    let remove = json!([{ "op": "remove", "path": format!("members[value eq \"{ghost}\"]") }]);
    acme.patch(&format!("/Groups/{group}"), &remove).send().expect(200);
    let nested = json!([{ "op": "add", "path": "members", "value": member_values(&[&id, &group]) }]);
    assert_eq!(acme.patch_group(&group, &nested).len(), 2);
}
