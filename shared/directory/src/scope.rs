//! What one request may touch: one directory, on behalf of one credential.

use crate::id::{CredentialId, DirectoryId};
use crate::store::Store;
use crate::table::item::{self, Key};
use scim::model::resource_type::ResourceType;

/// One directory of one table. Nothing that is done through it can reach another
/// directory: every key is made from its id.
#[derive(Debug, Clone)]
pub struct Scope {
    pub(crate) store: Store,
    pub(crate) directory: DirectoryId,
    pub(crate) by: CredentialId,
    pub(crate) members_must_exist: bool,
}

/// The expensive parts of an answer, read only when they will be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wants {
    /// A group's members.
    pub members: bool,
    /// All of them, also in the answer of a change to a group of more than 100.
    pub all_members: bool,
    /// A user's groups.
    pub groups: bool,
}

impl Scope {
    pub(crate) fn new(store: Store, directory: DirectoryId, by: CredentialId) -> Self {
        Self { store, directory, by, members_must_exist: false }
    }

    /// Takes only users and groups of this directory as members of a group.
    #[must_use]
    pub fn demanding_members(self) -> Self {
        Self { members_must_exist: true, ..self }
    }

    /// The key of the resource `id`.
    pub(crate) fn key(&self, kind: &ResourceType, id: &str) -> Key {
        Key::new(item::resources(&self.directory, &kind.name), id)
    }
}
