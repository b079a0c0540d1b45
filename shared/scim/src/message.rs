//! The messages that contain resources: list responses and errors (RFC 7644 §3.4.2, §3.12,
//! RFC 9865 §2).

use serde_json::{Value, json};

use crate::error::Error;
use crate::model::doc::Doc;

/// The URN of a list response.
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// The URN of a query by POST.
pub const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
/// The URN of an error.
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The position of a page in its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// It starts at this index, from 1 (RFC 7644 §3.4.2.4).
    Index(u64),
    /// It is between the pages with these cursors (RFC 9865 §2).
    Cursors {
        /// The previous page; `None` on the first one.
        previous: Option<String>,
        /// The next page; `None` on the last one.
        next: Option<String>,
    },
}

/// A list response with all of `resources`.
#[must_use]
pub fn list(resources: Vec<Doc>) -> Value {
    page(Some(resources.len() as u64), Position::Index(1), resources)
}

/// A list response: `total` matches, if their number is known, and of these `resources`, which
/// are at `position`. `itemsPerPage` is the number of `resources`.
#[must_use]
pub fn page(total: Option<u64>, position: Position, resources: Vec<Doc>) -> Value {
    let mut body = Doc::new();
    body.insert("schemas".to_owned(), json!([LIST_RESPONSE]));
    if let Some(total) = total {
        body.insert("totalResults".to_owned(), json!(total));
    }
    let mut cursors = Vec::new();
    match position {
        Position::Index(start) => _ = body.insert("startIndex".to_owned(), json!(start)),
        Position::Cursors { previous, next } => {
            cursors.extend([("previousCursor", previous), ("nextCursor", next)]);
        }
    }
    body.insert("itemsPerPage".to_owned(), json!(resources.len()));
    for (name, cursor) in cursors {
        if let Some(cursor) = cursor {
            body.insert(name.to_owned(), json!(cursor));
        }
    }
    body.insert("Resources".to_owned(), json!(resources));
    Value::Object(body)
}

/// The body of an error. Its `status` is a string (RFC 7644 §3.12).
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
