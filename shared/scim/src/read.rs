//! The bodies of POST and PUT in normal form (RFC 7644 §3.3, §3.5.1).
//!
//! Names are read leniently: in any letter case, dotted or qualified by a URN, and unknown
//! names and schema URIs are ignored. Types are checked strictly.

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
/// display?}]` without duplicates; the caller stores them separately.
///
/// # Errors
/// `InvalidSyntax` if `sent` is not an object or names an attribute twice; `InvalidValue`
/// if a value has the wrong type or a required attribute is missing.
pub fn create(kind: &ResourceType, sent: Value) -> Result<Doc, Error> {
    as_sent(kind, &sent).map(|doc| with_defaults(kind, doc))
}

/// The attributes in the body of a POST, without the defaults of a new resource: for an
/// existing resource that takes over these attributes.
///
/// # Errors
/// As [`create`].
pub fn as_sent(kind: &ResourceType, sent: &Value) -> Result<Doc, Error> {
    let doc = body::read(kind, sent)?;
    required::check(kind, &doc)?;
    Ok(doc)
}

/// `doc`, a new resource, with its defaults: a user is `active`.
#[must_use]
pub fn with_defaults(kind: &ResourceType, mut doc: Doc) -> Doc {
    active::default(kind, &mut doc);
    doc
}

/// A resource from the body of a PUT that replaces `current` (RFC 7644 §3.5.1).
///
/// Attributes that the body does not name are cleared, except `active` and immutable
/// attributes, which stay. For groups the result holds `members` as in [`create`]; without
/// them, the group has no members afterwards.
///
/// # Errors
/// As [`create`], and `Mutability` if an immutable attribute would change.
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
