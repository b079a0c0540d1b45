#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use aws_sdk_dynamodb::types::AttributeValue::{self, N, S};

use super::*;

fn text(text: &str) -> AttributeValue {
    S(text.to_owned())
}

fn number(number: i64) -> AttributeValue {
    N(number.to_string())
}

const KEY: [(&str, &str); 2] = [("PK", "D#acme"), ("SK", "client#k1")];

/// An item as the table holds it.
fn item(attributes: &[(&str, AttributeValue)]) -> Item {
    let key = KEY.map(|(name, value)| (name.to_owned(), text(value)));
    attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).chain(key).collect()
}

/// A client with two secrets and an issuer.
fn stored() -> Item {
    item(&[
        ("label", text("Entra")),
        ("scopes", text("read users")),
        ("lifetime", number(7200)),
        ("redirects", text("https://a.example.com/\nhttps://b.example.com/")),
        ("pkce", text("optional")),
        ("federation", text(r#"{"issuer":"i","subject":"s","audiences":["a"],"jwksUri":"https://k/"}"#)),
        ("created", text("2026-01-01T00:00:00.000Z")),
        ("secret#s2", text(r#"{"hash":"bb","label":"","created":"2026-01-02T00:00:00.000Z","end":null}"#)),
        ("secret#s1", text(r#"{"hash":"aa","label":"old","created":"2026-01-01T00:00:00.000Z","end":9}"#)),
    ])
}

#[test]
fn a_client_is_stored_as_before() {
    let client = Client::from_item(&stored()).unwrap();
    assert_eq!((client.id.to_string(), client.label.as_str()), ("k1".to_owned(), "Entra"));
    assert_eq!((client.scopes.as_str(), client.lifetime, client.pkce), ("read users", 7200, Pkce::Optional));
    assert_eq!(client.redirects, ["https://a.example.com/", "https://b.example.com/"]);
    assert_eq!(client.federation.as_ref().unwrap().jwks_uri, "https://k/");
    let secrets: Vec<_> =
        client.secrets.iter().map(|secret| (&*secret.id, &*secret.hash, secret.end)).collect();
    assert_eq!(secrets, [("s1", "aa", Some(9)), ("s2", "bb", None)], "the oldest first");
    assert_eq!(client.put(&"acme".parse().unwrap()).unwrap().into_item(), stored());
}

#[test]
fn what_was_stored_later_is_read() {
    let mut stored = stored();
    stored.extend(item(&[
        ("lastUsed", text("2026-01-03T00:00:00.000Z")),
        ("revoked", text("2026-01-04T00:00:00.000Z")),
        ("expires", number(5)),
        ("revoked#t1", number(99)),
        ("revokedBefore", number(50)),
    ]));
    let client = Client::from_item(&stored).unwrap();
    assert!(client.used.is_some() && client.revoked.is_some());
    assert!(client.tokens.contains("t1", 60) && client.tokens.contains("t2", 50));
    assert!(!client.tokens.contains("t2", 60));
}

#[test]
fn the_smallest_client_is_read_and_stored() {
    let smallest = item(&[
        ("label", text("x")),
        ("lifetime", number(3600)),
        ("redirects", text("")),
        ("pkce", text("required")),
        ("created", text("")),
    ]);
    let client = Client::from_item(&smallest).unwrap();
    assert_eq!((client.pkce, client.redirects.len(), client.secrets.len()), (Pkce::Required, 0, 0));
    assert_eq!(client.put(&"acme".parse().unwrap()).unwrap().into_item(), smallest);
}

#[test]
fn a_client_that_cannot_be_understood_is_an_error() {
    for (attribute, value) in [
        ("federation", text(r#"{"issuer":"canary"}"#)),
        ("secret#s3", text("canary")),
        ("lifetime", text("canary")),
        ("SK", text("client#Canary")),
    ] {
        let mut broken = stored();
        broken.insert(attribute.to_owned(), value);
        let error = format!("{:?}", Client::from_item(&broken).unwrap_err());
        assert!(!error.to_lowercase().contains("canary"), "an error is logged: {error}");
    }
}
