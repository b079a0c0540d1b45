#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

//! Tests that are not corpus files: limits, members as changes, error texts and properties.

mod limits;
mod members;
mod properties;

use serde_json::{Value, json};

use super::apply::{Patched, apply};
use super::request::parse;
use crate::error::{Error, Kind};
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;
use crate::model::schema::ENTERPRISE_USER;

/// Applies the operations `sent` to the resource `before`.
pub(super) fn patch(kind: &ResourceType, before: &Value, sent: &Value) -> Result<Patched, Error> {
    let operations = parse(json!({ "Operations": sent }))?;
    apply(kind, before.as_object().unwrap(), &operations)
}

#[test]
fn an_error_names_the_operation_and_the_path() {
    let user = ResourceType::user();
    let before = json!({ "userName": "ana" });
    for (sent, kind, detail) in [
        (
            json!([{ "op": "add", "path": "title", "value": "x" }, { "op": "Replace", "path": "active", "value": "maybe" }]),
            Kind::InvalidValue,
            "operation 2, replace `active`: `active` must be true or false, but a string was sent",
        ),
        (
            json!([{ "op": "replace", "value": { "name": 7 } }]),
            Kind::InvalidValue,
            "operation 1, replace without a path: `name` must be an object, but a number was sent",
        ),
        (
            json!([{ "op": "add", "path": "shoeSize", "value": 1 }]),
            Kind::InvalidPath,
            "operation 1, add `shoeSize`: a User has no such attribute: see `/Schemas` for those it has",
        ),
        (
            json!([{ "op": "remove", "path": "id" }]),
            Kind::Mutability,
            "operation 1, remove `id`: `id` is read-only: leave the operation out",
        ),
    ] {
        assert_eq!(patch(&user, &before, &sent).unwrap_err(), Error::new(kind, detail));
    }
}

#[test]
fn a_path_may_be_blank_or_have_blanks_around_it() {
    let before = json!({ "userName": "ana" });
    let title = |sent: Value| patch(&ResourceType::user(), &before, &sent).unwrap().doc["title"].clone();
    assert_eq!(title(json!([{ "op": "add", "path": " title ", "value": "x" }])), "x");
    for path in [json!(""), json!("  "), json!(null)] {
        assert_eq!(title(json!([{ "op": "add", "path": path, "value": { "title": "x" } }])), "x", "{path}");
    }
}

#[test]
fn a_long_path_is_cut_in_an_error() {
    let path = format!("x{}", "é".repeat(500));
    let sent = json!([{ "op": "add", "path": path, "value": 1 }]);
    let error = patch(&ResourceType::user(), &json!({ "userName": "ana" }), &sent).unwrap_err();
    assert!(error.detail.len() < 600 && error.detail.contains('…'), "{}", error.detail);
}

#[test]
fn an_immutable_attribute_is_added_once() {
    use crate::model::attribute::{Attribute, Mutability};
    let mut kind = ResourceType::user();
    kind.schema.attributes.push(Attribute::string("badge", "").mutability(Mutability::Immutable));
    let add = |value: &str| json!([{ "op": "add", "path": "badge", "value": value }]);
    let before = json!({ "userName": "ana" });

    let after = Value::Object(patch(&kind, &before, &add("7")).unwrap().doc);
    assert_eq!(after["badge"], "7");
    assert!(!patch(&kind, &after, &add("7")).unwrap().changed);
    assert_eq!(patch(&kind, &after, &add("8")).unwrap_err().kind, Kind::Mutability);
    let remove = json!([{ "op": "remove", "path": "badge" }]);
    assert_eq!(patch(&kind, &after, &remove).unwrap_err().kind, Kind::Mutability);
}

#[test]
fn the_order_of_attributes_stays() {
    let before = json!({ "title": "x", "userName": "ana", ENTERPRISE_USER: { "division": "W", "department": "R" }, "active": true });
    let sent = json!([{ "op": "replace", "path": "title", "value": "y" },
        { "op": "replace", "path": format!("{ENTERPRISE_USER}:division"), "value": "E" }]);
    let after = patch(&ResourceType::user(), &before, &sent).unwrap().doc;
    let keys = |doc: &Doc| doc.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&after), keys(before.as_object().unwrap()));
    assert_eq!(keys(after[ENTERPRISE_USER].as_object().unwrap()), ["division", "department"]);
}

#[test]
fn a_failed_patch_can_be_applied_again() {
    let user = ResourceType::user();
    let before = json!({ "userName": "ana", "title": "x" });
    let operations = parse(json!({ "Operations": [{ "op": "remove", "path": "title" }] })).unwrap();
    let once = apply(&user, before.as_object().unwrap(), &operations).unwrap();
    assert_eq!(apply(&user, before.as_object().unwrap(), &operations).unwrap(), once, "nothing was used up");
}
