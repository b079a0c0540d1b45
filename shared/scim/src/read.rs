//! The bodies of POST and PUT, brought to normal form (RFC 7644 §3.3, §3.5.1).
//!
//! Lenient about names (any case, unknown ones, unknown schema URIs, dotted and
//! URN-qualified keys), strict about types: what is stored is what was meant.

pub mod body;
pub mod immutable;
pub mod members;
pub mod required;

use serde_json::Value;

use crate::dialect::body::keep_active;
use crate::error::Error;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// A new resource from the body of a POST (RFC 7644 §3.3).
///
/// For groups the result holds `members`, when there are any, as `[{value, type?,
/// display?}]` without duplicates; the caller keeps them apart.
///
/// # Errors
/// `InvalidSyntax` when `sent` is not an object; `InvalidValue` when a value is of the
/// wrong type or a required attribute is missing.
pub fn create(kind: &ResourceType, sent: Value) -> Result<Doc, Error> {
    let doc = body::read(kind, &sent)?;
    required::check(kind, &doc)?;
    Ok(doc)
}

/// A resource from the body of a PUT that replaces `current` (RFC 7644 §3.5.1).
///
/// What the body does not name is cleared, except `active`, and except immutable
/// attributes, which stay. For groups the result holds `members` as [`create`] has it;
/// none means that the group is to have none.
///
/// # Errors
/// As [`create`], and `Mutability` when an immutable attribute would change.
pub fn replace(kind: &ResourceType, current: &Doc, sent: Value) -> Result<Doc, Error> {
    let mut doc = body::read(kind, &sent)?;
    keep_active(kind, current, &mut doc);
    immutable::keep(kind, current, &mut doc);
    immutable::check(kind, current, &doc)?;
    required::check(kind, &doc)?;
    Ok(doc)
}

#[cfg(test)]
mod tests;
