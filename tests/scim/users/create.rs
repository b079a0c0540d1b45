//! POST /Users (RFC 7644 §3.3).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{ENTERPRISE, USER, user};

#[test]
fn answers_201_with_the_whole_resource_its_location_and_its_version() {
    let (scim, name) = (Endpoint::shared(), format!("ana-{}@ex.io", unique()));
    let body = user(&name, &json!({ "externalId": "7d0a", "active": true, "name": { "givenName": "Ana" } }));
    let answer = scim.post("/Users", &body).send();
    answer.expect(201).holds(&json!({
        "schemas": [USER],
        "id": "<string>",
        "externalId": "7d0a",
        "userName": name,
        "active": true,
        "name": { "givenName": "Ana" },
        "meta": {
            "resourceType": "User",
            "created": "<datetime>",
            "lastModified": "<datetime>",
            "location": format!("{}/Users/{}", scim.base(), answer.id()),
            "version": answer.etag(),
        },
    }));
    assert_eq!(answer.header("location"), answer.json()["meta"]["location"].as_str());
    assert!(answer.etag().starts_with("W/\""), "{answer}");
    assert_eq!(answer.json()["meta"]["created"], answer.json()["meta"]["lastModified"]);
    assert_eq!(answer.json(), scim.get(&format!("/Users/{}", answer.id())).send().expect(200).json());
}

#[test]
fn schemas_are_those_whose_attributes_are_present() {
    let scim = Endpoint::shared();
    let mut body = user(&unique(), &json!({ ENTERPRISE: { "department": "R&D" } }));
    body["schemas"] = json!([USER]);
    let answer = scim.post("/Users", &body).send();
    answer.expect(201).holds(&json!({ "schemas": [USER, ENTERPRISE], ENTERPRISE: { "department": "R&D" } }));
}

#[test]
fn schemas_may_be_named_twice_and_in_any_order() {
    let scim = Endpoint::shared();
    let mut body = user(&unique(), &json!({ ENTERPRISE: { "department": "R&D" } }));
    body["schemas"] = json!([ENTERPRISE, USER, USER, ENTERPRISE]);
    let answer = scim.post("/Users", &body).send();
    assert_eq!(answer.expect(201).json()["schemas"], json!([USER, ENTERPRISE]));
}

/// RFC 7643 §4.3: the service sets it from the manager, who need not be a known user.
#[test]
fn a_managers_name_is_read_only() {
    let scim = Endpoint::shared();
    let more = json!({ ENTERPRISE: { "manager": { "value": "7", "displayName": "Boss" } } });
    let answer = scim.post("/Users", &user(&unique(), &more)).send();
    answer
        .expect(201)
        .holds(&json!({ ENTERPRISE: { "manager": { "value": "7", "displayName": "<absent>" } } }));
    let path =
        json!([{ "op": "replace", "path": format!("{ENTERPRISE}:manager.displayName"), "value": "Boss" }]);
    scim.patch(&format!("/Users/{}", answer.id()), &path).send().error(400, "mutability");
}

#[test]
fn a_taken_user_name_is_409_in_any_letter_case() {
    let (scim, suffix) = (Endpoint::shared(), unique());
    let first = scim.create_user(&format!("Ana.{suffix}@Ex.io"), &json!({}));
    for name in [
        format!("Ana.{suffix}@Ex.io"),
        format!("ana.{suffix}@ex.io"),
        format!("ANA.{}@EX.IO", suffix.to_uppercase()),
    ] {
        scim.post("/Users", &user(&name, &json!({}))).send().error(409, "uniqueness");
    }
    assert_eq!(scim.users_where(&format!("userName eq \"ana.{suffix}@ex.io\"")), [first]);
}

#[test]
fn the_letter_case_of_a_user_name_is_kept() {
    let (scim, name) = (Endpoint::shared(), format!("Ana.ITO-{}", unique()));
    let id = scim.create_user(&name, &json!({}));
    scim.get(&format!("/Users/{id}")).send().holds(&json!({ "userName": name }));
}

#[test]
fn an_inactive_user_still_holds_its_name() {
    let (scim, name) = (Endpoint::shared(), unique());
    scim.create_user(&name, &json!({ "active": false }));
    scim.post("/Users", &user(&name, &json!({}))).send().error(409, "uniqueness");
}

#[test]
fn two_users_may_share_an_external_id_and_an_address() {
    let (scim, shared) = (Endpoint::shared(), unique());
    let more =
        json!({ "externalId": shared, "emails": [{ "value": format!("{shared}@ex.io"), "type": "work" }] });
    let mut both = vec![scim.create_user(&unique(), &more), scim.create_user(&unique(), &more)];
    both.sort();
    for filter in [format!("externalId eq \"{shared}\""), format!("emails.value eq \"{shared}@ex.io\"")] {
        let mut found = scim.users_where(&filter);
        found.sort();
        assert_eq!(found, both, "{filter}");
    }
}

#[test]
fn what_the_server_decides_is_ignored() {
    let scim = Endpoint::shared();
    let more = json!({
        "id": "mine",
        "meta": { "resourceType": "Robot", "created": "2001-01-01T00:00:00Z", "location": "https://ex.io/x", "version": "W/\"9\"" },
        "groups": [{ "value": "some group" }],
    });
    let answer = scim.post("/Users", &user(&unique(), &more)).send();
    answer.expect(201).holds(&json!({ "groups": "<absent>", "meta": { "resourceType": "User" } }));
    assert_ne!(answer.id(), "mine");
    assert_ne!(answer.json()["meta"]["created"], "2001-01-01T00:00:00Z");
    assert_ne!(answer.etag(), "W/\"9\"");
}

#[test]
fn nulls_empty_values_and_unknown_attributes_leave_nothing_behind() {
    let scim = Endpoint::shared();
    let more = json!({
        "roles": [], "title": null, "nickName": "", "emails": null, "name": {},
        "favouriteColour": "blue", "manager": null,
        ENTERPRISE: { "costCenter": null },
    });
    let answer = scim.post("/Users", &user(&unique(), &more)).send();
    answer.expect(201).holds(&json!({
        "roles": "<absent>", "title": "<absent>", "nickName": "<absent>", "emails": "<absent>",
        "favouriteColour": "<absent>", "manager": "<absent>",
        "name": "<absent>", ENTERPRISE: "<absent>",
    }));
}

#[test]
fn unknown_and_malformed_schema_uris_are_no_reason_to_refuse() {
    let scim = Endpoint::shared();
    let mut body = user(&unique(), &json!({}));
    body["schemas"] =
        json!([USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User", "urn:ex:2.0:User"]);
    scim.post("/Users", &body).send().expect(201).holds(&json!({ "schemas": [USER] }));
}

#[test]
fn a_password_is_accepted_and_never_answered() {
    let (scim, secret) = (Endpoint::shared(), format!("t1meMa$heen-{}", unique()));
    let answer = scim.post("/Users", &user(&unique(), &json!({ "password": secret }))).send();
    answer.expect(201).holds(&json!({ "password": "<absent>" }));
    let id = answer.id();
    for path in [
        format!("/Users/{id}"),
        format!("/Users/{id}?attributes=password"),
        format!("/Users?attributes=password&filter=id+eq+%22{id}%22"),
    ] {
        let answer = scim.get(&path).send();
        answer.expect(200);
        assert!(!String::from_utf8_lossy(&answer.body).contains(&secret), "{answer}");
    }
}

#[test]
fn values_come_back_exactly_as_sent() {
    let scim = Endpoint::shared();
    let more = json!({
        "displayName": "  Ána \"Quote\" \\ O'Malley <&>  ",
        "locale": "klingon?", "timezone": "Mars/Phobos", "preferredLanguage": "xx", "profileUrl": "not a url",
        "phoneNumbers": [{ "type": "work", "value": "+41 (44) 123-45 67 ext.8" }],
        "emails": [{ "type": "work", "value": "Ana.Ito@Ex.IO", "primary": true }],
    });
    let answer = scim.post("/Users", &user(&unique(), &more)).send();
    answer.expect(201).holds(&more);
}

#[test]
fn every_attribute_of_the_core_user_is_kept() {
    let scim = Endpoint::shared();
    let plural =
        |value: &str| json!([{ "value": value, "display": "shown", "type": "work", "primary": true }]);
    let more = json!({
        "name": {
            "formatted": "Ms. Ana J Ito III", "familyName": "Ito", "givenName": "Ana", "middleName": "J",
            "honorificPrefix": "Ms.", "honorificSuffix": "III",
        },
        "displayName": "Ana", "nickName": "An", "profileUrl": "https://ex.io/ana", "title": "Guide",
        "userType": "Employee", "preferredLanguage": "en-US", "locale": "en-US", "timezone": "Asia/Tokyo",
        "active": true,
        "emails": plural("ana@ex.io"), "phoneNumbers": plural("tel:+41-44-123"), "ims": plural("anaim"),
        "photos": plural("https://ex.io/ana.png"), "entitlements": plural("all"), "roles": plural("admin"),
        "x509Certificates": plural("MIIDQzCCAqygAwIBAgICEAAw"),
        "addresses": [{
            "formatted": "1 Road\nTown", "streetAddress": "1 Road", "locality": "Town", "region": "ZH",
            "postalCode": "8000", "country": "CH", "type": "work", "primary": true,
        }],
        ENTERPRISE: {
            "employeeNumber": "701", "costCenter": "4130", "organization": "Org", "division": "Div",
            "department": "Dep", "manager": { "value": "26118915" },
        },
    });
    let answer = scim.post("/Users", &user(&unique(), &more)).send();
    answer.expect(201).holds(&more);
    let read = scim.get(&format!("/Users/{}", answer.id())).send();
    read.expect(200).holds(&more);
}

#[test]
fn attribute_names_may_be_spelled_in_any_case() {
    let (scim, name) = (Endpoint::shared(), unique());
    let body = json!({
        "Schemas": [USER], "USERNAME": name, "DisplayName": "Ana", "Name": { "GivenName": "Ana" },
        "urn:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:user": { "Department": "R&D" },
    });
    scim.post("/Users", &body).send().expect(201).holds(&json!({
        "userName": name, "displayName": "Ana", "name": { "givenName": "Ana" }, ENTERPRISE: { "department": "R&D" },
    }));
}

#[test]
fn ids_are_never_used_again() {
    let (scim, name) = (Endpoint::shared(), unique());
    let first = scim.create_user(&name, &json!({}));
    scim.delete(&format!("/Users/{first}")).send().expect(204);
    let second = scim.create_user(&name, &json!({}));
    assert_ne!(first, second);
    scim.get(&format!("/Users/{first}")).send().error(404, "");
}

#[test]
fn a_projection_holds_for_the_answer_of_a_create_too() {
    let scim = Endpoint::shared();
    let body = user(&unique(), &json!({ "displayName": "Ana", "title": "Guide" }));
    scim.post("/Users?attributes=title", &body).send().expect(201).holds(&json!({
        "id": "<string>", "schemas": "<any>", "title": "Guide", "displayName": "<absent>", "userName": "<absent>",
    }));
}

#[test]
fn a_required_value_that_is_missing_is_invalid_value() {
    let scim = Endpoint::shared();
    for user_name in [json!(null), json!(""), json!([])] {
        let body = json!({ "schemas": [USER], "userName": user_name, "displayName": "Ana" });
        scim.post("/Users", &body).send().error(400, "invalidValue");
    }
    scim.post("/Users", &json!({ "schemas": [USER], "displayName": "Ana" }))
        .send()
        .error(400, "invalidValue");
}

#[test]
fn a_value_of_the_wrong_type_is_invalid_value_and_nothing_is_stored() {
    let scim = Endpoint::shared();
    for (attribute, value) in [
        ("active", json!("perhaps")),
        ("active", json!({ "value": {} })),
        ("active", json!([true, false])),
        ("name", json!("Ana")),
        ("name", json!({ "givenName": { "first": "Ana" } })),
        ("displayName", json!({ "first": "Ana" })),
        ("displayName", json!(["Ana", "Ito"])),
        ("emails", json!([{ "value": { "a": 1 } }])),
        ("emails", json!([{ "value": "a@ex.io", "primary": "perhaps" }])),
        ("addresses", json!([["a list in a list"]])),
        (ENTERPRISE, json!("R&D")),
        (ENTERPRISE, json!({ "department": { "a": 1 } })),
    ] {
        let name = unique();
        let answer = scim.post("/Users", &user(&name, &json!({ attribute: value }))).send();
        answer.error(400, "invalidValue");
        let detail = answer.json()["detail"].as_str().unwrap().to_lowercase();
        let short = attribute.rsplit(':').next().unwrap().to_lowercase();
        assert!(
            detail.contains(&short) || detail.contains("department"),
            "{answer}\nthe detail names `{attribute}`"
        );
        assert!(scim.users_where(&format!("userName eq \"{name}\"")).is_empty(), "{answer}\nwas stored");
    }
}

#[test]
fn the_name_of_a_refused_create_stays_free() {
    let (scim, name) = (Endpoint::shared(), unique());
    scim.post("/Users", &user(&name, &json!({ "active": "perhaps" }))).send().error(400, "invalidValue");
    scim.create_user(&name, &json!({}));
}
