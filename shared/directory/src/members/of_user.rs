//! The groups of a member, by `member-index`. The index may lag behind the table.

use std::collections::BTreeMap;

use scim::model::resource_type::ResourceType;
use serde_json::{Value, json};
use table::item::{Key, text};
use table::name::{MEMBER_INDEX, MEMBER_KEY, PK};
use table::query::{Pages, Range};

use super::list::MemberList;
use crate::error::Error;
use crate::keys;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;

/// The memberships of `member` in the index, in every list that a group has had.
pub(crate) fn memberships(tenant: &Tenant, member: &str) -> Pages {
    let key = keys::member_key(&tenant.directory, member);
    tenant.table().index(MEMBER_INDEX, (MEMBER_KEY, &key), PK, Range::All)
}

/// The lists that have `member` according to the index, whether or not a group uses them.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn lists_with(tenant: &Tenant, member: &str) -> Result<Vec<MemberList>, Error> {
    let mut lists = Vec::new();
    for membership in memberships(tenant, member).all().await? {
        lists.extend(MemberList::of_partition(&tenant.directory, text(&membership, PK)?));
    }
    Ok(lists)
}

/// The groups that use a list with `member`, in order of their ids.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub(crate) async fn groups_with(tenant: &Tenant, member: &str) -> Result<Vec<Stored>, Error> {
    let mut lists: BTreeMap<String, Vec<MemberList>> = BTreeMap::new();
    for list in lists_with(tenant, member).await? {
        lists.entry(list.group.clone()).or_default().push(list);
    }
    let kind = ResourceType::group();
    let keys = lists.keys().map(|id| tenant.key(&kind, id)).collect();
    let found = tenant.table().get_many(keys).await?;
    let mut groups = Vec::new();
    for (id, lists) in lists {
        let Some(item) = found.get(&tenant.key(&kind, &id)) else { continue };
        let group = Stored::read(item)?;
        if MemberList::open(&group).is_some_and(|list| lists.contains(&list)) {
            groups.push(group);
        }
    }
    Ok(groups)
}

/// The elements of a user's `groups` (RFC 7643 §4.1.2).
///
/// # Errors
/// As [`groups_with`].
pub(crate) async fn groups_of(tenant: &Tenant, member: &str) -> Result<Vec<Value>, Error> {
    let groups = groups_with(tenant, member).await?;
    Ok(groups
        .into_iter()
        .map(|group| {
            let mut element = json!({ "value": group.resource.id, "type": "direct" });
            if let (Some(name), Some(element)) =
                (group.resource.doc.get("displayName"), element.as_object_mut())
            {
                element.insert("display".to_owned(), name.clone());
            }
            element
        })
        .collect())
}

/// Removes memberships of a member that was deleted, until `most` are removed; the last page may
/// make it a few more. Returns whether all that the index has are removed.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`]: some may be removed.
pub(crate) async fn leave_groups(tenant: &Tenant, member: &str, most: usize) -> Result<bool, Error> {
    let mut pages = memberships(tenant, member);
    let mut removed = 0;
    let limit = i32::try_from(most).unwrap_or(i32::MAX).min(1000);
    while let Some(page) = pages.next(Some(limit)).await? {
        let keys = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
        removed += keys.len();
        tenant.table().delete_many(keys).await?;
        if removed >= most {
            return Ok(false);
        }
    }
    Ok(true)
}
