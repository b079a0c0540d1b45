//! Member lists: the partitions of the table that hold memberships.
//!
//! A group's item names the version of the list that it uses, in the attribute `epoch`. A list that
//! no group uses is dead: nothing reads it, and a job removes it.

use std::collections::BTreeMap;

use scim::model::member::Member;
use table::item::{Item, Key, text};
use table::name::{MEMBER_LIST, MEMBERS_VERSION, SIZE, SK};
use table::query::{Pages, Range};
use table::write::{Delete, Put, Update, Write};

use super::difference::Difference;
use super::membership::{self, member};
use crate::clock::seconds;
use crate::error::Error;
use crate::id::{DirectoryId, ListVersion};
use crate::keys;
use crate::registry::job::{Job, Work};
use crate::registry::queue;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;

/// Seconds after which a new list that its group does not use is considered abandoned.
const ABANDONED: i64 = 900;

/// One version of a group's member list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MemberList {
    /// The group's id.
    pub(crate) group: String,
    /// Which of the lists that the group has had.
    pub(crate) version: ListVersion,
}

impl MemberList {
    /// The list `version` of `group`.
    pub(crate) fn new(group: &str, version: ListVersion) -> Self {
        Self { group: group.to_owned(), version }
    }

    /// A new list for `group`, which has none; empty and not used.
    pub(crate) fn mint(group: &str) -> Self {
        Self::new(group, ListVersion::mint())
    }

    /// A new list that may follow this one; empty and not used.
    pub(crate) fn next(&self) -> Self {
        Self::new(&self.group, self.version.next())
    }

    /// The list that `group` uses; `None` for a resource that is not a group.
    pub(crate) fn open(group: &Stored) -> Option<Self> {
        group.list.clone().map(|version| Self::new(&group.resource.id, version))
    }

    /// The list that the group in `item` uses; `None` for a resource that is not a group. The rest
    /// of the item may be unreadable.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the item has no key.
    pub(crate) fn of_item(item: &Item) -> Result<Option<Self>, Error> {
        let id = text(item, SK)?;
        Ok(ListVersion::of(item).map(|version| Self::new(id, version)))
    }

    /// The list whose memberships are in the partition `pk`; `None` for any other partition.
    pub(crate) fn of_partition(directory: &DirectoryId, pk: &str) -> Option<Self> {
        let (group, version) = keys::group_of(directory, pk)?;
        Some(Self::new(group, version.into()))
    }

    /// The partition of its memberships.
    pub(crate) fn partition(&self, directory: &DirectoryId) -> String {
        keys::members(directory, &self.group, self.version.as_str())
    }

    /// The partition of what the event log says of its members.
    pub(crate) fn marks(&self, directory: &DirectoryId) -> String {
        keys::member_marks(directory, &self.group, self.version.as_str())
    }

    /// The key of the membership of `member`.
    pub(crate) fn key(&self, directory: &DirectoryId, member: &str) -> Key {
        Key::new(self.partition(directory), member)
    }

    /// Its memberships page by page, after that of `after`.
    pub(crate) fn pages(&self, tenant: &Tenant, after: Option<&str>) -> Pages {
        let pages = tenant.table().range(&self.partition(&tenant.directory), Range::All);
        match after {
            Some(after) => pages.after(&self.key(&tenant.directory, after)),
            None => pages,
        }
    }

    /// Its members; `None` when there are more than `most`.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Unavailable`].
    pub(crate) async fn members(&self, tenant: &Tenant, most: usize) -> Result<Option<Vec<Member>>, Error> {
        let mut pages = self.pages(tenant, None);
        let mut members = Vec::new();
        let limit = i32::try_from(most + 1).unwrap_or(i32::MAX);
        while let Some(page) = pages.next(Some(limit)).await? {
            members.extend(page.iter().filter_map(member));
            if members.len() > most {
                return Ok(None);
            }
        }
        Ok(Some(members))
    }

    /// Those of `ids` that are members, by id.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
    pub(crate) async fn contains<'a>(
        &self,
        tenant: &Tenant,
        ids: impl IntoIterator<Item = &'a String>,
    ) -> Result<BTreeMap<String, Member>, Error> {
        let keys = ids.into_iter().map(|id| self.key(&tenant.directory, id));
        let found = tenant.table().get_many(keys.collect()).await?;
        Ok(found.values().filter_map(member).map(|m| (m.value.clone(), m)).collect())
    }

    /// Whether the group in `item` uses it.
    pub(crate) fn is_of(&self, item: &Item) -> bool {
        ListVersion::of(item).as_ref() == Some(&self.version)
    }

    /// Writes and removes the memberships of `difference`, in no order and each by itself.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`]: a part may be done.
    pub(super) async fn apply(&self, tenant: &Tenant, difference: &Difference) -> Result<(), Error> {
        // A single one needs no batch.
        if difference.len() == 1
            && let Some(write) = self.writes(&tenant.directory, difference).pop()
        {
            tenant.table().write(write).await?;
            return Ok(());
        }
        let puts = difference.puts.values().map(|member| self.put(&tenant.directory, member));
        let removes = difference.removes.iter().map(|id| self.key(&tenant.directory, id));
        Ok(tenant.table().write_many(puts, removes).await?)
    }

    /// The writes of `difference`, for a transaction.
    pub(super) fn writes(&self, directory: &DirectoryId, difference: &Difference) -> Vec<Write> {
        let puts = difference.puts.values().map(|member| self.put(directory, member).into());
        let removes = difference.removes.iter().map(|id| Delete::of(self.key(directory, id)).into());
        puts.chain(removes).collect()
    }

    /// The writes of `members`, who are all different, for a transaction.
    pub(super) fn additions(&self, directory: &DirectoryId, members: &[Member]) -> Vec<Write> {
        members.iter().map(|member| self.put(directory, member).into()).collect()
    }

    /// Writes the `members` of this list, which is new. Should its group never use it, a job that is
    /// queued first removes them. Nothing is written for an empty list.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`]: a part may be written.
    pub(crate) async fn replace_with<'a>(
        &self,
        tenant: &Tenant,
        members: impl IntoIterator<Item = &'a Member>,
    ) -> Result<(), Error> {
        let puts: Vec<Put> = members.into_iter().map(|member| self.put(&tenant.directory, member)).collect();
        if puts.is_empty() {
            return Ok(());
        }
        let removal = Job::new(&tenant.directory, self.removal());
        queue::enqueue(tenant.table(), &removal, seconds() + ABANDONED).await?;
        Ok(tenant.table().put_many(puts).await?)
    }

    /// Removes the memberships of `members` from this list, which no group uses. What fails here is
    /// removed by a job.
    pub(crate) async fn abandon<'a>(&self, tenant: &Tenant, members: impl IntoIterator<Item = &'a Member>) {
        let keys = members.into_iter().map(|member| self.key(&tenant.directory, &member.value));
        if let Err(error) = tenant.table().delete_many(keys).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "an unused member list is left to its job");
        }
    }

    /// The job that removes this list unless its group uses it.
    pub(crate) fn removal(&self) -> Work {
        Work::MemberList { group: self.group.clone(), version: self.version.clone() }
    }

    /// Makes this list the first one of a new group, whose item is `group`.
    pub(crate) fn assign_to_new(&self, group: Put, size: usize) -> Put {
        group.set(MEMBERS_VERSION, 1).set(MEMBER_LIST, self.version.as_str()).set(SIZE, size)
    }

    /// Makes this list, of `size` members, the one that a group uses.
    pub(super) fn assign(&self, group: Update, size: usize) -> Update {
        group.set(MEMBER_LIST, self.version.as_str()).set(SIZE, size).add(MEMBERS_VERSION, 1)
    }

    fn put(&self, directory: &DirectoryId, member: &Member) -> Put {
        membership::put(directory, self.key(directory, &member.value), member)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_job_that_removes_a_list_is_stored_as_before_and_read_back() {
        let work = MemberList::new("g", "v1".into()).removal();
        assert_eq!(work.to_text(), "epoch#g#v1");
        assert_eq!(Work::from_text("epoch#g#v1"), Some(work));
    }
}
