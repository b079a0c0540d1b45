//! `/ServiceProviderConfig` (RFC 7643 §5, RFC 9865 §4, RFC 9967 §4).

use serde_json::{Value, json};

use crate::bulk::{MAX_OPERATIONS, MAX_PAYLOAD_SIZE};
use crate::event;
use crate::model::profile::SignIn;

/// The most resources on one page of a list.
pub const MAX_RESULTS: u64 = 1000;
/// The resources on a page if the request has no `count`.
pub const DEFAULT_RESULTS: u64 = 100;
/// How long a cursor is valid, in seconds.
pub const CURSOR_TIMEOUT: u32 = 3600;

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/// The features of the service. Every object is complete: some clients cannot read a `bulk`
/// without its numbers, and then assume that PATCH and filters are missing too. `sign_in` has
/// the profile's ways to sign in, the preferred one first; `base` is the URL up to and
/// including `/scim/v2`. `has_security_events` says whether someone receives the directory's events
/// as security event tokens: without the attribute, the service is not configured for them.
#[must_use]
pub fn service_provider_config(sign_in: &[SignIn], base: &str, has_security_events: bool) -> Value {
    let mut config = json!({
        "schemas": [SCHEMA],
        "patch": { "supported": true },
        "bulk": { "supported": true, "maxOperations": MAX_OPERATIONS, "maxPayloadSize": MAX_PAYLOAD_SIZE },
        "filter": { "supported": true, "maxResults": MAX_RESULTS },
        "changePassword": { "supported": false },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "pagination": {
            "cursor": true,
            "index": true,
            // Clients that do not know cursors expect this (RFC 9865 §2.4).
            "defaultPaginationMethod": "index",
            "defaultPageSize": DEFAULT_RESULTS,
            "maxPageSize": MAX_RESULTS,
            "cursorTimeout": CURSOR_TIMEOUT,
        },
        "authenticationSchemes": schemes(sign_in),
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base}/ServiceProviderConfig"),
        },
    });
    if let (true, Some(config)) = (has_security_events, config.as_object_mut()) {
        let events = json!({ "asyncRequest": "none", "eventUris": event::URIS });
        config.insert("securityEvents".to_owned(), events);
    }
    config
}

/// RFC 7643 §5 has two types that fit: a bearer token, and OAuth 2.0 with any grant.
fn schemes(sign_in: &[SignIn]) -> Vec<Value> {
    let mut schemes: Vec<Value> = Vec::new();
    for way in sign_in {
        let (kind, name, description, rfc) = match way {
            SignIn::Token => (
                "oauthbearertoken",
                "OAuth Bearer Token",
                "A secret token in the Authorization header",
                "rfc6750",
            ),
            SignIn::ClientCredentials | SignIn::Federation | SignIn::AuthorizationCode => (
                "oauth2",
                "OAuth 2.0",
                "An access token of this service in the Authorization header",
                "rfc6749",
            ),
        };
        if schemes.iter().all(|scheme| scheme.get("type") != Some(&json!(kind))) {
            schemes.push(json!({
                "type": kind,
                "name": name,
                "description": description,
                "specUri": format!("https://www.rfc-editor.org/info/{rfc}"),
                "primary": schemes.is_empty(),
            }));
        }
    }
    schemes
}
