//! Bulk: many operations in one request (RFC 7644 §3.7).
//!
//! Every POST gets its id before the first write, so `bulkId` references resolve at once, in
//! both directions. [`request`] reads the body, [`mod@reference`] finds and replaces
//! references, [`order`] computes which operation waits for which, and [`schedule`] hands
//! them out, as many at a time as the caller requests.
//!
//! Choices where the RFC allows several:
//!
//! - Operations that do not depend on each other have no order. Those on one resource, or
//!   with one unique value, keep the order in which they were sent, so the result is the same
//!   as one after the other.
//! - Creates that refer to each other in a circle are a *ring*: they begin together.
//! - An operation that refers to a failed create fails with 409 before it writes anything.
//!   Only in a ring it may be done already, and is then undone.
//! - A POST needs a `bulkId`. Two POSTs with the same one are both refused, because references
//!   to it would be ambiguous.
//! - A wrong operation fails alone. The request as a whole is refused only if it is not a list
//!   of operations, or too long.

pub mod order;
pub mod reference;
pub mod request;
pub mod schedule;

use serde_json::{Value, json};

use crate::model::doc::Doc;

#[cfg(test)]
mod tests;

/// The URN of a bulk request.
pub const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// The URN of a bulk response.
pub const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// The most operations in one request.
pub const MAX_OPERATIONS: usize = 1_000;
/// The most bytes in its body.
pub const MAX_PAYLOAD_SIZE: usize = 4 * 1024 * 1024;

/// A bulk response: the result of each operation, in the order of the request.
#[must_use]
pub fn response(operations: Vec<Doc>) -> Value {
    json!({ "schemas": [BULK_RESPONSE], "Operations": operations })
}
