//! GET /Schemas (RFC 7643 §7), in the shape that Entra's attribute discovery reads.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::answer::LIST;
use tests::endpoint::Endpoint;
use tests::people::{ENTERPRISE, GROUP, USER};

fn list() -> Vec<Value> {
    let answer = Endpoint::shared().get("/Schemas").send();
    answer.expect(200).holds(&json!({ "schemas": [LIST], "startIndex": 1 }));
    let resources = answer.json()["Resources"].as_array().unwrap().clone();
    assert_eq!(answer.total() as usize, resources.len());
    assert_eq!(answer.json()["itemsPerPage"], json!(resources.len()));
    resources
}

fn named(id: &str) -> Value {
    list().into_iter().find(|schema| schema["id"] == id).unwrap_or_else(|| panic!("{id} is not listed"))
}

fn attribute(schema: &str, name: &str) -> Value {
    let schema = named(schema);
    let attributes = schema["attributes"].as_array().unwrap();
    attributes.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no attribute {name}")).clone()
}

#[test]
fn each_schema_is_answered_by_its_id_too() {
    let scim = Endpoint::shared();
    for id in [USER, GROUP, ENTERPRISE] {
        let one = scim.get(&format!("/Schemas/{id}")).send();
        one.expect(200).holds(&json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": id, "name": "<string>", "description": "<string>",
            "meta": { "resourceType": "Schema", "location": format!("{}/Schemas/{id}", scim.base()) },
        }));
        assert_eq!(one.json(), named(id));
    }
    scim.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:Robot").send().error(404, "");
    scim.get("/Schemas/User").send().error(404, "");
}

/// RFC 7644 §3.1: messages have a fixed form, so clients need no schema to map attributes.
#[test]
fn schemas_of_messages_are_not_listed() {
    let messages = "urn:ietf:params:scim:api:messages:2.0:";
    for schema in list() {
        assert!(!schema["id"].as_str().unwrap().starts_with("urn:ietf:params:scim:api:"), "{schema}");
    }
    for name in ["ListResponse", "SearchRequest", "PatchOp", "BulkRequest", "BulkResponse", "Error"] {
        Endpoint::shared().get(&format!("/Schemas/{messages}{name}")).send().error(404, "");
    }
}

#[test]
fn every_row_is_complete() {
    fn check(row: &Value) {
        let one_of = |key: &str, allowed: &[&str]| {
            let value = row[key].as_str().unwrap_or_else(|| panic!("{key} in {row}"));
            assert!(allowed.contains(&value), "{key} in {row}");
        };
        one_of(
            "type",
            &["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"],
        );
        one_of("mutability", &["readOnly", "readWrite", "immutable", "writeOnly"]);
        one_of("returned", &["always", "never", "default", "request"]);
        one_of("uniqueness", &["none", "server", "global"]);
        for key in ["multiValued", "required", "caseExact"] {
            assert!(row[key].is_boolean(), "{key} in {row}");
        }
        assert!(row["name"].is_string() && row["description"].is_string(), "{row}");
        assert_eq!(row["type"] == "complex", row["subAttributes"].is_array(), "{row}");
        assert_eq!(row["type"] == "reference", row["referenceTypes"].is_array(), "{row}");
        row["subAttributes"].as_array().into_iter().flatten().for_each(check);
    }
    for schema in list() {
        schema["attributes"].as_array().unwrap().iter().for_each(check);
    }
}

#[test]
fn the_rows_say_what_the_service_does() {
    let about = |schema: &str, name: &str, expected: Value| {
        let found = attribute(schema, name);
        let expected = expected.as_object().unwrap().clone();
        assert!(expected.iter().all(|(key, value)| &found[key] == value), "{found}");
    };
    about(USER, "userName", json!({ "required": true, "caseExact": false, "uniqueness": "server" }));
    about(USER, "password", json!({ "mutability": "writeOnly", "returned": "never" }));
    about(USER, "groups", json!({ "mutability": "readOnly", "returned": "default", "multiValued": true }));
    about(USER, "active", json!({ "type": "boolean", "multiValued": false }));
    about(GROUP, "displayName", json!({ "required": true, "uniqueness": "server", "caseExact": false }));
    about(GROUP, "members", json!({ "type": "complex", "multiValued": true }));
    about(ENTERPRISE, "manager", json!({ "type": "complex", "multiValued": false }));
}

/// The paths that Entra's discovery derives, in lower case.
fn flattened() -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for schema in list() {
        let id = schema["id"].as_str().unwrap();
        for row in schema["attributes"].as_array().unwrap() {
            let name = row["name"].as_str().unwrap();
            let prefix = if id == USER || id == GROUP || matches!(name, "manager" | "members") {
                String::new()
            } else {
                format!("{id}:")
            };
            let subs = row["subAttributes"].as_array().cloned().unwrap_or_default();
            let names: Vec<&str> = subs.iter().map(|sub| sub["name"].as_str().unwrap()).collect();
            let types = subs
                .iter()
                .find(|sub| sub["name"] == "type")
                .and_then(|sub| sub["canonicalValues"].as_array());
            if matches!(name, "manager" | "members") {
                paths.insert(name.to_owned());
            } else if row["type"] == "complex" && row["multiValued"] == true {
                match types.filter(|types| !types.is_empty()) {
                    Some(types) => {
                        for kind in types {
                            for sub in names.iter().filter(|sub| !matches!(**sub, "type" | "primary")) {
                                paths.insert(format!("{prefix}{name}[type eq {kind}].{sub}"));
                            }
                        }
                    }
                    None => {
                        for sub in names.iter().filter(|sub| **sub != "primary") {
                            paths.insert(format!("{prefix}{name}[primary eq \"True\"].{sub}"));
                        }
                    }
                }
            } else if row["type"] == "complex" {
                paths.extend(names.iter().map(|sub| format!("{prefix}{name}.{sub}")));
            } else if row["type"] != "reference" {
                paths.insert(format!("{prefix}{name}"));
            }
        }
    }
    paths.into_iter().map(|path| path.to_lowercase()).collect()
}

#[test]
fn entras_discovery_finds_every_attribute_that_the_four_systems_map() {
    let found = flattened();
    let mut wanted: Vec<String> = [
        "userName",
        "displayName",
        "active",
        "title",
        "nickName",
        "userType",
        "preferredLanguage",
        "locale",
        "timezone",
        "members",
        "manager",
    ]
    .map(str::to_owned)
    .into();
    wanted.extend(
        ["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"]
            .map(|sub| format!("name.{sub}")),
    );
    wanted.extend(["work", "home", "other"].map(|kind| format!("emails[type eq \"{kind}\"].value")));
    wanted.extend(
        ["work", "mobile", "fax", "home", "pager", "other"]
            .map(|kind| format!("phoneNumbers[type eq \"{kind}\"].value")),
    );
    for kind in ["work", "home", "other"] {
        wanted.extend(
            ["formatted", "streetAddress", "locality", "region", "postalCode", "country"]
                .map(|sub| format!("addresses[type eq \"{kind}\"].{sub}")),
        );
    }
    wanted.extend(["value", "display", "type"].map(|sub| format!("roles[primary eq \"True\"].{sub}")));
    wanted.extend(
        ["employeeNumber", "department", "costCenter", "organization", "division"]
            .map(|name| format!("{ENTERPRISE}:{name}")),
    );
    let missing: Vec<_> = wanted.iter().filter(|path| !found.contains(&path.to_lowercase())).collect();
    assert!(missing.is_empty(), "missing {missing:?}\nfound {found:#?}");
}
