#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::json;

use super::super::bind::bind_element;
use super::super::compile::compile;
use super::super::parse::parse;
use super::*;
use crate::model::attribute::{Attribute, Type};
use crate::model::resource_type::ResourceType;

fn user() -> ResourceType {
    let mut user = ResourceType::user();
    if let Some(extension) = user.extensions.first_mut() {
        extension.schema.attributes.push(Attribute::new(Type::Integer, "badge", "a number"));
    }
    user
}

fn ana() -> Value {
    json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        ],
        "id": "u-Ana",
        "externalId": "X-1",
        "userName": "Ana.Müller@Ex.io",
        "name": {"familyName": "Müller", "givenName": "Ana"},
        "active": true,
        "emails": [
            {"value": "Ana@work.example", "type": "work", "primary": true},
            {"value": "ana@home.example", "type": "home"},
        ],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "R&D",
            "badge": 9_007_199_254_740_993_u64,
            "manager": {"value": "u-Bo", "$ref": "https://ex.io/scim/v2/Users/u-Bo"},
        },
        "groups": [{"value": "g-1", "display": "Staff"}],
        "meta": {
            "resourceType": "User",
            "created": "2026-03-31T09:30:00Z",
            "lastModified": "2026-03-31T09:30:00.250Z",
        },
    })
}

#[track_caller]
fn asks(filter: &str, expected: bool) {
    let bound = compile(filter, &user()).unwrap_or_else(|error| panic!("{filter}: {error}"));
    assert_eq!(bound.matches(ana().as_object().unwrap()), expected, "{filter}");
}

#[track_caller]
fn matches(filter: &str) {
    asks(filter, true);
}

#[track_caller]
fn misses(filter: &str) {
    asks(filter, false);
}

#[test]
fn letter_case_counts_only_where_the_row_says_so() {
    matches("userName eq \"ANA.MÜLLER@ex.IO\"");
    matches("userName eq \"ana.mu\\u0308ller@ex.io\"");
    matches("name.familyName ew \"ÜLLER\"");
    matches("externalId eq \"X-1\"");
    misses("externalId eq \"x-1\"");
    misses("id eq \"u-ana\"");
    misses("externalId sw \"x\"");
}

#[test]
fn text_is_compared_whole_in_part_and_in_order() {
    matches("userName co \"müll\"");
    matches("userName sw \"ana.\"");
    misses("userName sw \"müller\"");
    matches("userName ew \".io\"");
    misses("userName ew \"ana\"");
    matches("userName gt \"ana\"");
    misses("userName gt \"ana.müller@ex.io\"");
    matches("userName ge \"ana.müller@ex.io\"");
    matches("userName lt \"b\"");
    misses("userName le \"an\"");
    misses("userName eq \"\"");
}

#[test]
fn dates_are_moments_whatever_their_spelling() {
    matches("meta.created eq \"2026-03-31T09:30:00Z\"");
    matches("meta.created eq \"2026-03-31T11:30:00.000+02:00\"");
    matches("meta.created eq 2026-03-31T09:30:00");
    misses("meta.created gt \"2026-03-31T10:00:00+01:00\" and meta.created lt \"2026-03-31T09:00:00Z\"");
    matches("meta.created gt \"2026-03-31T10:00:00+01:00\"");
    matches("meta.lastModified gt \"2026-03-31T09:30:00.2Z\"");
    misses("meta.lastModified le \"2026-03-31T09:30:00.2Z\"");
    matches("meta.lastModified ge \"2026-03-31T09:30:00.25Z\"");
    misses("meta.created eq \"a random value\"");
    matches("meta.created ne \"a random value\"");
}

#[test]
fn numbers_are_compared_exactly() {
    matches("badge eq 9007199254740993");
    misses("badge eq 9007199254740992");
    matches("badge gt \"9007199254740992\"");
    matches("badge lt 9e99");
    matches("badge gt 1.5");
    misses("badge eq \"a random value\"");
    matches("badge ne \"a random value\"");
}

#[test]
fn booleans_are_equal_or_not() {
    matches("active eq true");
    matches("active eq \"True\"");
    misses("active eq \"False\"");
    misses("active ne true");
    matches("active ne false");
}

#[test]
fn one_value_of_many_is_enough() {
    matches("emails.type eq \"home\"");
    matches("emails.value co \"@HOME.\"");
    matches("emails eq \"ana@work.example\"");
    misses("emails.type eq \"other\"");
    matches("schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\"");
    misses("schemas eq \"urn:ietf:params:scim:schemas:core:2.0:Group\"");
    matches("groups.display eq staff and groups eq \"g-1\"");
}

#[test]
fn a_value_path_is_about_one_element() {
    matches("emails[type eq \"work\" and value co \"@work\"]");
    misses("emails[type eq \"work\" and value co \"@home\"]");
    matches("emails.type eq \"work\" and emails.value co \"@home\"");
    matches("emails[type eq \"work\"].value eq \"ana@work.example\"");
    misses("emails[type eq \"work\"].value eq \"ana@home.example\"");
    matches("emails[type eq \"home\"] eq \"ana@home.example\"");
    matches("emails[not (type eq \"work\")]");
    matches("emails[type eq \"home\" and (primary ne true or value pr)]");
    matches("emails[primary eq null and type eq home]");
    misses("emails[not (type eq work) and primary pr]");
    misses("ims[not (type eq \"xmpp\")]");
    matches("name[familyName sw m and givenName eq ana]");
}

#[test]
fn not_equal_means_that_a_value_differs_or_that_there_is_none() {
    matches("emails.type ne \"work\"");
    misses("not (emails.type eq \"work\")");
    misses("name.givenName ne \"ana\"");
    matches("emails.type ne \"other\"");
    matches("title ne \"Boss\"");
    matches("ims ne \"x\"");
    matches("emails[type ne \"work\"]");
}

#[test]
fn what_is_absent_has_no_value_to_compare() {
    for op in ["eq", "co", "sw", "ew", "gt", "ge", "lt", "le"] {
        misses(&format!("title {op} \"\""));
        misses(&format!("ims.value {op} \"\""));
        misses(&format!("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division {op} \"\""));
    }
}

#[test]
fn present_is_what_has_a_value_and_null_is_what_has_none() {
    for present in
        ["userName", "name", "name.givenName", "emails", "emails.primary", "active", "manager", "meta"]
    {
        matches(&format!("{present} pr"));
        matches(&format!("{present} ne null"));
        misses(&format!("{present} eq null"));
    }
    for absent in ["title", "ims", "name.middleName", "emails.display", "manager.displayName", "ims.value"] {
        misses(&format!("{absent} pr"));
        misses(&format!("{absent} ne null"));
        matches(&format!("{absent} eq null"));
    }
}

#[test]
fn null_empty_text_and_empty_arrays_are_not_present() {
    let empty = json!({"title": "", "name": {"givenName": ""}, "emails": [], "ims": [{}], "photos": [{"value": [""]}], "active": null, "id": 0});
    for path in ["title", "name", "name.givenName", "emails", "ims", "photos", "active"] {
        let bound = compile(&format!("{path} pr"), &user()).unwrap();
        assert!(!bound.matches(empty.as_object().unwrap()), "{path}");
    }
    assert!(compile("active pr", &user()).unwrap().matches(json!({"active": false}).as_object().unwrap()));
}

#[test]
fn an_extension_is_asked_by_its_urn_or_without() {
    matches("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"r&d\"");
    matches("department eq \"r&d\"");
    matches("id eq \"u-Ana\" and manager eq \"u-Bo\"");
    matches("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"u-Bo\"");
    matches("manager.$ref ew \"/u-Bo\"");
    matches("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr");
    misses("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User eq null");
    let plain = json!({"userName": "bo"});
    let bound = compile("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr", &user()).unwrap();
    assert!(!bound.matches(plain.as_object().unwrap()));
}

#[test]
fn an_element_is_asked_by_itself() {
    let user = user();
    let roles = user.attribute("roles").unwrap();
    let bound = bind_element(&parse("primary eq \"True\" and value eq \"ADMIN\"").unwrap(), roles).unwrap();
    assert!(element_matches(&bound, &json!({"primary": true, "value": "Admin"})));
    assert!(element_matches(&bound, &json!({"primary": "True", "value": "Admin"})), "as Entra sends it");
    assert!(!element_matches(&bound, &json!({"primary": false, "value": "Admin"})));
    assert!(!element_matches(&Bound::Not(Box::new(bound)), &json!("Admin")), "no element at all");
}

#[test]
fn members_of_a_group_are_asked_like_any_elements() {
    let group = ResourceType::group();
    let staff =
        json!({"displayName": "Staff", "members": [{"value": "u-1", "type": "User"}, {"value": "u-2"}]});
    for (filter, expected) in [
        ("members eq \"u-2\"", true),
        ("members.value eq \"u-3\"", false),
        ("members[value eq \"u-1\" and type eq \"user\"]", true),
        ("members[value eq \"u-2\" and type eq \"user\"]", false),
        ("members pr", true),
    ] {
        let bound = compile(filter, &group).unwrap();
        assert_eq!(bound.matches(staff.as_object().unwrap()), expected, "{filter}");
    }
}
