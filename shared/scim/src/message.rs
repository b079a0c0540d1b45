//! The messages around resources: list responses and errors (RFC 7644 §3.4.2, §3.12).

use serde_json::{Value, json};

use crate::error::Error;
use crate::model::doc::Doc;

/// The URN of a list response.
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// The URN of an error.
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// A list response: `total` matches in all, of which `resources` are those from the
/// 1-based `start_index` on. `itemsPerPage` is the number really on the page.
#[must_use]
pub fn list(total: u64, start_index: u64, resources: Vec<Doc>) -> Value {
    json!({
        "schemas": [LIST_RESPONSE],
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}

/// An error's body; `status` is a string, as RFC 7644 §3.12 wants it.
#[must_use]
pub fn error(error: &Error) -> Value {
    let mut body = Doc::new();
    body.insert("schemas".to_owned(), json!([ERROR]));
    body.insert("status".to_owned(), json!(error.kind.status().to_string()));
    if let Some(scim_type) = error.kind.scim_type() {
        body.insert("scimType".to_owned(), json!(scim_type));
    }
    body.insert("detail".to_owned(), json!(error.detail));
    Value::Object(body)
}
