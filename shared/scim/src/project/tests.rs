#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use serde_json::{Value, json};

use super::Projection;
use super::name::Name;
use crate::error::Kind;
use crate::model::attribute::Returned;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;
use crate::model::schema::{ENTERPRISE_USER, USER};

fn user() -> Doc {
    let Value::Object(doc) = json!({
        "schemas": [USER, ENTERPRISE_USER],
        "id": "u1",
        "externalId": "x1",
        "userName": "ana@example.com",
        "name": { "givenName": "Ana", "familyName": "Ito" },
        "password": "never to be seen",
        "emails": [
            { "value": "ana@example.com", "type": "work", "primary": true },
            { "type": "home" },
        ],
        "groups": [{ "value": "g1", "display": "Team" }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "R&D",
            "manager": { "value": "u2", "$ref": "https://example.com/scim/v2/Users/u2" },
        },
        "meta": { "resourceType": "User", "version": "W/\"1\"" },
    }) else {
        return Doc::new();
    };
    doc
}

/// The keys of the projected resource, and the resource.
fn with(attributes: Option<&str>, excluded: Option<&str>) -> (Vec<String>, Value) {
    let kind = ResourceType::user();
    let doc = Projection::parse(&kind, attributes, excluded).unwrap().apply(&kind, user());
    (doc.keys().cloned().collect(), Value::Object(doc))
}

#[track_caller]
fn only(attributes: &str, expected: &[&str]) -> Value {
    let (keys, doc) = with(Some(attributes), None);
    assert_eq!(keys, expected, "attributes={attributes}");
    doc
}

#[test]
fn by_default_everything_but_never_and_request() {
    let (keys, _) = with(None, None);
    assert!(!keys.iter().any(|k| k == "password"), "{keys:?}");
    assert_eq!(keys.len(), user().len() - 1);
    let kind = groups_on_request();
    let doc = Projection::parse(&kind, None, None).unwrap().apply(&kind, user());
    assert!(!doc.contains_key("groups"));
    assert_eq!(doc.len(), user().len() - 2);
}

/// The user of the profiles for Entra.
fn groups_on_request() -> ResourceType {
    let mut kind = ResourceType::user();
    let row = kind.schema.attributes.iter_mut().find(|row| row.name == "groups").unwrap();
    row.returned = Returned::Request;
    kind
}

#[test]
fn a_value_path_answers_the_elements_that_match() {
    let path = r#"emails[type eq "work"]"#;
    let doc = only(path, &["schemas", "id", "emails"]);
    assert_eq!(doc["emails"], json!([{ "value": "ana@example.com", "type": "work", "primary": true }]));
    let doc = only(&format!("userName, {path}.value"), &["schemas", "id", "userName", "emails"]);
    assert_eq!(doc["emails"], json!([{ "value": "ana@example.com" }]));
    let doc = only(r#"emails[value eq "a,b" or type eq "HOME"],id"#, &["schemas", "id", "emails"]);
    assert_eq!(doc["emails"], json!([{ "type": "home" }]), "a comma in quotes is part of the filter");
    only(r#"emails[type eq "x"]"#, &["schemas", "id"]);
    only(r#"colour[type eq "x"],emails[type eq "work"].colour"#, &["schemas", "id"]);
    let doc = only(r#"manager[value eq "u2"].value"#, &["schemas", "id", ENTERPRISE_USER]);
    assert_eq!(
        doc[ENTERPRISE_USER],
        json!({ "manager": { "value": "u2" } }),
        "a single value is a list of one"
    );
    only(r#"manager[value eq "u3"]"#, &["schemas", "id"]);
    let (_, doc) = with(None, Some(path));
    assert_eq!(doc["emails"], json!([{ "type": "home" }]));
    let (_, doc) = with(None, Some(&format!("{path}.value")));
    assert_eq!(doc["emails"], json!([{ "type": "work", "primary": true }, { "type": "home" }]));
}

#[test]
fn a_value_path_with_a_wrong_filter_is_refused() {
    let kind = ResourceType::user();
    for list in [
        r#"emails[type eq]"#,
        r#"emails[type eq "work""#,
        r#"emails[colour eq "x"]"#,
        r#"userName[value eq "x"]"#,
    ] {
        assert_eq!(
            Projection::parse(&kind, Some(list), None).unwrap_err().kind,
            Kind::InvalidFilter,
            "{list}"
        );
    }
    let many = r#"emails[type eq "work"],"#.repeat(400);
    assert_eq!(Projection::parse(&kind, Some(&many), None).unwrap_err().kind, Kind::InvalidFilter);
}

#[test]
fn id_and_schemas_are_always_there() {
    only("userName", &["schemas", "id", "userName"]);
    only("nonsense", &["schemas", "id"]);
    let (keys, _) = with(None, Some("id,schemas,ID"));
    assert!(keys.iter().any(|k| k == "id") && keys.iter().any(|k| k == "schemas"));
}

#[test]
fn names_in_any_case_with_blanks_and_urns() {
    only(" USERNAME , externalid", &["schemas", "id", "externalId", "userName"]);
    only(&format!("{USER}:userName"), &["schemas", "id", "userName"]);
    only("URN:ietf:params:scim:schemas:core:2.0:user:USERNAME", &["schemas", "id", "userName"]);
}

#[test]
fn a_part_keeps_only_that_part() {
    let doc = only("name.givenName", &["schemas", "id", "name"]);
    assert_eq!(doc["name"], json!({ "givenName": "Ana" }));
    let doc = only("emails.value", &["schemas", "id", "emails"]);
    assert_eq!(doc["emails"], json!([{ "value": "ana@example.com" }]), "no empty elements are left");
}

#[test]
fn an_extension_whole_or_in_part() {
    let doc = only(ENTERPRISE_USER, &["schemas", "id", ENTERPRISE_USER]);
    assert_eq!(doc[ENTERPRISE_USER], user()[ENTERPRISE_USER]);
    let doc = only(&format!("{ENTERPRISE_USER}:manager.value"), &["schemas", "id", ENTERPRISE_USER]);
    assert_eq!(doc[ENTERPRISE_USER], json!({ "manager": { "value": "u2" } }));
    let doc = only("manager", &["schemas", "id", ENTERPRISE_USER]);
    assert!(doc[ENTERPRISE_USER].get("department").is_none());
}

#[test]
fn schemas_names_only_what_is_left() {
    assert_eq!(only("userName", &["schemas", "id", "userName"])["schemas"], json!([USER]));
    assert_eq!(with(None, None).1["schemas"], json!([USER, ENTERPRISE_USER]));
}

#[test]
fn the_whole_core_schema_without_the_common_attributes() {
    only(USER, &["schemas", "id", "userName", "name", "emails", "groups"]);
}

#[test]
fn groups_only_on_request_and_password_never() {
    let kind = groups_on_request();
    let keys = |attributes, excluded| {
        let doc = Projection::parse(&kind, attributes, excluded).unwrap().apply(&kind, user());
        doc.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(keys(Some("groups"), None), ["schemas", "id", "groups"]);
    assert_eq!(keys(Some("password"), None), ["schemas", "id"]);
    assert!(!keys(None, Some("userName")).iter().any(|k| k == "groups"));
}

#[test]
fn excluding_an_attribute_a_part_and_an_extension() {
    let (keys, doc) = with(None, Some(&format!("emails, name.familyName, {ENTERPRISE_USER}:manager")));
    assert!(!keys.iter().any(|k| k == "emails"));
    assert_eq!(doc["name"], json!({ "givenName": "Ana" }));
    assert_eq!(doc[ENTERPRISE_USER], json!({ "department": "R&D" }));
    let (keys, _) = with(None, Some(ENTERPRISE_USER));
    assert!(!keys.iter().any(|k| k == ENTERPRISE_USER));
    let (keys, _) = with(None, Some("name.familyName,name.givenName"));
    assert!(!keys.iter().any(|k| k == "name"), "an object without parts is left out");
}

#[test]
fn both_parameters_are_refused_unless_one_is_blank() {
    let kind = ResourceType::user();
    let error = Projection::parse(&kind, Some("userName"), Some("emails")).unwrap_err();
    assert_eq!(error.kind, Kind::InvalidValue);
    let blank = Projection::parse(&kind, Some(" , "), Some("emails")).unwrap();
    assert!(blank.asked() && !blank.wants("emails"));
    assert!(!Projection::parse(&kind, Some(""), None).unwrap().asked());
}

#[test]
fn costly_attributes_are_wanted_only_when_answered() {
    let wants = |kind: &ResourceType, a, e, name| Projection::parse(kind, a, e).unwrap().wants(name);
    let (user, group) = (ResourceType::user(), ResourceType::group());
    assert!(wants(&group, None, None, "members"));
    assert!(!wants(&group, None, Some("MEMBERS"), "members"));
    assert!(wants(&group, None, Some("members.display"), "members"));
    assert!(!wants(&group, Some("displayName"), None, "members"));
    assert!(wants(&group, Some("members.value"), None, "members"));
    assert!(wants(&user, None, None, "groups"));
    assert!(!wants(&user, None, Some("groups"), "groups"));
    assert!(wants(&user, None, Some("groups[value eq \"g1\"]"), "groups"));
    let on_request = groups_on_request();
    assert!(!wants(&on_request, None, None, "groups"));
    assert!(!wants(&on_request, None, Some("emails"), "groups"));
    assert!(wants(&on_request, Some("groups[value eq \"g1\"]"), None, "groups"));
    assert!(wants(&user, Some("groups.value"), None, "groups"));
    assert!(!wants(&user, Some("password"), None, "password"));
    assert!(wants(&user, Some("userName"), None, "id"));
}

#[test]
fn a_name_that_is_sent_again_and_again_counts_once() {
    let kind = ResourceType::user();
    let again = format!("userName,emails.value,{ENTERPRISE_USER}:department,{USER},");
    let many = format!("{}{}", again.repeat(50), again.to_ascii_uppercase().repeat(50));
    assert_eq!(Name::list(&kind, &many).unwrap().len(), 4);
    for (once, many) in
        [((Some(&again), None), (Some(&many), None)), ((None, Some(&again)), (None, Some(&many)))]
    {
        let parse = |sent: (Option<&String>, Option<&String>)| {
            Projection::parse(&kind, sent.0.map(String::as_str), sent.1.map(String::as_str)).unwrap()
        };
        assert_eq!(parse(once), parse(many));
    }
}
