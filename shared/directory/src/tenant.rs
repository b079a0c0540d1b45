//! The tenant of a call: one directory of the table, on behalf of one credential. Every storage function
//! takes one, and makes its keys from it.

use std::collections::HashSet;
use std::sync::Arc;

use scim::model::resource_type::ResourceType;
use table::item::Key;

use crate::id::{CredentialId, DirectoryId};
use crate::keys;
use crate::recent::{RecentList, RecentLists};
use table::Table;

/// One directory of one table, on behalf of one credential. Every key is made from the directory's id,
/// so no call can reach another directory.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) table: Table,
    pub(crate) directory: DirectoryId,
    pub(crate) by: CredentialId,
    pub(crate) members_must_exist: bool,
    /// Users and groups that count as existing, because they are about to be created.
    pub(crate) expected: Arc<HashSet<String>>,
    /// What this process remembers of groups, where requests share it.
    pub(crate) lists: Option<Arc<RecentLists>>,
}

/// The expensive parts of a response, read only if the response will contain them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wants {
    /// A group's members.
    pub members: bool,
    /// All of them, also in the answer of a change to a group of more than 100.
    pub all_members: bool,
    /// A user's groups.
    pub groups: bool,
}

impl Tenant {
    /// The table.
    pub(crate) fn table(&self) -> &table::Table {
        &self.table
    }

    pub(crate) fn new(table: Table, directory: DirectoryId, by: CredentialId) -> Self {
        Self { table, directory, by, members_must_exist: false, expected: Arc::default(), lists: None }
    }

    /// The key of the resource `id`.
    pub(crate) fn key(&self, kind: &ResourceType, id: &str) -> Key {
        Key::new(keys::resources(&self.directory, &kind.name), id)
    }

    /// Remembers the member `list` of `group`.
    pub(crate) fn remember(&self, group: &str, list: RecentList) {
        if let Some(lists) = &self.lists {
            lists.remember(&self.directory, group, list);
        }
    }

    /// The member list that `group` had when this process last read or changed it.
    pub(crate) fn recall(&self, group: &str) -> Option<RecentList> {
        self.lists.as_ref()?.recall(&self.directory, group)
    }
}
