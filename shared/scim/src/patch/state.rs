//! A resource while a PATCH is applied to it.

use super::members::Members;
use super::tally::Tally;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// A resource between two operations of a PATCH.
#[derive(Debug)]
pub struct State<'k> {
    /// Its type.
    pub kind: &'k ResourceType,
    /// Its attributes so far.
    pub doc: Doc,
    /// The changes of its members so far.
    pub members: Members,
    /// The values that were sent so far.
    pub tally: Tally,
}

impl<'k> State<'k> {
    /// A resource of `kind` as it is before the first operation.
    #[must_use]
    pub fn new(kind: &'k ResourceType, current: &Doc) -> Self {
        Self { kind, doc: current.clone(), members: Members::default(), tally: Tally::default() }
    }
}
