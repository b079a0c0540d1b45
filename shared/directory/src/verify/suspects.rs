//! What seems inconsistent, and is checked again at the end of a step.

use std::collections::BTreeMap;

use table::item::Key;

use crate::members::list::MemberList;

/// The suspects of one step.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    /// Member lists that no group uses, each with one of its members.
    pub(super) lists: BTreeMap<MemberList, String>,
    /// Members that do not exist.
    pub(super) members: Vec<Unknown>,
}

/// A membership whose member does not exist.
#[derive(Debug)]
pub(super) struct Unknown {
    pub(super) kind: String,
    pub(super) group: Key,
    pub(super) list: MemberList,
    pub(super) membership: Key,
    /// Where the member would be.
    pub(super) possible: Vec<Key>,
}

impl Suspects {
    pub(super) fn len(&self) -> usize {
        self.lists.len() + self.members.len()
    }
}
