//! The groups of a member, by `member-index`. The index may lag behind the table.

use std::collections::{BTreeSet, VecDeque};

use scim::model::resource_type::ResourceType;
use serde_json::{Value, json};
use table::item::{Item, Key, text};
use table::name::{MEMBER_INDEX, MEMBER_KEY, PK};
use table::query::{Pages, Range};

use super::list::MemberList;
use crate::error::Error;
use crate::keys;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;

/// Memberships that are read at a time.
const MEMBERSHIPS: i32 = 500;
/// Groups that are read at a time.
const GROUPS: usize = 50;

/// The memberships of `member` in the index, in every list that a group has had.
pub(crate) fn memberships(tenant: &Tenant, member: &str) -> Pages {
    let key = keys::member_key(&tenant.directory, member);
    tenant.table().index(MEMBER_INDEX, (MEMBER_KEY, &key), PK, Range::All)
}

/// The memberships of `member` in the index that follow those in the group `after`.
pub(super) fn memberships_after(tenant: &Tenant, member: &str, after: &str) -> Pages {
    let key = keys::member_key(&tenant.directory, member);
    let range = Range::AtLeast(keys::after_members(&tenant.directory, after));
    tenant.table().index(MEMBER_INDEX, (MEMBER_KEY, &key), PK, range)
}

/// The groups that use a list with a member, some at a time: a group may have 350 KB.
#[derive(Debug)]
pub(crate) struct GroupsWith<'a> {
    tenant: &'a Tenant,
    memberships: Pages,
    /// Lists of the last page of memberships, whose groups have not been read yet.
    lists: VecDeque<MemberList>,
}

impl<'a> GroupsWith<'a> {
    /// The groups of `member`.
    pub(crate) fn new(tenant: &'a Tenant, member: &str) -> Self {
        Self { tenant, memberships: memberships(tenant, member), lists: VecDeque::new() }
    }

    /// The next groups, in order of their ids; there may be none among them. `None` at the end.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Stored>>, Error> {
        if self.lists.is_empty() {
            let Some(page) = self.memberships.next(Some(MEMBERSHIPS)).await? else { return Ok(None) };
            for membership in &page {
                self.lists.extend(MemberList::of_partition(&self.tenant.directory, text(membership, PK)?));
            }
        }
        let lists: Vec<MemberList> = self.lists.drain(..self.lists.len().min(GROUPS)).collect();
        Ok(Some(using(self.tenant, &lists).await?))
    }
}

/// The groups that use one of `lists`, in their order.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub(super) async fn using(tenant: &Tenant, lists: &[MemberList]) -> Result<Vec<Stored>, Error> {
    let kind = ResourceType::group();
    let keys: BTreeSet<Key> = lists.iter().map(|list| tenant.key(&kind, &list.group)).collect();
    let found = tenant.table().get_many(keys.into_iter().collect()).await?;
    let mut groups = Vec::new();
    for list in lists {
        let item = found.get(&tenant.key(&kind, &list.group)).filter(|item| list.is_of(item));
        groups.extend(item.map(Stored::read).transpose()?);
    }
    Ok(groups)
}

/// The elements of a user's `groups` (RFC 7643 §4.1.2).
///
/// # Errors
/// As [`GroupsWith::next`].
pub(crate) async fn groups_of(tenant: &Tenant, member: &str) -> Result<Vec<Value>, Error> {
    let mut pages = GroupsWith::new(tenant, member);
    let mut elements = Vec::new();
    while let Some(groups) = pages.next().await? {
        elements.extend(groups.iter().map(element));
    }
    Ok(elements)
}

fn element(group: &Stored) -> Value {
    let mut element = json!({ "value": group.resource.id, "type": "direct" });
    if let (Some(name), Some(element)) = (group.resource.doc.get("displayName"), element.as_object_mut()) {
        element.insert("display".to_owned(), name.clone());
    }
    element
}

/// The memberships of a member that are to be removed, of which some have been read.
#[derive(Debug)]
pub(crate) struct Leaving<'a> {
    tenant: &'a Tenant,
    pages: Pages,
    first: Option<Vec<Item>>,
    most: usize,
}

impl<'a> Leaving<'a> {
    /// Reads the first memberships of `member`, of which [`remove`](Self::remove) removes about `most`.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Unavailable`].
    pub(crate) async fn read(tenant: &'a Tenant, member: &str, most: usize) -> Result<Self, Error> {
        let mut pages = memberships(tenant, member);
        let first = pages.next(Some(at_once(most))).await?;
        Ok(Self { tenant, pages, first, most })
    }

    /// Removes memberships until enough are removed; the last page may make it a few more. Returns whether
    /// all that the index has are removed.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`]: some may be removed.
    pub(crate) async fn remove(self) -> Result<bool, Error> {
        let Self { tenant, mut pages, first: mut page, most } = self;
        let mut removed = 0;
        while let Some(memberships) = page {
            let keys = memberships.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
            removed += keys.len();
            tenant.table().delete_many(keys).await?;
            if removed >= most {
                return Ok(false);
            }
            page = pages.next(Some(at_once(most))).await?;
        }
        Ok(true)
    }
}

fn at_once(most: usize) -> i32 {
    i32::try_from(most).unwrap_or(i32::MAX).min(1000)
}
