#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use aws_sdk_dynamodb::types::AttributeValue::{self, N, S};

use super::*;

fn new(digest: &str) -> NewCredential {
    NewCredential::new("c1".parse().unwrap(), digest.to_owned(), "label")
}

fn text(text: &str) -> AttributeValue {
    S(text.to_owned())
}

/// An item as the table holds it, without its key.
fn stored() -> Item {
    let attributes = [
        ("hash", text("aa")),
        ("label", text("Entra")),
        ("scopes", text("read users groups")),
        ("created", text("2026-01-01T00:00:00.000Z")),
        ("end", N("1000".to_owned())),
        ("subject", text("u1")),
        ("lastUsed", N("900".to_owned())),
        ("revoked", text("2026-01-02T00:00:00.000Z")),
    ];
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn with_key(mut item: Item) -> Item {
    item.extend(keys::credential(&"acme".parse().unwrap(), &"c1".parse().unwrap()).item());
    item
}

#[test]
fn a_credential_is_stored_as_before() {
    let mut whole = with_key(stored());
    whole.insert("expires".to_owned(), N("7776000".to_owned()));
    let credential = Credential::from_item(&whole).unwrap();
    assert_eq!(credential.id, "c1".parse().unwrap());
    assert_eq!((credential.label.as_str(), credential.hash()), ("Entra", "aa"));
    assert_eq!(credential.scopes, "read".parse().unwrap());
    assert_eq!((credential.expires, credential.used), (Some(1000), Some(900)));
    assert_eq!(credential.subject.as_deref(), Some("u1"));
    assert!(!credential.is_valid(0));
    assert_eq!(encode(&credential).unwrap(), stored());
}

#[test]
fn what_is_stored_is_read_back() {
    let secret = Secret::random().unwrap();
    for scopes in ["", "read", "users", "consent"] {
        let mut new = new("aa");
        new.scopes = scopes.parse().unwrap();
        (new.expires, new.subject) = (Some(1000), Some("u1".to_owned()));
        let credential = Credential::of(&new, &secret);
        let item = encode(&credential).unwrap();
        assert_eq!(item.contains_key("scopes"), !scopes.is_empty());
        assert_eq!(Credential::from_item(&with_key(item)).unwrap(), credential, "{scopes}");
    }
}

#[test]
fn unknown_scopes_and_a_missing_hash_are_errors() {
    let mut item = with_key(stored());
    item.insert("scopes".to_owned(), text("read everything"));
    assert!(Credential::from_item(&item).is_err());
    let mut item = with_key(stored());
    item.remove("hash");
    assert!(Credential::from_item(&item).is_err());
}

#[test]
fn only_the_same_token_is_stored_already() {
    let (secret, other) = (Secret::random().unwrap(), Secret::random().unwrap());
    let stored = Credential::of(&new("aa"), &secret);
    assert!(new("aa").is_stored_as(&stored, &secret));
    assert!(!new("ab").is_stored_as(&stored, &secret));
    assert!(!new("aa").is_stored_as(&stored, &other));
}

#[test]
fn a_credential_is_warned_of_while_it_is_valid() {
    let mut credential = Credential::of(&new("aa"), &Secret::random().unwrap());
    assert_eq!(credential.warning(0), None);
    credential.expires = Some(1000 + 86_400);
    assert_eq!(credential.warning(1000), Some(7));
    credential.revoked = Some(String::new());
    assert_eq!(credential.warning(1000), None);
}
