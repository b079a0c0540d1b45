#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use aws_sdk_dynamodb::types::AttributeValue::{self, N, S};
use serde_json::json;

use super::*;
use crate::registry::transition::Stage;

/// An item as the table holds it.
fn item(attributes: &[(&str, AttributeValue)]) -> Item {
    attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn text(text: &str) -> AttributeValue {
    S(text.to_owned())
}

fn key() -> [(&'static str, AttributeValue); 2] {
    [("PK", text("D#acme")), ("SK", text("directory"))]
}

#[test]
fn a_record_is_stored_as_before() {
    let stored = item(&[
        ("name", text("Acme")),
        ("profile", text("standard")),
        ("indexed", text("User userName\nGroup displayName")),
        ("state", text("paused")),
        ("regionLabel", text("eu")),
        ("stageLabel", text("sandbox")),
        ("created", text("2026-01-01T00:00:00.000Z")),
        ("settings", text(r#"{"requestsPerSecond":5}"#)),
    ]);
    let mut whole = stored.clone();
    whole.extend(item(&key()));
    whole.extend(item(&[
        ("secret", text(&"0f".repeat(32))),
        ("seals", text(&"0e".repeat(32))),
        ("previousSeals", text(&"0d".repeat(32))),
        ("previousUntil", N("9".to_owned())),
        ("otherProfile", text("entra")),
        ("stage", text("retiring")),
        ("since", N("7".to_owned())),
        ("past", text("User title")),
    ]));
    let Record { directory, secrets } = Record::from_item(&whole).unwrap();
    let Secrets { hashes, seals, previous: Some((previous, until)) } = secrets.unwrap() else {
        unreachable!("a previous secret")
    };
    let hex = |digits: &str| digits.repeat(32);
    assert_eq!((hashes.hex(), seals.hex(), previous.hex(), until), (hex("0f"), hex("0e"), hex("0d"), 9));
    assert_eq!((directory.id.to_string(), directory.state), ("acme".to_owned(), State::Paused));
    assert_eq!(directory.indexed.as_deref().unwrap(), ["User userName", "Group displayName"]);
    assert_eq!(directory.settings.get("requestsPerSecond"), Some(&json!(5)));
    let transition = directory.transition.clone().unwrap();
    assert_eq!((transition.other.as_str(), transition.stage), ("entra", Stage::Retiring));
    assert_eq!((transition.since, transition.at), (7, None));
    assert_eq!(encode(&directory).unwrap(), stored);
}

#[test]
fn the_oldest_records_are_read() {
    let mut stored = item(&key());
    stored.extend(item(&[("name", text("Acme")), ("profile", text("standard"))]));
    let Record { directory, secrets } = Record::from_item(&stored).unwrap();
    assert_eq!((directory.state, directory.indexed, secrets), (State::Enabled, None, None));
    assert_eq!((directory.created.as_str(), directory.settings.len()), ("", 0));
    stored.insert("secret".to_owned(), text(&"0f".repeat(32)));
    let secrets = Record::from_item(&stored).unwrap().secrets.unwrap();
    assert_eq!((secrets.hashes.hex(), secrets.previous), (secrets.seals.hex(), None), "never rotated");
    stored.insert("indexed".to_owned(), text(""));
    assert_eq!(DirectoryRecord::from_item(&stored).unwrap().indexed, Some(Vec::new()));
}

#[test]
fn a_record_that_cannot_be_understood_is_an_error() {
    let mut stored = item(&key());
    stored.extend(item(&[("name", text("Acme")), ("profile", text("standard"))]));
    for (attribute, value) in [
        ("state", text("asleep")),
        ("settings", text("[]")),
        ("name", N("1".to_owned())),
        ("stage", text("preparing")),
        ("PK", text("D#A b")),
    ] {
        let mut broken = stored.clone();
        broken.insert(attribute.to_owned(), value);
        assert!(DirectoryRecord::from_item(&broken).is_err(), "{attribute}");
    }
}
