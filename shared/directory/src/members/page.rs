//! Members of a group, and groups of a user, by page: for people, who look at a few of many.

use std::collections::HashMap;

use scim::model::member::Member;
use scim::model::resource_type::ResourceType;
use scim::read::members::check_id;
use table::item::{Item, Key, text};
use table::name::PK;

use super::list::MemberList;
use super::membership::member;
use super::of_user::{memberships, memberships_after, using};
use crate::error::Error;
use crate::id::is_resource_id;
use crate::resource::get;
use crate::resource::stored::{Resource, Stored};
use crate::tenant::Tenant;

/// Some members of a group.
#[derive(Debug)]
pub struct MembersPage {
    /// The group, without its members.
    pub group: Resource,
    /// About how many members it has.
    pub size: u64,
    /// The members, in the order of their ids.
    pub members: Vec<Named>,
    /// The member after whom the next page begins.
    pub next: Option<String>,
}

/// A member of a group.
#[derive(Debug)]
pub struct Named {
    /// Its id, as the client sent it.
    pub id: String,
    /// Its type, such as `User`, if it is known.
    pub kind: Option<String>,
    /// The user or group with this id, if there is one.
    pub resource: Option<Resource>,
}

/// Some groups of a user.
#[derive(Debug, Default)]
pub struct GroupsPage {
    /// The groups, without their members, in the order of their ids. There may be none before the last page.
    pub groups: Vec<Resource>,
    /// The group after which the next page begins.
    pub next: Option<String>,
}

/// At most `count` members of the group `id` after the member `after`.
///
/// # Errors
/// As [`Directory::members_page`](crate::Directory::members_page).
pub(crate) async fn members(
    tenant: &Tenant,
    id: &str,
    after: Option<&str>,
    count: u16,
) -> Result<MembersPage, Error> {
    let stored = get::read(tenant, &ResourceType::group(), id).await?;
    let (mut found, mut next) = (Vec::new(), None);
    if let Some(list) = MemberList::open(&stored) {
        // Another text may not fit into a key.
        let mut pages = list.pages(tenant, after.filter(|after| check_id(after).is_ok()));
        let mut page = pages.next(Some(i32::from(count) + 1)).await?.unwrap_or_default();
        let is_last = page.len() <= usize::from(count);
        page.truncate(usize::from(count));
        found = page.iter().filter_map(member).collect();
        next = found.last().filter(|_| !is_last).map(|last: &Member| last.value.clone());
    }
    let members = named(tenant, found).await?;
    Ok(MembersPage { group: stored.resource, size: u64::try_from(stored.size).unwrap_or(0), members, next })
}

/// `members` with their resources.
async fn named(tenant: &Tenant, members: Vec<Member>) -> Result<Vec<Named>, Error> {
    let kinds = [ResourceType::user(), ResourceType::group()];
    let keys_of = |member: &Member| -> Vec<Key> {
        let fits = |kind: &&ResourceType| member.kind.as_ref().is_none_or(|name| *name == kind.name);
        let keys = kinds.iter().filter(fits).map(|kind| tenant.key(kind, &member.value));
        if is_resource_id(&member.value) { keys.collect() } else { Vec::new() }
    };
    let keys: Vec<Key> = members.iter().flat_map(keys_of).collect();
    let items: HashMap<Key, Item> = tenant.table().get_many(keys).await?;
    let name = |member: Member| {
        let item = keys_of(&member).into_iter().find_map(|key| items.get(&key).map(|item| (key, item)));
        let kind = item.as_ref().and_then(|(key, _)| key.pk.rsplit('#').next()).map(str::to_owned);
        let resource = item.map(|(_, item)| Stored::read(item)).transpose()?.map(|stored| stored.resource);
        Ok(Named { id: member.value, kind: kind.or(member.kind), resource })
    };
    members.into_iter().map(name).collect()
}

/// At most `count` groups of the user `id` after the group `after`.
///
/// # Errors
/// As [`Directory::groups_page`](crate::Directory::groups_page).
pub(crate) async fn groups(
    tenant: &Tenant,
    id: &str,
    after: Option<&str>,
    count: u16,
) -> Result<GroupsPage, Error> {
    if !is_resource_id(id) {
        return Ok(GroupsPage::default());
    }
    let mut pages = match after.filter(|after| is_resource_id(after)) {
        Some(after) => memberships_after(tenant, id, after),
        None => memberships(tenant, id),
    };
    let page = pages.next(Some(i32::from(count) + 1)).await?.unwrap_or_default();
    let mut lists = Vec::new();
    for membership in &page {
        lists.extend(MemberList::of_partition(&tenant.directory, text(membership, PK)?));
    }
    let next = if lists.len() > usize::from(count) { cut(&mut lists) } else { None };
    let groups = using(tenant, &lists).await?.into_iter().map(|stored| stored.resource).collect();
    Ok(GroupsPage { groups, next })
}

/// Leaves the group of the last one of `lists` to the next page, with the other lists that it has had. Returns the
/// group after which that page begins.
fn cut(lists: &mut Vec<MemberList>) -> Option<String> {
    let over = lists.pop()?;
    let whole = lists.iter().filter(|list| list.group != over.group).count();
    lists.truncate(if whole > 0 { whole } else { lists.len() });
    lists.last().map(|last| last.group.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_of_one_group_are_on_one_page() {
        let lists = |groups: &str| -> Vec<MemberList> {
            groups
                .chars()
                .enumerate()
                .map(|(at, group)| MemberList::new(&group.to_string(), (&*at.to_string()).into()))
                .collect()
        };
        for (read, shown, next) in [("abc", "ab", "b"), ("abb", "a", "a"), ("bbb", "bb", "b")] {
            let mut left = lists(read);
            assert_eq!(cut(&mut left).as_deref(), Some(next), "{read}");
            assert_eq!(left.iter().map(|list| list.group.as_str()).collect::<String>(), shown, "{read}");
        }
    }
}
