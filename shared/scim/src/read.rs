//! The bodies of POST and PUT, brought to normal form (RFC 7644 §3.3, §3.5.1).
//!
//! Lenient about names (any case, unknown ones, unknown schema URIs, dotted and
//! URN-qualified keys), strict about types: what is stored is what was meant.

pub mod active;
pub mod body;
pub mod immutable;
pub mod members;
pub mod required;

use serde_json::Value;

use crate::error::Error;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// A new resource from the body of a POST (RFC 7644 §3.3).
///
/// For groups the result holds `members`, if there are any, as `[{value, type?,
/// display?}]` without duplicates; the caller stores them apart.
///
/// # Errors
/// `InvalidSyntax` if `sent` is not an object or names an attribute twice; `InvalidValue`
/// if a value has the wrong type or a required attribute is missing.
pub fn create(kind: &ResourceType, sent: Value) -> Result<Doc, Error> {
    as_sent(kind, &sent).map(|doc| with_defaults(kind, doc))
}

/// What the body of a POST says, without the defaults of a new resource: for a resource that
/// exists already and takes over these attributes.
///
/// # Errors
/// As [`create`].
pub fn as_sent(kind: &ResourceType, sent: &Value) -> Result<Doc, Error> {
    let doc = body::read(kind, sent)?;
    required::check(kind, &doc)?;
    Ok(doc)
}

/// `doc`, a new resource, with what a client need not send: a user is `active`.
#[must_use]
pub fn with_defaults(kind: &ResourceType, mut doc: Doc) -> Doc {
    active::default(kind, &mut doc);
    doc
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
    active::keep(kind, current, &mut doc);
    immutable::keep(kind, current, &mut doc);
    immutable::check(kind, current, &doc)?;
    required::check(kind, &doc)?;
    Ok(doc)
}

#[cfg(test)]
mod tests;
