//! Bulk: many operations in one request (RFC 7644 §3.7).
//!
//! Every POST gets its id before the first write, so that `bulkId` references resolve at
//! once, in whatever direction they point: [`request`] reads the body, [`mod@reference`] finds
//! and replaces references, [`order`] says which operation has to wait for which, and
//! [`schedule`] hands them out, as many at a time as the caller likes.
//!
//! Where the RFC leaves a choice:
//!
//! - Operations that do not depend on each other have no order. Those on one resource, or
//!   about one unique value, keep the order in which they were sent, so that the result is
//!   that of carrying out one after the other.
//! - Creates that refer to each other in a circle are a *ring*: they are begun together.
//! - An operation that refers to a failed create fails with 409, and before it has written
//!   anything. Only in a ring it may have been done already, and is then taken back.
//! - A POST needs its `bulkId`; two with the same one are both refused, because nobody
//!   could tell which one is meant.
//! - What is wrong with one operation fails that operation alone. The request as a whole is
//!   refused only when it is no list of operations, or too long a one.

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

/// As many operations as one request may hold.
pub const MAX_OPERATIONS: usize = 1_000;
/// As many bytes as its body may have.
pub const MAX_PAYLOAD_SIZE: usize = 4 * 1024 * 1024;

/// A bulk response: what became of each operation, in the order of the request.
#[must_use]
pub fn response(operations: Vec<Doc>) -> Value {
    json!({ "schemas": [BULK_RESPONSE], "Operations": operations })
}
