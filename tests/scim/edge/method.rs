//! A method that an endpoint does not support is 405, with the supported ones in `Allow` (RFC 9110
//! §15.5.6).

use serde_json::json;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;

#[track_caller]
fn refused(method: &str, path: &str, allowed: &[&str]) {
    let answer = Call::new(Endpoint::shared(), method, path).json(&json!({})).send();
    answer.error(405, "");
    let allow = answer.header("allow").unwrap_or_default().to_owned();
    let methods: Vec<_> = allow.split(',').map(str::trim).collect();
    for method in allowed {
        assert!(methods.contains(method), "{answer}\nAllow is `{allow}`");
    }
    assert!(!methods.contains(&method), "{answer}\nAllow is `{allow}`");
}

#[test]
fn the_collections() {
    for path in ["/Users", "/Groups"] {
        for method in ["PUT", "PATCH", "DELETE", "TRACE", "BREW"] {
            refused(method, path, &["GET", "POST"]);
        }
    }
}

#[test]
fn the_resources() {
    let id = Endpoint::shared().create_user(&unique(), &json!({}));
    refused("POST", &format!("/Users/{id}"), &["GET", "PUT", "PATCH", "DELETE"]);
    refused("POST", "/Groups/x", &["GET", "PUT", "PATCH", "DELETE"]);
}

#[test]
fn discovery_is_read_only() {
    for path in [
        "/ServiceProviderConfig",
        "/ResourceTypes",
        "/ResourceTypes/User",
        "/Schemas",
        "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
    ] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            refused(method, path, &["GET"]);
        }
    }
}
