//! What must be known to turn facts into events: marks, and the items of members that the log does
//! not know yet.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use scim::model::resource_type::ResourceType;
use table::Table;
use table::item::{Item, Key, decode, optional_number, optional_text};
use table::name::{BY, MEMBERS_VERSION};

use super::event::Name;
use super::guard::Guard;
use super::mark::{MemberMark, ResourceMark, Revisions, revision};
use super::record::{Fact, What};
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::members::list::MemberList;

/// What is known of the directory, as the log says it. It is changed with each event that is made.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The marks of the resources that are concerned.
    pub(super) resources: HashMap<Name, ResourceMark>,
    /// The marks of members, by list and member.
    pub(super) members: BTreeMap<(MemberList, String), MemberMark>,
    /// Who deleted the resources that are deleted.
    pub(super) deleted_by: HashMap<Name, String>,
    /// How often the members of groups have changed, as the groups say.
    pub(super) versions: HashMap<String, u64>,
    /// The items of users and groups that are named as members, and that the log does not know.
    pub(super) items: BTreeMap<Name, Item>,
    /// The guard. Without held changes among the resources, and without disables and deletes of users, it
    /// is not read, and holds nothing.
    pub(super) guard: Guard,
    /// Which revisions had written the marks.
    pub(super) revisions: Revisions,
}

impl Known {
    /// The revision that had written the mark at `key`; 0 without a mark.
    pub(super) fn revision(&self, key: &Key) -> u64 {
        let known = self.revisions.get(key).or_else(|| self.guard.revisions.get(key));
        known.copied().unwrap_or(0)
    }

    /// Reads what `facts` need.
    ///
    /// # Errors
    /// The table's own.
    pub(super) async fn read(table: &Table, directory: &DirectoryId, facts: &[Fact]) -> Result<Self, Error> {
        let mut known = Self::default();
        let mut names = BTreeSet::new();
        let mut pairs = BTreeSet::new();
        let mut deleted = BTreeSet::new();
        for fact in facts {
            match &fact.what {
                What::Resource { kind, id, new, .. } => {
                    names.insert((kind.clone(), id.clone()));
                    if new.is_none() {
                        deleted.insert((kind.clone(), id.clone()));
                    }
                }
                What::Unreadable { kind, id } => {
                    names.insert((kind.clone(), id.clone()));
                }
                What::Administration(change) => {
                    names.insert((change.kind.to_owned(), change.id.clone()));
                }
                What::Membership { list, member, .. } => {
                    names.insert((group(), list.group.clone()));
                    pairs.insert((list.clone(), member.clone()));
                }
            }
        }
        known.read_resources(table, directory, names.clone()).await?;
        let is_held = |name: &Name| known.resources.get(name).is_some_and(|mark| mark.is_held);
        names.retain(is_held);
        if !names.is_empty() {
            known.guard = Guard::read(table, directory, &names).await?;
        } else if facts.iter().any(|fact| fact.what.ends_user()) {
            known.guard = Guard::read_if_set(table, directory).await?;
        }
        known.read_tombstones(table, directory, deleted).await?;
        pairs.retain(|(list, member)| known.standing(list, member) != Standing::Past);
        let followed =
            pairs.iter().filter(|(list, member)| known.standing(list, member) == Standing::Followed);
        let (members, groups) = followed.map(|(list, member)| (member.clone(), list.group.clone())).unzip();
        known.read_versions(table, directory, groups).await?;
        known.read_candidates(table, directory, &members).await?;
        known.read_members(table, directory, pairs).await?;
        Ok(known)
    }

    /// How the log stands to what `list` says of `member`.
    pub(super) fn standing(&self, list: &MemberList, member: &str) -> Standing {
        let Some(mark) = self.resources.get(&(group(), list.group.clone())) else { return Standing::Future };
        let Some(view) = mark.view.as_ref().filter(|_| !mark.is_deleted) else {
            return if mark.is_deleted { Standing::Past } else { Standing::Future };
        };
        let is_compared = view.comparison.as_ref().is_none_or(|comparison| *member <= *comparison.after);
        match list.version.cmp(&view.list) {
            Ordering::Equal if is_compared => Standing::Followed,
            Ordering::Equal | Ordering::Greater => Standing::Future,
            // The versions of lists that groups come to use increase.
            Ordering::Less => Standing::Past,
        }
    }

    /// Whether the log knows a user or group with the id `member`; it may be deleted.
    pub(super) fn knows(&self, member: &str) -> bool {
        TYPES.iter().any(|kind| self.resources.contains_key(&((*kind).to_owned(), member.to_owned())))
    }

    /// Reads the marks of the users and groups called `ids`, and the items of those without one.
    pub(super) async fn read_candidates(
        &mut self,
        table: &Table,
        directory: &DirectoryId,
        ids: &BTreeSet<String>,
    ) -> Result<(), Error> {
        let names = |id: &String| TYPES.map(|kind| (kind.to_owned(), id.clone()));
        self.read_resources(table, directory, ids.iter().flat_map(names).collect()).await?;
        let unknown = ids.iter().filter(|id| !self.knows(id));
        let names: Vec<Name> = unknown.flat_map(names).collect();
        let key = |(kind, id): &Name| Key::new(keys::resources(directory, kind), id);
        let mut found = table.get_many(names.iter().map(key).collect()).await?;
        let items = names.into_iter().filter_map(|name| Some((name.clone(), found.remove(&key(&name))?)));
        self.items.extend(items);
        Ok(())
    }

    /// Reads the marks of resources.
    pub(super) async fn read_resources(
        &mut self,
        table: &Table,
        directory: &DirectoryId,
        names: BTreeSet<Name>,
    ) -> Result<(), Error> {
        let names: Vec<Name> = names.into_iter().filter(|name| !self.resources.contains_key(name)).collect();
        let key = |(kind, id): &Name| keys::mark(directory, kind, id);
        let mut found = table.get_many(names.iter().map(key).collect()).await?;
        for name in names {
            if let Some((key, item)) = found.remove_entry(&key(&name)) {
                self.revisions.insert(key, revision(&item));
                self.resources.insert(name, decode(item)?);
            }
        }
        Ok(())
    }

    /// Reads who deleted resources.
    pub(super) async fn read_tombstones(
        &mut self,
        table: &Table,
        directory: &DirectoryId,
        names: BTreeSet<Name>,
    ) -> Result<(), Error> {
        let key = |(kind, id): &Name| keys::tombstone(directory, kind, id);
        let found = table.get_many(names.iter().map(key).collect()).await?;
        for name in names {
            let by = found.get(&key(&name)).and_then(|item| optional_text(item, BY));
            self.deleted_by.extend(by.map(|by| (name.clone(), by.to_owned())));
        }
        Ok(())
    }

    async fn read_versions(
        &mut self,
        table: &Table,
        directory: &DirectoryId,
        groups: BTreeSet<String>,
    ) -> Result<(), Error> {
        let partition = keys::resources(directory, &group());
        let found = table.get_many(groups.iter().map(|id| Key::new(&*partition, id)).collect()).await?;
        let versions = found
            .into_iter()
            .filter_map(|(key, item)| Some((key.sk, optional_number(&item, MEMBERS_VERSION)?)));
        self.versions.extend(versions);
        Ok(())
    }

    /// Reads the marks of members.
    pub(super) async fn read_members(
        &mut self,
        table: &Table,
        directory: &DirectoryId,
        names: BTreeSet<(MemberList, String)>,
    ) -> Result<(), Error> {
        let key = |(list, member): &(MemberList, String)| Key::new(list.marks(directory), member);
        let mut found = table.get_many(names.iter().map(key).collect()).await?;
        for name in names {
            if let Some((key, item)) = found.remove_entry(&key(&name)) {
                self.revisions.insert(key, revision(&item));
                self.members.insert(name, decode(item)?);
            }
        }
        Ok(())
    }
}

/// How the log stands to what a list says of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It says that the group has this list, and reports what changes.
    Followed,
    /// It does not say so yet, and maybe never will. Or the member has not been compared.
    Future,
    /// It says that the group was deleted, or has another list since.
    Past,
}

/// The types that can be members.
const TYPES: [&str; 2] = ["User", "Group"];

/// The name of the type of groups.
pub(super) fn group() -> String {
    ResourceType::group().name
}
