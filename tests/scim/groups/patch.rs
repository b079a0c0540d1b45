//! PATCH /Groups/{id}: responses, renames, refusals.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};

#[test]
fn a_small_group_is_answered_and_a_large_one_is_not() {
    let scim = Endpoint::shared();
    let ids: Vec<_> = (0..101).map(|n| format!("m{n:03}")).collect();
    let path = format!("/Groups/{}", scim.create_group(&unique(), &ids[..99]));
    let add = |id: &String| json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]);
    let hundred = scim.patch(&path, &add(&ids[99])).send();
    assert_eq!(hundred.expect(200).members().len(), 100);
    assert_eq!(hundred.json(), scim.get(&path).send().json());
    let more = scim.patch(&path, &add(&ids[100])).send();
    more.expect(204);
    assert_eq!(more.etag(), scim.get(&path).send().etag());
    for (query, members) in
        [("excludedAttributes=members", json!("<absent>")), ("attributes=displayName", json!("<absent>"))]
    {
        let asked = scim.patch(&format!("{path}?{query}"), &add(&ids[0])).send();
        asked.expect(200).holds(&json!({ "displayName": "<string>", "members": members }));
    }
}

#[test]
fn every_form_of_a_rename_renames() {
    let scim = Endpoint::shared();
    let id = scim.create_group(&unique(), &["a".to_owned()]);
    for operation in [
        json!({ "op": "Replace", "path": "displayName", "value": unique() }),
        json!({ "op": "replace", "value": { "displayName": unique() } }),
        json!({ "op": "replace", "value": { "id": id, "displayName": unique() } }),
        json!({ "op": "add", "path": "displayName", "value": unique() }),
        json!({ "op": "Add", "value": { "displayName": unique(), "externalId": "e" } }),
    ] {
        let members = scim.patch_group(&id, &json!([operation]));
        assert_eq!(members, ["a"]);
        let name =
            operation["value"].as_str().or_else(|| operation["value"]["displayName"].as_str()).unwrap();
        assert_eq!(scim.groups_where(&format!("displayName eq \"{name}\"")), [id.as_str()], "{operation}");
    }
}

#[test]
fn a_taken_name_is_409() {
    let (scim, taken) = (Endpoint::shared(), unique());
    scim.create_group(&taken, &[]);
    let id = scim.create_group(&unique(), &[]);
    let rename = json!([{ "op": "Replace", "path": "displayName", "value": taken.to_uppercase() }]);
    scim.patch(&format!("/Groups/{id}"), &rename).send().error(409, "uniqueness");
}

#[test]
fn what_is_required_unknown_or_read_only_is_refused() {
    let scim = Endpoint::shared();
    let path = format!("/Groups/{}", scim.create_group(&unique(), &[]));
    for (operation, scim_type) in [
        (json!({ "op": "remove", "path": "displayName" }), "mutability"),
        (json!({ "op": "replace", "path": "id", "value": "x" }), "mutability"),
        (json!({ "op": "replace", "path": "userName", "value": "x" }), "invalidPath"),
        (json!({ "op": "remove" }), "noTarget"),
        (json!({ "op": "replace", "path": "displayName", "value": { "a": 1 } }), "invalidValue"),
    ] {
        scim.patch(&path, &json!([operation])).send().error(400, scim_type);
    }
}

#[test]
fn an_unknown_group_is_404() {
    let scim = Endpoint::shared();
    for operation in [
        json!({ "op": "add", "path": "members", "value": [{ "value": "u" }] }),
        json!({ "op": "remove", "path": "members" }),
        json!({ "op": "replace", "path": "displayName", "value": "x" }),
    ] {
        scim.patch(&format!("/Groups/{}", guid()), &json!([operation])).send().error(404, "");
    }
}
