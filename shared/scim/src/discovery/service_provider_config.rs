//! `/ServiceProviderConfig` (RFC 7643 §5, RFC 9865 §4).

use serde_json::{Value, json};

/// The most resources on one page of a list.
pub const MAX_RESULTS: u64 = 1000;
/// Resources on a page when nobody says how many.
pub const DEFAULT_RESULTS: u64 = 100;
/// How long a cursor is good, in seconds.
pub const CURSOR_TIMEOUT: u32 = 3600;

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/// What the service supports, every object complete: some clients take a `bulk`
/// without its numbers for a document they cannot read, and then assume no PATCH and
/// no filter either. `base` is the URL up to and with `/scim/v2`.
#[must_use]
pub fn service_provider_config(base: &str) -> Value {
    json!({
        "schemas": [SCHEMA],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
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
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "A secret token in the Authorization header",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base}/ServiceProviderConfig"),
        },
    })
}
