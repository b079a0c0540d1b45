//! Reading a resource with its members or groups.

use futures_util::future::try_join;
use scim::model::member::Member;
use scim::model::resource_type::ResourceType;
use serde_json::Value;
use table::retry::Attempts;

use super::list::MemberList;
use super::membership::element;
use super::of_user::groups_of;
use crate::error::Error;
use crate::id::is_resource_id;
use crate::resource::get;
use crate::resource::stored::{Resource, Stored};
use crate::tenant::{Tenant, Wants};

/// Members that one response may hold: about what fits Lambda's 6 MB, compressed.
const MOST: usize = 100_000;
/// Members that the response to a change shows at most, unless the request asks for all.
pub(super) const SMALL: usize = 100;

/// A resource after a change.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) stored: Stored,
    /// Whether its `members` are as the response shows them. Otherwise they have yet to be read.
    pub(super) complete: bool,
    /// All members, where they were read after `stored`.
    pub(super) members: Option<Vec<Member>>,
}

impl From<Stored> for Changed {
    fn from(stored: Stored) -> Self {
        Self { stored, complete: false, members: None }
    }
}

/// The resource `id`, with what `wants` names.
///
/// # Errors
/// [`Error::NotFound`]; those of [`complete`].
pub(crate) async fn get(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    wants: Wants,
) -> Result<Resource, Error> {
    let groups = groups_wanted(tenant, kind, id, wants);
    let (stored, groups) = try_join(get::read(tenant, kind, id), groups).await?;
    if kind.has_members() {
        return complete(tenant, kind, stored, wants).await;
    }
    Ok(with_groups(stored.resource, groups))
}

/// The elements of the `groups` of the user `id`, where `wants` names them. They do not depend on the user's
/// item, so they are read at the same time.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub(super) async fn groups_wanted(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    wants: Wants,
) -> Result<Vec<Value>, Error> {
    // An id that Rollcall did not issue may not fit a key.
    if kind.has_members() || !wants.groups || !is_resource_id(id) {
        return Ok(Vec::new());
    }
    groups_of(tenant, id).await
}

/// `user` with these `groups`. Without any the attribute is left out.
pub(super) fn with_groups(mut user: Resource, groups: Vec<Value>) -> Resource {
    if !groups.is_empty() {
        user.doc.insert("groups".to_owned(), Value::Array(groups));
    }
    user
}

/// `stored` with its members or groups, where `wants` names them.
///
/// # Errors
/// [`Error::TooMany`] for more members than a response can hold; [`Error::NotFound`] when it is
/// deleted meanwhile; [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub(crate) async fn complete(
    tenant: &Tenant,
    kind: &ResourceType,
    stored: Stored,
    wants: Wants,
) -> Result<Resource, Error> {
    if kind.has_members() {
        return if wants.members {
            with_members(tenant, kind, stored, None).await
        } else {
            Ok(stored.resource)
        };
    }
    let groups = groups_wanted(tenant, kind, &stored.resource.id, wants).await?;
    Ok(with_groups(stored.resource, groups))
}

/// The response to a change: of a group with at most [`SMALL`] members, unless all are wanted.
///
/// # Errors
/// As [`complete`].
pub(super) async fn complete_change(
    tenant: &Tenant,
    kind: &ResourceType,
    changed: Changed,
    wants: Wants,
) -> Result<Resource, Error> {
    let Changed { mut stored, complete, members } = changed;
    if complete || !wants.members {
        return Ok(stored.resource);
    }
    if wants.all_members {
        return with_members(tenant, kind, stored, members).await;
    }
    if stored.size > SMALL as i64 || !add_members(tenant, kind, &mut stored, members, SMALL).await? {
        stored.resource.members_omitted = true;
    }
    Ok(stored.resource)
}

async fn with_members(
    tenant: &Tenant,
    kind: &ResourceType,
    mut stored: Stored,
    members: Option<Vec<Member>>,
) -> Result<Resource, Error> {
    if add_members(tenant, kind, &mut stored, members, MOST).await? {
        return Ok(stored.resource);
    }
    Err(Error::TooMany(format!(
        "the group has more than {MOST} members, too many for one answer: ask for \
         `excludedAttributes=members`, or page its members with \
         `/Users?filter=groups.value eq \"{}\"`",
        stored.resource.id
    )))
}

/// Adds the members to `group`, which may have been `read` after it. When its list is replaced meanwhile, it
/// becomes the group as it is now.
/// Returns `false`, without members, when there are more than `most`.
async fn add_members(
    tenant: &Tenant,
    kind: &ResourceType,
    group: &mut Stored,
    mut read: Option<Vec<Member>>,
    most: usize,
) -> Result<bool, Error> {
    let mut attempts = Attempts::default();
    loop {
        let members = match read.take() {
            Some(members) => Some(members).filter(|members| members.len() <= most),
            None => members_of(tenant, group, most).await?,
        };
        let Some(members) = members else { return Ok(false) };
        // While they were read the list may have been replaced, in place or by a new one, and the old
        // one removed.
        let now = get::read(tenant, kind, &group.resource.id).await?;
        if now.list == group.list && now.replacements == group.replacements {
            set_members(&mut group.resource, members.iter());
            return Ok(true);
        }
        *group = now;
        attempts.again().await?;
    }
}

/// The members of `group`; `None` when there are more than `most`.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn members_of(
    tenant: &Tenant,
    group: &Stored,
    most: usize,
) -> Result<Option<Vec<Member>>, Error> {
    match MemberList::open(group) {
        Some(list) => list.members(tenant, most).await,
        None => Ok(Some(Vec::new())),
    }
}

/// Puts `members` into `resource`. Without any the attribute is left out.
pub(super) fn set_members<'a>(resource: &mut Resource, members: impl Iterator<Item = &'a Member>) {
    let elements: Vec<Value> = members.map(element).collect();
    if !elements.is_empty() {
        resource.doc.insert("members".to_owned(), Value::Array(elements));
    }
}
