//! `/ServiceProviderConfig` (RFC 7643 §5, RFC 9865 §4).

use serde_json::{Value, json};

use crate::bulk::{MAX_OPERATIONS, MAX_PAYLOAD_SIZE};
use crate::model::profile::SignIn;

/// The most resources on one page of a list.
pub const MAX_RESULTS: u64 = 1000;
/// Resources on a page when nobody says how many.
pub const DEFAULT_RESULTS: u64 = 100;
/// How long a cursor is good, in seconds.
pub const CURSOR_TIMEOUT: u32 = 3600;

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/// What the service supports, every object complete: some clients take a `bulk`
/// without its numbers for a document they cannot read, and then assume no PATCH and
/// no filter either. `sign_in` are the profile's ways to sign in, the preferred one first;
/// `base` is the URL up to and with `/scim/v2`.
#[must_use]
pub fn service_provider_config(sign_in: &[SignIn], base: &str) -> Value {
    json!({
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
            // What clients expect who have never heard of cursors (RFC 9865 §2.4).
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
    })
}

/// RFC 7643 §5 has two types for what we take: a bearer token by itself, or by OAuth 2.0,
/// however it was come by.
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
