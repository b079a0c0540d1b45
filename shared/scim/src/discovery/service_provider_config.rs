//! `/ServiceProviderConfig` (RFC 7643 §5).

use serde_json::{Value, json};

use crate::bulk::{MAX_OPERATIONS, MAX_PAYLOAD_SIZE};

/// The most resources on one page of a list.
pub const MAX_RESULTS: u64 = 1000;

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/// What the service supports, every object complete: some clients take a `bulk`
/// without its numbers for a document they cannot read, and then assume no PATCH and
/// no filter either. `base` is the URL up to and with `/scim/v2`.
#[must_use]
pub fn service_provider_config(base: &str) -> Value {
    json!({
        "schemas": [SCHEMA],
        "patch": { "supported": true },
        "bulk": { "supported": true, "maxOperations": MAX_OPERATIONS, "maxPayloadSize": MAX_PAYLOAD_SIZE },
        "filter": { "supported": true, "maxResults": MAX_RESULTS },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": true },
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
