//! GET /ResourceTypes (RFC 7643 §6).

use serde_json::json;
use tests::answer::LIST;
use tests::endpoint::Endpoint;
use tests::people::{ENTERPRISE, GROUP, USER};

#[test]
fn users_and_groups_are_listed() {
    let scim = Endpoint::shared();
    let schemas = json!(["urn:ietf:params:scim:schemas:core:2.0:ResourceType"]);
    let meta = |id: &str| json!({ "resourceType": "ResourceType", "location": format!("{}/ResourceTypes/{id}", scim.base()) });
    let user = json!({
        "schemas": schemas, "id": "User", "name": "User", "endpoint": "/Users", "description": "<string>", "schema": USER,
        "schemaExtensions": [{ "schema": ENTERPRISE, "required": false }], "meta": meta("User"),
    });
    let group = json!({ "schemas": schemas, "id": "Group", "name": "Group", "endpoint": "/Groups", "schema": GROUP, "meta": meta("Group") });
    let list = scim.get("/ResourceTypes").send();
    list.expect(200).holds(&json!({ "schemas": [LIST], "totalResults": 2, "startIndex": 1, "itemsPerPage": 2, "Resources": [user, group] }));
    scim.get("/ResourceTypes/User").send().expect(200).holds(&user);
    scim.get("/ResourceTypes/Group").send().expect(200).holds(&group);
}

#[test]
fn an_unknown_type_is_404() {
    let scim = Endpoint::shared();
    for id in ["Robot", "Users", "%20"] {
        scim.get(&format!("/ResourceTypes/{id}")).send().error(404, "");
    }
}

#[test]
fn every_endpoint_that_is_named_answers() {
    let scim = Endpoint::shared();
    let list = scim.get("/ResourceTypes").send().json();
    for kind in list["Resources"].as_array().unwrap() {
        let endpoint = kind["endpoint"].as_str().unwrap();
        scim.get(&format!("{endpoint}?count=1")).send().expect(200);
        let schema = kind["schema"].as_str().unwrap();
        scim.get(&format!("/Schemas/{schema}")).send().expect(200).holds(&json!({ "id": schema }));
    }
}
