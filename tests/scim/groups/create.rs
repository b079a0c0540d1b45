//! POST /Groups (RFC 7644 §3.3).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};
use tests::people::{GROUP, group};

#[test]
fn answers_201_with_location_version_and_members() {
    let (scim, name) = (Endpoint::shared(), unique());
    let id = scim.create_user(&unique(), &json!({}));
    let body = group(
        &name,
        &json!({ "externalId": "g-7", "members": [{ "value": id, "display": "Ana", "type": "User" }] }),
    );
    let answer = scim.post("/Groups", &body).send();
    answer.expect(201).holds(&json!({
        "schemas": [GROUP], "id": "<string>", "displayName": name, "externalId": "g-7",
        "members": [{ "value": id, "display": "Ana", "$ref": format!("{}/Users/{id}", scim.base()) }],
        "meta": {
            "resourceType": "Group", "created": "<datetime>", "lastModified": "<datetime>",
            "location": format!("{}/Groups/{}", scim.base(), answer.id()), "version": answer.etag(),
        },
    }));
    assert_eq!(answer.header("location"), answer.json()["meta"]["location"].as_str());
    assert_eq!(answer.json(), scim.get(&format!("/Groups/{}", answer.id())).send().json());
}

#[test]
fn a_group_may_have_no_members() {
    let scim = Endpoint::shared();
    for more in [json!({}), json!({ "members": [] }), json!({ "members": null })] {
        scim.post("/Groups", &group(&unique(), &more))
            .send()
            .expect(201)
            .holds(&json!({ "members": "<absent>" }));
    }
}

#[test]
fn a_taken_name_is_409_in_any_letter_case() {
    let (scim, suffix) = (Endpoint::shared(), unique());
    let id = scim.create_group(&format!("Team {suffix}"), &[]);
    for name in [format!("Team {suffix}"), format!("tEAM {}", suffix.to_uppercase())] {
        scim.post("/Groups", &group(&name, &json!({}))).send().error(409, "uniqueness");
    }
    assert_eq!(scim.groups_where(&format!("displayName eq \"team {suffix}\"")), [id]);
}

#[test]
fn the_name_of_a_refused_group_stays_free_and_its_members_are_nowhere() {
    let (scim, name) = (Endpoint::shared(), unique());
    let user = scim.create_user(&unique(), &json!({}));
    scim.create_group(&name, &[]);
    let body = group(&name, &json!({ "members": [{ "value": user }] }));
    scim.post("/Groups", &body).send().error(409, "uniqueness");
    assert!(scim.groups_where(&format!("members eq \"{user}\"")).is_empty());
}

#[test]
fn a_member_named_twice_is_one_member() {
    let scim = Endpoint::shared();
    let user = scim.create_user(&unique(), &json!({}));
    let id = scim.create_group(&unique(), &[user.clone(), user.clone()]);
    assert_eq!(scim.get(&format!("/Groups/{id}")).send().members(), [user]);
}

#[test]
fn members_are_accepted_as_sent() {
    let (scim, stranger) = (Endpoint::shared(), guid());
    let odd = [stranger, "a#b/c".to_owned(), "x".repeat(512)];
    let id = scim.create_group(&unique(), &odd);
    let mut expected = odd.to_vec();
    expected.sort();
    assert_eq!(scim.get(&format!("/Groups/{id}")).send().members(), expected);
    let nested = scim.create_group(&unique(), std::slice::from_ref(&id));
    assert_eq!(scim.get(&format!("/Groups/{nested}")).send().members(), [id]);
}

#[test]
fn what_entra_adds_is_no_reason_to_refuse() {
    let scim = Endpoint::shared();
    let mut body = group(&unique(), &json!({ "members": [], "meta": { "resourceType": "Group" } }));
    body["schemas"] =
        json!([GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]);
    scim.post("/Groups", &body).send().expect(201).holds(&json!({ "schemas": [GROUP] }));
}

#[test]
fn a_name_is_required() {
    let scim = Endpoint::shared();
    for body in [
        json!({ "schemas": [GROUP] }),
        json!({ "schemas": [GROUP], "displayName": "" }),
        json!({ "schemas": [GROUP], "displayName": null }),
    ] {
        scim.post("/Groups", &body).send().error(400, "invalidValue");
    }
}

#[test]
fn members_of_the_wrong_kind_are_refused_and_nothing_is_stored() {
    let scim = Endpoint::shared();
    for members in
        [json!([{ "display": "unknown" }]), json!([{ "value": { "a": 1 } }]), json!([[]]), json!(7)]
    {
        let name = unique();
        let answer = scim.post("/Groups", &group(&name, &json!({ "members": members }))).send();
        answer.error(400, "invalidValue");
        assert!(scim.groups_where(&format!("displayName eq \"{name}\"")).is_empty(), "{answer}\nwas stored");
    }
}

#[test]
fn an_id_too_long_for_a_member_is_refused_and_said_so() {
    let scim = Endpoint::shared();
    let body = group(&unique(), &json!({ "members": [{ "value": "x".repeat(513) }] }));
    let answer = scim.post("/Groups", &body).send();
    answer.error(400, "invalidValue");
    assert!(answer.json()["detail"].as_str().unwrap().contains("512"), "{answer}");
}

#[test]
fn a_list_of_more_members_than_a_patch_may_name_is_created_whole() {
    let scim = Endpoint::shared();
    let ids: Vec<_> = (0..5_100).map(|number| format!("m{number:05}")).collect();
    let id = scim.create_group(&unique(), &ids);
    assert_eq!(scim.get(&format!("/Groups/{id}")).send().members(), ids);
}
