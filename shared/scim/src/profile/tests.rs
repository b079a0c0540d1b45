#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use serde_json::{Value, json};

use super::transition::{asking_only, indexes, with_indexes_of, with_only};
use super::{ProfileError, Profiles, read};
use crate::error::Kind;
use crate::filter::compile::compile;
use crate::model::attribute::{Attribute, Mutability, Returned, Type, Uniqueness, Values};
use crate::model::resource_type::ResourceType;
use crate::patch::{apply, request};
use crate::read::{as_sent, create};

fn kind(profile: &str, name: &str) -> ResourceType {
    let profile = Profiles::built_in().get(profile).unwrap();
    ResourceType::clone(profile.resource_type(name).unwrap())
}

/// Every path that a profile offers for users, as in Entra's schema discovery.
fn offered(kind: &ResourceType) -> Vec<String> {
    let core = kind.schema.attributes.iter().flat_map(|row| spelled(row, ""));
    let external = kind.attribute("externalId").map(|row| row.name.clone());
    let extensions = kind.extensions.iter().flat_map(|extension| {
        extension.schema.attributes.iter().map(|row| format!("{}:{}", extension.schema.id, row.name))
    });
    let mut all: Vec<String> = core.chain(external).chain(extensions).collect();
    all.sort();
    all
}

fn spelled(row: &Attribute, prefix: &str) -> Vec<String> {
    if row.sub_attributes.is_empty() {
        return vec![format!("{prefix}{}", row.name)];
    }
    let parts = row.sub_attributes.iter().filter(|sub| !["type", "primary"].contains(&sub.name.as_str()));
    match row.sub("type").filter(|types| types.values == Values::Offered) {
        Some(types) => types
            .canonical_values
            .iter()
            .flat_map(|kind| parts.clone().map(move |sub| format!("{}[{kind}].{}", row.name, sub.name)))
            .collect(),
        None => parts.map(|sub| format!("{}.{}", row.name, sub.name)).collect(),
    }
}

#[test]
fn every_built_in_profile_can_be_read() {
    let profiles = Profiles::built_in();
    profiles.check().unwrap();
    let names: Vec<&str> = profiles.names().collect();
    let expected = ["chatwork", "clarizen-one", "entra-gallery", "kintone", "okta", "standard", "workgrid"];
    assert_eq!(names, expected);
}

#[test]
fn the_standard_profile_is_rfc_7643_itself() {
    assert_eq!(kind("standard", "User"), ResourceType::user());
    assert_eq!(kind("standard", "Group"), ResourceType::group());
}

#[test]
fn kintone_and_chatwork_offer_their_tables_and_no_groups() {
    let kintone = [
        "active",
        "displayName",
        "emails[work].value",
        "externalId",
        "name.familyName",
        "name.givenName",
        "userName",
    ];
    assert_eq!(offered(&kind("kintone", "User")), kintone);
    let chatwork = [
        "active",
        "externalId",
        "title",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization",
        "userName",
    ];
    let mut found = offered(&kind("chatwork", "User"));
    found.sort();
    assert_eq!(found, chatwork);
    for name in ["kintone", "chatwork"] {
        assert!(Profiles::built_in().get(name).unwrap().resource_type("Group").is_none(), "{name}");
    }
}

#[test]
fn clarizen_has_six_phones_three_e_mails_two_addresses_and_one_role() {
    let user = kind("clarizen-one", "User");
    let types = |name: &str| user.attribute(name).unwrap().sub("type").unwrap().canonical_values.len();
    assert_eq!((types("phoneNumbers"), types("emails"), types("addresses")), (6, 3, 2));
    let roles = user.attribute("roles").unwrap();
    assert_eq!(roles.sub("value").unwrap().canonical_values, ["User"]);
    assert!(roles.sub("type").unwrap().canonical_values.is_empty(), "Entra would look for each of them");
    let extension = &user.extensions.first().unwrap().schema;
    assert_eq!(extension.attributes.len(), 5, "organization is not among them");
}

#[test]
fn what_is_not_offered_is_passed_over_in_a_body() {
    let sent = json!({
        "userName": "ana", "title": "Dr", "nickName": "A", "name": { "givenName": "Ana", "middleName": "B" },
        "emails": [
            { "type": "home", "value": "h@ex.io" },
            { "type": "Work", "value": "w@ex.io", "primary": true, "display": "W" }
        ],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "R" }
    });
    let doc = as_sent(&kind("kintone", "User"), &sent).unwrap();
    let expected = json!({
        "userName": "ana", "name": { "givenName": "Ana" },
        "emails": [{ "type": "Work", "value": "w@ex.io", "primary": true }]
    });
    assert_eq!(Value::Object(doc), expected);
}

fn patched(profile: &str, operations: Value) -> Result<Value, crate::error::Error> {
    let user = kind(profile, "User");
    let current =
        create(&user, json!({ "userName": "ana", "emails": [{ "type": "work", "value": "w@ex.io" }] }));
    let body =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    let operations = request::parse(body)?;
    apply::apply(&user, &current?, &operations).map(|patched| Value::Object(patched.doc))
}

#[test]
fn what_is_not_offered_is_no_path() {
    for path in
        ["title", "name.middleName", "emails[type eq \"home\"].value", "emails[type eq \"work\"].display"]
    {
        let error = patched("kintone", json!([{ "op": "add", "path": path, "value": "x" }])).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidPath, "{path}: {}", error.detail);
    }
    let ignored = json!([{ "op": "add", "value": { "title": "x", "emails[type eq \"home\"].value": "y" } }]);
    let same =
        json!({ "userName": "ana", "emails": [{ "type": "work", "value": "w@ex.io" }], "active": true });
    assert_eq!(patched("kintone", ignored).unwrap(), same);
    let home = json!([{ "op": "add", "path": "emails", "value": [{ "type": "home", "value": "h@ex.io" }] }]);
    assert_eq!(patched("kintone", home).unwrap(), same);
}

#[test]
fn an_element_cannot_become_one_that_is_not_offered() {
    for (path, value) in [
        ("emails[type eq \"work\"].type", json!("home")),
        ("emails[type eq \"work\"]", json!({ "type": "home" })),
    ] {
        let error =
            patched("kintone", json!([{ "op": "replace", "path": path, "value": value }])).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidValue, "{path}: {}", error.detail);
    }
}

#[test]
fn a_role_that_is_not_allowed_is_refused_in_words_and_one_that_is_is_not() {
    let user = kind("clarizen-one", "User");
    let role = |role: Value| create(&user, json!({ "userName": "ana", "roles": [role] }));
    for refused in [
        json!({ "value": "Super User" }),
        json!("Administrator"),
        json!({ "value": "{\"value\":\"Social User\",\"displayName\":\"Social User\"}" }),
    ] {
        let error = role(refused).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidValue);
        assert!(error.detail.ends_with("send one of `User`"), "{}", error.detail);
    }
    assert!(role(json!({ "value": "user", "primary": "True" })).is_ok());
}

#[test]
fn a_filter_is_refused_in_words_that_name_what_it_may_ask_about() {
    let user = kind("kintone", "User");
    for filter in
        ["title eq \"x\"", "displayName eq \"x\"", "emails[type eq \"work\"].value eq \"x\"", "name pr"]
    {
        let error = compile(filter, &user).unwrap_err();
        assert!(error.reason.contains("`userName`"), "{filter}: {}", error.reason);
    }
    for filter in [
        "userName eq \"x\"",
        "externalId eq x",
        "id eq \"x\" and meta.lastModified gt \"2026-01-01T00:00:00Z\"",
    ] {
        assert!(compile(filter, &user).is_ok(), "{filter}");
    }
}

/// A custom profile, with `more` in its user.
fn own(more: &Value) -> Value {
    let mut user = json!({ "name": "User" });
    user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "name": "own", "description": "custom", "signIn": ["token"], "resourceTypes": [user] })
}

fn device() -> Value {
    json!({
        "name": "Device", "endpoint": "/Devices",
        "schema": {
            "id": "urn:example:params:scim:schemas:core:2.0:Device", "name": "Device", "description": "A device",
            "attributes": [
                { "name": "serial", "required": true, "uniqueness": "server", "caseExact": true },
                { "name": "owner", "type": "complex", "subAttributes": [
                    { "name": "value" },
                    { "name": "$ref", "type": "reference", "referenceTypes": ["User"], "mutability": "readOnly" }
                ]}
            ]
        }
    })
}

#[test]
fn a_profile_may_have_schemas_and_types_of_its_own() {
    const OWNER: &str = "0190b1a2-0000-7000-8000-000000000000";
    let extension = json!({ "extensions": [{ "required": true, "schema": {
        "id": "urn:ietf:params:scim:schemas:extension:acme:2.0:User", "name": "Acme", "description": "Custom",
        "attributes": [{ "name": "badge", "indexed": true }, { "name": "level", "type": "integer" }]
    }}]});
    let mut file = own(&extension);
    file["resourceTypes"].as_array_mut().unwrap().push(device());
    let profile = read("own.json", &file.to_string()).unwrap();
    let user = profile.resource_type("User").unwrap();
    assert!(user.index_on("urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge").is_some());
    assert!(create(user, json!({ "userName": "ana" })).is_err(), "the extension is required");
    let device = profile.at("/Devices").unwrap();
    assert!(device.index_on("serial").is_some_and(|index| index.unique));
    let doc = create(device, json!({ "serial": "S1", "owner": { "value": OWNER } })).unwrap();
    let facts = crate::render::Facts { id: "d1", created: "t", last_modified: "t", version: "W/\"1\"" };
    let shown = crate::render::render(device, &facts, doc, "https://ex.io/scim/v2");
    assert_eq!(shown["owner"]["$ref"], format!("https://ex.io/scim/v2/Users/{OWNER}"));
}

/// RFC 7643 §2.2.
#[test]
fn what_a_row_does_not_say() {
    let mut file = own(&json!({}));
    file["resourceTypes"].as_array_mut().unwrap().push(device());
    let profile = read("own.json", &file.to_string()).unwrap();
    let row = profile.at("/Devices").unwrap().attribute("owner").unwrap().sub("value").unwrap().clone();
    assert!(!row.required && !row.case_exact && !row.multi_valued && row.canonical_values.is_empty());
    assert_eq!((row.kind, row.mutability), (Type::String, Mutability::ReadWrite));
    assert_eq!((row.returned, row.uniqueness), (Returned::Default, Uniqueness::None));
}

/// Checks that the profile, with `from` replaced by `to`, is refused at `line` with `reason`.
#[track_caller]
fn refused(from: &str, to: &str, line: usize, reason: &str) {
    let text = include_str!("../../profiles/kintone.json");
    assert!(text.contains(from), "{from}");
    match read("kintone.json", &text.replacen(from, to, 1)) {
        Err(ProfileError::Invalid { line: Some(found), reason: why, .. }) => {
            assert!(why.contains(reason), "{to}: {why}");
            assert_eq!(found, line, "{to}: {why}");
        }
        other => panic!("{to}: {other:?}"),
    }
}

#[test]
fn a_wrong_profile_is_refused_with_the_line_and_the_reason() {
    refused("\"active\",", "\"active\"", 12, "expected `,`");
    refused("signIn", "signin", 4, "unknown field `signin`");
    refused("[\"token\"]", "[\"password\"]", 4, "unknown variant `password`");
    refused("\"nothing\"", "\"never\"", 5, "unknown variant `never`");
    refused("\"displayName\"", "\"displayname2\"", 12, "has no such attribute");
    refused("\"displayName\"", "\"active\"", 12, "offered twice");
    refused("\"active\"", "7", 11, "the path of an attribute");
    refused("\"active\"", "{ \"path\": \"active\", \"uniqe\": true }", 11, "unknown field `uniqe`");
    refused("\"active\"", "{ \"path\": \"active\", \"unique\": true }", 11, "only attributes of text");
    refused("\"required\": true", "\"unique\": false", 10, "unique");
    refused("type eq", "typ eq", 13, "offer elements by");
    refused("[\"userName\", \"externalId\"]", "[\"title\"]", 18, "has no such attribute");
    refused("\"name\": \"kintone\"", "\"name\": \"Kin tone\"", 2, "the name of a profile");
    refused("\"name\": \"User\"", "\"name\": \"Person\"", 8, "`schema`");
}

#[test]
fn a_wrong_type_or_schema_of_its_own_is_refused() {
    for (pointer, value, reason) in [
        ("/endpoint", json!("/Users"), "SCIM reserves"),
        ("/endpoint", json!("Devices"), "a slash and one word"),
        ("/endpoint", json!("/a/b"), "a slash and one word"),
        ("/name", json!("user"), "two types have this name"),
        ("/name", json!("De vice"), "letters and digits"),
        ("/schema/id", json!("acme"), "a URN"),
        ("/schema/id", json!("urn:ietf:params:scim:schemas:core:2.0:User"), "SCIM defines"),
        ("/schema/attributes/0/name", json!("se.rial"), "a letter, and then"),
        ("/schema/attributes/0/name", json!("OWNER"), "twice"),
        ("/schema/attributes/0/name", json!("id"), "already"),
        ("/schema/attributes/0", json!({ "name": "x", "type": "money" }), "unknown variant"),
        (
            "/schema/attributes/1/subAttributes/0",
            json!({ "name": "x", "type": "complex", "subAttributes": [{ "name": "y" }] }),
            "without parts",
        ),
        ("/schema/attributes/1/type", json!("string"), "subAttributes"),
        ("/schema/attributes", json!([]), "at least one"),
        ("/schema/attributes/0/name", json!("members"), "only `Group` and `User`"),
        ("/schema/attributes/0/name", json!("Groups"), "only `Group` and `User`"),
    ] {
        let mut device = device();
        *device.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.clone();
        let mut file = own(&json!({}));
        file["resourceTypes"].as_array_mut().unwrap().push(device);
        let error = read("own.json", &file.to_string()).unwrap_err().to_string();
        assert!(error.contains(reason), "{pointer} = {value}: {error}");
    }
}

#[test]
fn a_value_that_is_not_allowed_does_not_come_in_by_a_filter_or_by_dotted_keys() {
    let add = |path: &str| json!([{ "op": "add", "path": path, "value": "True" }]);
    let error = patched("clarizen-one", add("roles[value eq \"Administrator\"].primary")).unwrap_err();
    assert_eq!(error.kind, Kind::InvalidValue, "{}", error.detail);
    assert!(patched("clarizen-one", add("roles[value eq \"User\"].primary")).is_ok());
    let dotted = json!({ "userName": "ana", "emails.value": "h@ex.io", "emails.type": "home" });
    assert_eq!(
        Value::Object(as_sent(&kind("kintone", "User"), &dotted).unwrap()),
        json!({ "userName": "ana" })
    );
}

#[test]
fn what_a_profile_requires_is_required_and_what_the_rfc_requires_stays_so() {
    let file = own(&json!({ "attributes": ["userName", { "path": "externalId", "required": true }] }));
    let profile = read("own.json", &file.to_string()).unwrap();
    let user = profile.resource_type("User").unwrap();
    assert!(create(user, json!({ "userName": "ana" })).is_err());
    assert!(create(user, json!({ "userName": "ana", "externalId": "1" })).is_ok());
    let file = own(&json!({ "attributes": [{ "path": "userName", "required": false }] }));
    assert!(read("own.json", &file.to_string()).unwrap_err().to_string().contains("requires this attribute"));
}

#[test]
fn a_filter_asks_about_no_part_that_it_may_not() {
    let file = own(&json!({ "filterable": ["userName", "emails.value"] }));
    let profile = read("own.json", &file.to_string()).unwrap();
    let user = profile.resource_type("User").unwrap();
    assert!(compile("emails[type eq \"work\" and value eq \"x\"]", user).is_ok());
    assert!(compile("emails[display eq \"x\"]", user).is_err());
    let operations = json!([{ "op": "add", "path": "emails[display eq \"x\"].value", "value": "a@ex.io" }]);
    let body =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    let current = create(user, json!({ "userName": "ana" })).unwrap();
    assert!(
        apply::apply(user, &current, &request::parse(body).unwrap()).is_ok(),
        "a PATCH path is not a filter"
    );
}

#[test]
fn an_index_that_is_not_complete_is_kept_and_not_asked() {
    let profile = Profiles::built_in().get("standard").unwrap();
    let mut complete = indexes(&profile);
    assert_eq!(asking_only(&profile, &complete), profile);
    complete.retain(|index| !index.contains("emails.value"));
    let user = |profile: &std::sync::Arc<crate::model::profile::Profile>| {
        std::sync::Arc::clone(profile.resource_type("User").unwrap())
    };
    let asked = user(&asking_only(&profile, &complete));
    assert!(asked.index_on("emails.value").is_none() && asked.indexes.len() == 3);
    assert_eq!(user(&with_only(&profile, &complete)).indexes.len(), 2);
}

#[test]
fn a_file_is_called_after_its_profile() {
    let mut profiles = Profiles::default();
    let name = profiles.add("a/other.json", own(&json!({})).to_string());
    assert_eq!(name, "other");
    assert!(profiles.get("other").unwrap_err().to_string().contains("`own.json`"));
    let unknown = profiles.get("none").unwrap_err().to_string();
    assert_eq!(unknown, "unknown profile `none`: use one of `other`");
}

#[test]
fn between_two_profiles_the_indexes_of_both_are_kept_and_one_is_asked() {
    let profiles = Profiles::built_in();
    let title = json!({ "attributes": ["userName", { "path": "title", "indexed": true }] });
    let next = read("own.json", &own(&title).to_string()).unwrap();
    let both = with_indexes_of(&profiles.get("standard").unwrap(), &next);
    let user = both.resource_type("User").unwrap();
    assert!(user.indexes.iter().any(|index| index.path.to_string() == "title" && index.idle));
    assert!(user.index_on("title").is_none(), "it is not complete");
    assert!(user.index_on("userName").is_some());
    assert_eq!(user.indexes.len(), ResourceType::user().indexes.len() + 1);
}

#[test]
fn the_example_of_the_documentation_is_a_profile_and_its_table_names_all() {
    let page = include_str!("../../../../docs/profiles.md");
    let example = page.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let profile = read("fun.json", example).unwrap();
    assert_eq!(profile.resource_types.len(), 3);
    for name in Profiles::built_in().names() {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
    }
}
