#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;

fn of(path: &str, doc: &Value) -> Option<Comparable<'static>> {
    let path = sort_by(path, &ResourceType::user()).unwrap();
    sort_value(doc.as_object().unwrap(), &path).map(Comparable::into_owned)
}

fn text(text: &str) -> Option<Comparable<'static>> {
    Some(Comparable::Text(text.to_owned().into()))
}

#[test]
fn values_are_read_by_their_rows() {
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let user = json!({
        "userName": "ÀNA", "externalId": "A", "active": true, "name": { "givenName": "Ana" },
        "meta": { "created": "2026-01-01T01:00:00+01:00" },
        urn: { "department": "Ops", "manager": { "value": "M" } },
    });
    assert_eq!(of("userName", &user), text("àna"));
    assert_eq!(of("USERNAME", &user), text("àna"));
    assert_eq!(of("urn:ietf:params:scim:schemas:core:2.0:User:userName", &user), text("àna"));
    assert_eq!(of("externalId", &user), text("A"));
    assert_eq!(of("active", &user), Some(Comparable::Boolean(true)));
    assert_eq!(of("name.givenName", &user), text("ana"));
    assert_eq!(of("department", &user), text("ops"));
    assert_eq!(of(&format!("{urn}:manager"), &user), text("M"));
    let created = of("meta.created", &user);
    let midnight = time::OffsetDateTime::from_unix_timestamp(1_767_225_600).unwrap();
    assert_eq!(created, Some(Comparable::Instant(midnight)));
    assert_eq!(of("title", &user), None);
    assert_eq!(of("userName", &json!({ "userName": "" })), None);
}

#[test]
fn of_many_values_the_primary_one_counts_else_the_first() {
    let emails = json!({ "emails": [
        { "value": "A@x", "type": "work" }, { "value": "b@x", "primary": true }, { "value": "c@x" },
    ] });
    assert_eq!(of("emails.value", &emails), text("b@x"));
    assert_eq!(of("emails", &emails), text("b@x"));
    assert_eq!(of("emails.type", &emails), text("work"), "the primary one has no type");
    assert_eq!(of("emails", &json!({ "emails": [{ "value": "A@x" }, { "value": "b@x" }] })), text("a@x"));
    assert_eq!(of("emails", &json!({ "emails": [] })), None);
    assert_eq!(of("schemas", &json!({ "schemas": ["urn:b", "urn:a"] })), text("urn:b"));
}

#[test]
fn what_cannot_be_sorted_by_is_invalid_path() {
    for path in ["colour", "emails.colour", "name", "addresses", "password", "urn:ex:title", "", "a.b.c"] {
        let error = sort_by(path, &ResourceType::user()).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidPath, "{path}");
        assert!(error.detail.contains("sortBy"), "{}", error.detail);
    }
}

#[test]
fn across_types_one_that_has_it_is_enough() {
    let (user, group) = (ResourceType::user(), ResourceType::group());
    let of_types = |text: &str| sort_by_multi_type(text, [&user, &group].into_iter());
    let found = of_types("userName").unwrap();
    assert!(matches!(found.as_slice(), [Some(_), None]));
    assert!(of_types("displayName").unwrap().iter().all(Option::is_some));
    assert_eq!(of_types("colour").unwrap_err().kind, Kind::InvalidPath);
}

#[test]
fn orders_are_two_words_in_any_case() {
    assert_eq!(Order::parse("Descending").unwrap(), Order::Descending);
    assert_eq!(Order::parse(" ascending ").unwrap(), Order::Ascending);
    for wrong in ["", "desc", "down", "1"] {
        assert_eq!(Order::parse(wrong).unwrap_err().kind, Kind::InvalidValue, "{wrong}");
    }
}
