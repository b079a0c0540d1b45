//! An attribute that a profile does not offer is ignored in a body, and named in an error
//! elsewhere.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::people::{ENTERPRISE, member_values, user};

#[test]
fn systems_with_users_only_have_no_groups_at_all() {
    for name in ["kintone", "chatwork"] {
        let Some(scim) = Endpoint::empty_directory_of(name) else { return };
        for call in [
            scim.get("/Groups"),
            scim.get("/Groups/0190b1a2-0000-7000-8000-000000000000"),
            scim.post("/Groups", &json!({ "displayName": "Team" })),
            scim.delete("/Groups/0190b1a2-0000-7000-8000-000000000000"),
            scim.delete("/Groups"),
        ] {
            let answer = call.send();
            answer.error(404, "");
            assert!(answer.json()["detail"].as_str().unwrap().contains("`/Users`"), "{answer}");
        }
    }
}

#[test]
fn nothing_is_silently_stored() {
    let Some(kintone) = Endpoint::empty_directory_of("kintone") else { return };
    let body = user(
        "ana",
        &json!({
            "title": "Dr", "name": { "givenName": "Ana", "middleName": "B" }, "groups": [{ "value": "x" }],
            "emails": [{ "type": "home", "value": "h@ex.io" }, { "type": "work", "value": "w@ex.io", "display": "W" }],
            "phoneNumbers": [{ "type": "work", "value": "1" }], ENTERPRISE: { "department": "R" }
        }),
    );
    let id = kintone.post("/Users", &body).send().expect(201).id();
    let more =
        json!([{ "op": "add", "value": { "nickName": "A", "emails[type eq \"other\"].value": "o@ex.io" } }]);
    kintone.patch(&format!("/Users/{id}"), &more).send().expect(204);
    let stored = kintone.get(&format!("/Users/{id}")).send().expect(200).json();
    assert_eq!(stored["emails"], json!([{ "type": "work", "value": "w@ex.io" }]));
    assert_eq!(stored["name"], json!({ "givenName": "Ana" }));
    for absent in ["title", "nickName", "phoneNumbers", "groups", ENTERPRISE] {
        assert!(stored.get(absent).is_none(), "{absent} in {stored}");
    }
    assert_eq!(stored["schemas"], json!([tests::people::USER]));
}

#[test]
fn what_is_not_offered_is_no_path_and_no_filter() {
    let Some(kintone) = Endpoint::empty_directory_of("kintone") else { return };
    let id = kintone.create_user("ana", &json!({}));
    for path in ["title", "emails[type eq \"home\"].value", &format!("{ENTERPRISE}:department")] {
        let operations = json!([{ "op": "Replace", "path": path, "value": "x" }]);
        kintone.patch(&format!("/Users/{id}"), &operations).send().error(400, "invalidPath");
    }
    for filter in ["title eq \"x\"", "displayName eq \"x\"", "groups.value eq \"x\""] {
        let answer = kintone.get("/Users").filter(filter).send();
        answer.error(400, "invalidFilter");
        assert!(answer.json()["detail"].as_str().unwrap().contains("`userName`"), "{answer}");
    }
    for filter in ["userName eq \"6b24f5c0\"", "externalId eq \"6b24f5c0\""] {
        assert_eq!(kintone.get("/Users").filter(filter).send().total(), 0, "{filter}");
    }
}

#[test]
fn entra_is_answered_204_unless_it_asks() {
    let Some(scim) = Endpoint::empty_directory_of("workgrid") else { return };
    let id = scim.create_user("ana", &json!({}));
    let group = scim.create_group("Team", &[]);
    let title = json!([{ "op": "Replace", "path": "title", "value": "Dr" }]);
    let answer = scim.patch(&format!("/Users/{id}"), &title).send();
    assert_eq!(answer.expect(204).etag(), "W/\"2\"");
    let answer = scim.patch(&format!("/Users/{id}?attributes=title"), &title).send();
    answer.expect(200).holds(&json!({ "id": id, "title": "Dr", "userName": "<absent>" }));
    let add = json!([{ "op": "Add", "path": "members", "value": member_values(&[&id]) }]);
    scim.patch(&format!("/Groups/{group}"), &add).send().expect(204);
    assert_eq!(scim.get(&format!("/Groups/{group}")).send().members(), [id]);
}

#[test]
fn clarizen_takes_the_role_user_alone_and_says_so() {
    let Some(scim) = Endpoint::empty_directory_of("clarizen-one") else { return };
    let role = |role: &str| json!({ "roles": [{ "value": role, "primary": "True" }] });
    for refused in ["Administrator (Admin)", "Super User", "Time & Expense User"] {
        let answer = scim.post("/Users", &user("ana", &role(refused))).send();
        answer.error(400, "invalidValue");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(refused) && detail.contains("send one of `User`"), "{detail}");
    }
    let id = scim.create_user("ana", &role("User"));
    let path = "roles[primary eq \"True\"].value";
    let change = |to: &str| json!([{ "op": "Replace", "path": path, "value": to }]);
    scim.patch(&format!("/Users/{id}"), &change("Social User")).send().error(400, "invalidValue");
    scim.patch(&format!("/Users/{id}"), &change("User")).send().expect(204);
}
