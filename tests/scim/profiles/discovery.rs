//! Discovery follows the profile.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::endpoint::Endpoint;

fn names(list: &Value, key: &str) -> BTreeSet<String> {
    list["Resources"].as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_profile_publishes_what_it_offers() {
    let enterprise = tests::people::ENTERPRISE;
    for (profile, types, schemas) in [
        ("kintone", vec!["User"], vec![tests::people::USER]),
        ("chatwork", vec!["User"], vec![tests::people::USER, enterprise]),
        ("workgrid", vec!["User", "Group"], vec![tests::people::USER, enterprise, tests::people::GROUP]),
        ("clarizen-one", vec!["User", "Group"], vec![tests::people::USER, enterprise, tests::people::GROUP]),
        (
            "acme",
            vec!["User", "Group", "Device"],
            vec![
                tests::people::USER,
                enterprise,
                tests::people::GROUP,
                "urn:ietf:params:scim:schemas:extension:acme:2.0:User",
                "urn:example:params:scim:schemas:core:2.0:Device",
                "urn:ietf:params:scim:schemas:extension:acme:2.0:Device",
            ],
        ),
    ] {
        let Some(scim) = Endpoint::empty_directory_of(profile) else { return };
        let found = names(&scim.get("/ResourceTypes").send().expect(200).json(), "name");
        assert_eq!(found, types.into_iter().map(str::to_owned).collect(), "{profile}");
        let found = names(&scim.get("/Schemas").send().expect(200).json(), "id");
        assert_eq!(found, schemas.into_iter().map(str::to_owned).collect(), "{profile}");
    }
}

#[test]
fn a_restricted_list_publishes_its_values() {
    let Some(scim) = Endpoint::empty_directory_of("clarizen-one") else { return };
    let schema = scim.get(&format!("/Schemas/{}", tests::people::USER)).send().expect(200).json();
    let canonical = |attribute: &str, part: &str| {
        let rows = schema["attributes"].as_array().unwrap();
        let row = rows.iter().find(|row| row["name"] == attribute).unwrap();
        let parts = row["subAttributes"].as_array().unwrap();
        parts.iter().find(|row| row["name"] == part).unwrap()["canonicalValues"].clone()
    };
    assert_eq!(canonical("phoneNumbers", "type").as_array().unwrap().len(), 6);
    assert_eq!(canonical("roles", "value"), serde_json::json!(["User"]));
    assert_eq!(canonical("roles", "type"), Value::Null, "Entra would look for each of them");
}

#[test]
fn a_system_without_groups_does_not_know_their_schema() {
    let Some(scim) = Endpoint::empty_directory_of("kintone") else { return };
    scim.get(&format!("/Schemas/{}", tests::people::GROUP)).send().error(404, "");
    scim.get("/ResourceTypes/Group").send().error(404, "");
    scim.get("/ResourceTypes/User").send().expect(200);
}
