#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::resource_types::{resource_type, resource_types};
use super::schemas::{schema, schemas};
use super::service_provider_config::service_provider_config;
use crate::model::profile::SignIn;
use crate::model::resource_type::ResourceType;
use crate::model::schema::{ENTERPRISE_USER, GROUP, USER};

const BASE: &str = "https://example.com/scim/v2";

fn kinds() -> Vec<Arc<ResourceType>> {
    vec![Arc::new(ResourceType::user()), Arc::new(ResourceType::group())]
}

fn array(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_configuration_has_every_object_complete() {
    let config = service_provider_config(&[SignIn::Token], BASE, false);
    for (path, expected) in [
        ("/patch/supported", json!(true)),
        ("/bulk/supported", json!(true)),
        ("/bulk/maxOperations", json!(1000)),
        ("/bulk/maxPayloadSize", json!(4_194_304)),
        ("/filter/supported", json!(true)),
        ("/filter/maxResults", json!(1000)),
        ("/changePassword/supported", json!(false)),
        ("/sort/supported", json!(true)),
        ("/pagination/cursor", json!(true)),
        ("/pagination/index", json!(true)),
        ("/pagination/defaultPaginationMethod", json!("index")),
        ("/pagination/maxPageSize", json!(1000)),
        ("/etag/supported", json!(true)),
        ("/authenticationSchemes/0/type", json!("oauthbearertoken")),
        ("/meta/location", json!("https://example.com/scim/v2/ServiceProviderConfig")),
    ] {
        assert_eq!(config.pointer(path), Some(&expected), "{path}");
    }
}

/// RFC 9967 §4: without the attribute, the service is not configured for security events.
#[test]
fn security_events_are_listed_where_someone_receives_them() {
    let config = |has_events| service_provider_config(&[SignIn::Token], BASE, has_events);
    assert_eq!(config(false).get("securityEvents"), None);
    let events = config(true)["securityEvents"].clone();
    assert_eq!(events["asyncRequest"], "none");
    let uris = array(&events["eventUris"]);
    assert_eq!(uris.len(), 9);
    assert!(uris.contains(&json!("urn:ietf:params:scim:event:prov:create:full")), "{uris:?}");
}

#[test]
fn resource_types_as_list_and_by_id_in_any_case() {
    let list = resource_types(&kinds(), BASE);
    assert_eq!((&list["totalResults"], &list["itemsPerPage"]), (&json!(2), &json!(2)));
    let user = resource_type(&kinds(), "uSER", BASE).unwrap();
    assert_eq!(list["Resources"][0], user);
    assert_eq!(
        user,
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": "User",
            "name": "User",
            "endpoint": "/Users",
            "description": "User Account",
            "schema": USER,
            "schemaExtensions": [{ "schema": ENTERPRISE_USER, "required": false }],
            "meta": {
                "resourceType": "ResourceType",
                "location": "https://example.com/scim/v2/ResourceTypes/User",
            },
        })
    );
    assert!(resource_type(&kinds(), "Users", BASE).is_none());
}

#[test]
fn schemas_as_list_and_by_id_in_any_case() {
    let list = schemas(&kinds(), BASE);
    let ids: Vec<String> = array(&list["Resources"]).iter().map(|s| text(&s["id"])).collect();
    assert_eq!(ids, [USER, GROUP, ENTERPRISE_USER]);
    let upper = schema(&kinds(), &ENTERPRISE_USER.to_uppercase(), BASE).unwrap();
    assert_eq!(list["Resources"][2], upper);
    assert_eq!(upper["meta"]["location"], json!(format!("{BASE}/Schemas/{ENTERPRISE_USER}")));
    assert!(schema(&kinds(), "urn:unknown", BASE).is_none());
}

/// RFC 7643 §7 defines these characteristics.
const CHARACTERISTICS: [&str; 12] = [
    "name",
    "type",
    "subAttributes",
    "multiValued",
    "description",
    "required",
    "canonicalValues",
    "caseExact",
    "mutability",
    "returned",
    "uniqueness",
    "referenceTypes",
];

fn each_attribute(attributes: &Value, check: &mut dyn FnMut(&Value)) {
    for attribute in array(attributes) {
        check(&attribute);
        each_attribute(&attribute["subAttributes"], check);
    }
}

#[test]
fn attributes_carry_the_published_characteristics_and_no_nulls() {
    for schema in array(&schemas(&kinds(), BASE)["Resources"]) {
        each_attribute(&schema["attributes"], &mut |attribute| {
            let name = &attribute["name"];
            for (key, value) in attribute.as_object().unwrap() {
                assert!(CHARACTERISTICS.contains(&key.as_str()), "{name}: {key}");
                assert!(!value.is_null(), "{name}: {key}");
            }
            for key in ["multiValued", "required", "caseExact"] {
                assert!(attribute[key].is_boolean(), "{name}: {key}");
            }
            assert_eq!(attribute["type"] == "complex", attribute.get("subAttributes").is_some(), "{name}");
            assert_eq!(attribute["type"] == "reference", attribute.get("referenceTypes").is_some(), "{name}");
            assert!(
                ["readOnly", "readWrite", "immutable", "writeOnly"]
                    .contains(&text(&attribute["mutability"]).as_str())
            );
        });
    }
}

#[test]
fn of_the_common_attributes_only_external_id_is_listed_with_each_resource() {
    for schema in array(&schemas(&kinds(), BASE)["Resources"]) {
        let lists = array(&schema["attributes"]).iter().any(|attribute| attribute["name"] == "externalId");
        assert_eq!(lists, !text(&schema["id"]).contains("extension"));
        for attribute in array(&schema["attributes"]) {
            assert!(!["id", "meta", "schemas"].contains(&text(&attribute["name"]).as_str()));
        }
    }
}

/// Flattens `/Schemas` into the paths of an attribute mapping, like Entra's published
/// provisioning tests.
fn entra_paths(list: &Value) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for schema in array(&list["Resources"]) {
        let id = text(&schema["id"]);
        let prefix = if id == USER || id == GROUP { String::new() } else { format!("{id}:") };
        for attribute in array(&schema["attributes"]) {
            let name = text(&attribute["name"]);
            if name == "manager" || name == "members" {
                paths.insert(name);
                continue;
            }
            flatten(&attribute, &format!("{prefix}{name}"), &mut paths);
        }
    }
    paths
}

fn flatten(attribute: &Value, path: &str, paths: &mut BTreeSet<String>) {
    let subs = array(&attribute["subAttributes"]);
    let sub_named = |name: &str| subs.iter().find(|s| s["name"] == name);
    match (text(&attribute["type"]).as_str(), attribute["multiValued"] == true) {
        ("complex", true) => {
            let canonical = sub_named("type").map(|t| array(&t["canonicalValues"])).unwrap_or_default();
            let parts = |without: &'static [&'static str]| {
                let names: Vec<String> = subs.iter().map(|s| text(&s["name"])).collect();
                names.into_iter().filter(move |n| !without.contains(&n.as_str()))
            };
            for kind in &canonical {
                for part in parts(&["type", "primary"]) {
                    paths.insert(format!("{path}[type eq \"{}\"].{part}", text(kind)));
                }
            }
            if canonical.is_empty() {
                for part in parts(&["primary"]) {
                    paths.insert(format!("{path}[primary eq \"True\"].{part}"));
                }
            }
        }
        ("complex", false) => {
            for sub in subs.iter().filter(|s| s["type"] != "complex" && s["type"] != "reference") {
                paths.insert(format!("{path}.{}", text(&sub["name"])));
            }
        }
        ("reference", _) => {}
        _ => {
            paths.insert(path.to_owned());
        }
    }
}

/// Every path that the four systems and Microsoft's validator map, except the common
/// attributes, which Entra always offers.
fn mapped() -> Vec<String> {
    let mut mapped: Vec<String> = [
        "userName",
        "displayName",
        "active",
        "title",
        "nickName",
        "profileUrl",
        "userType",
        "locale",
        "preferredLanguage",
        "timezone",
        "manager",
        "members",
        "name.givenName",
        "name.familyName",
        "name.formatted",
        "name.middleName",
        "name.honorificPrefix",
        "name.honorificSuffix",
        "roles[primary eq \"True\"].value",
        "roles[primary eq \"True\"].display",
        "roles[primary eq \"True\"].type",
    ]
    .map(str::to_owned)
    .into();
    for kind in ["work", "home", "other"] {
        mapped.push(format!("emails[type eq \"{kind}\"].value"));
        for part in ["formatted", "country", "region", "locality", "postalCode", "streetAddress"] {
            mapped.push(format!("addresses[type eq \"{kind}\"].{part}"));
        }
    }
    for kind in ["work", "mobile", "fax", "home", "other", "pager"] {
        mapped.push(format!("phoneNumbers[type eq \"{kind}\"].value"));
    }
    for name in ["employeeNumber", "department", "costCenter", "organization", "division"] {
        mapped.push(format!("{ENTERPRISE_USER}:{name}"));
    }
    mapped
}

#[test]
fn entra_finds_every_path_that_a_mapping_may_use() {
    let found = entra_paths(&schemas(&kinds(), BASE));
    let missing: Vec<_> = mapped().into_iter().filter(|path| !found.contains(path)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
