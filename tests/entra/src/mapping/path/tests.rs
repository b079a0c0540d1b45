use serde_json::{Value, json};

use super::Path;

fn path(text: &str) -> Path {
    Path::parse(text).unwrap()
}

#[test]
fn urns_are_split_at_their_last_colon() {
    let path = path("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department");
    assert_eq!(path.urn(), Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"));
    assert_eq!((path.attribute(), path.sub()), ("department", None));
}

#[test]
fn malformed_paths_are_refused() {
    for text in ["", "emails[type eq \"work\"]", "emails[type eq work].value", "emails[type].value", "a:b"] {
        assert!(Path::parse(text).is_err(), "{text}");
    }
    for text in ["emails[type ne \"work\"].value", "a b", "a.b.c", "roles[primary eq\"True\".type]"] {
        assert!(Path::parse(text).is_err(), "{text}");
    }
}

#[test]
fn elements_are_found_in_any_letter_case() {
    let resource = json!({ "Emails": [
        { "type": "home", "value": "h" }, { "type": "Work", "value": "w" }, { "type": "work", "value": "x" },
    ] });
    assert_eq!(path("emails[type eq \"work\"].Value").read(&resource), Some(&json!("w")));
    assert_eq!(path("emails[type eq \"other\"].value").read(&resource), None);
}

#[test]
fn the_text_true_selects_the_boolean() {
    let resource = json!({ "roles": [{ "value": "a" }, { "primary": true, "value": "b" }] });
    assert_eq!(path("roles[primary eq \"True\"].value").read(&resource), Some(&json!("b")));
}

#[test]
fn a_resource_is_composed_as_entra_does() {
    let mut resource = serde_json::Map::new();
    for (text, value) in [
        ("userName", "ana"),
        ("name.givenName", "Ana"),
        ("emails[type eq \"work\"].value", "ana@ex.io"),
        ("emails[type eq \"other\"].Value", "a@ex.io"),
        ("addresses[type eq \"work\"].country", "JP"),
        ("addresses[type eq \"work\"].locality", "Osaka"),
        ("roles[primary eq \"True\"].value", "User"),
        ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "R&D"),
    ] {
        path(text).write(&mut resource, json!(value));
    }
    let expected = json!({
        "userName": "ana",
        "name": { "givenName": "Ana" },
        "emails": [
            { "primary": true, "type": "work", "value": "ana@ex.io" },
            { "type": "other", "value": "a@ex.io" },
        ],
        "addresses": [{ "type": "work", "country": "JP", "locality": "Osaka" }],
        "roles": [{ "primary": true, "value": "User" }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "R&D" },
    });
    assert_eq!(Value::Object(resource), expected);
}

#[test]
fn what_is_empty_is_not_there() {
    let resource = json!({ "title": "", "nickName": null, "roles": [] });
    for text in ["title", "nickName", "roles", "roles.value"] {
        assert_eq!(path(text).read(&resource), None, "{text}");
    }
}
