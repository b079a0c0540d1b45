//! Changing a resource: PUT and PATCH (RFC 7644 §3.5), of attributes and of members.
//!
//! Read, apply, write under the condition that the version is still the one that was read. When the
//! version has moved, the refusal returns the resource as it is now, and the change is applied to
//! that: a PATCH has no side effects, so that it can be applied again.
//!
//! Changes of single members are in [`delta`](super::delta), whole new lists in
//! [`replace`](super::replace).

use futures_util::future::{join, try_join};
use scim::error::Error as ScimError;
use scim::model::doc::Doc;
use scim::model::member::Member;
use scim::model::resource_type::ResourceType;
use scim::patch::apply::{Patched, apply, member_changes};
use scim::patch::members::MemberChange;
use scim::patch::operation::Operation;
use scim::read;
use serde_json::Value;
use table::retry::Attempts;

use super::membership::from_body;
use super::plan::Plan;
use super::read::{Changed, complete_change, groups_wanted, members_of, with_groups};
use super::seen::Seen;
use super::{delta, exist, replace};
use crate::error::Error;
use crate::id::WriteId;
use crate::resource::get::remember;
use crate::resource::stored::{Resource, Stored};
use crate::resource::transaction::Outcome;
use crate::resource::update::{Apply, ChangeOptions, Request};
use crate::resource::{attributes, get, prefetch};
use crate::tenant::{Tenant, Wants};

/// Members among which a filter in a PATCH path may select.
const SELECTED_FROM: usize = 100_000;

/// Applies `operations` to the resource `id`: all of them or none (RFC 7644 §3.5.2). When nothing
/// changes, nothing is written.
///
/// With `wants.members` in `options`, more than 100 members are left out of the result unless
/// `wants.all_members`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::PreconditionFailed`], [`Error::Excluded`], those of [`apply`],
/// [`Error::Taken`], [`Error::TooMany`], [`Error::TooLarge`], [`Error::Busy`],
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn patch(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    operations: &[Operation],
    options: ChangeOptions,
) -> Result<Resource, Error> {
    let early = if kind.has_members() { member_changes(kind, operations) } else { None };
    change(tenant, kind, id, options, early.as_deref(), &|doc| apply(kind, doc, operations)).await
}

/// Replaces the resource `id` by `body` (RFC 7644 §3.5.1).
///
/// # Errors
/// Those of [`patch`], and of [`read::replace`].
pub(crate) async fn put(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    body: &Value,
    options: ChangeOptions,
) -> Result<Resource, Error> {
    let replace = |current: &Doc| -> Result<Patched, ScimError> {
        let mut doc = read::replace(kind, current, body.clone())?;
        let sent = doc.shift_remove("members");
        let members = if kind.has_members() {
            vec![MemberChange::Replace(from_body(sent.as_ref()))]
        } else {
            Vec::new()
        };
        Ok(Patched { changed: doc != *current, doc, members })
    };
    change(tenant, kind, id, options, None, &replace).await
}

/// Makes `change` to the members of the group `id`, as a PATCH would. Returns the group without them.
///
/// # Errors
/// As [`patch`].
pub(crate) async fn change_members(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    change: &MemberChange,
) -> Result<Resource, Error> {
    let apply = |doc: &Doc| Ok(Patched { doc: doc.clone(), changed: false, members: vec![change.clone()] });
    let early = Some(std::slice::from_ref(change));
    self::change(tenant, kind, id, ChangeOptions::default(), early, &apply).await
}

/// Makes the change `apply`. `early` are the changes of members in it, as far as they are known before the
/// group is read.
async fn change(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    options: ChangeOptions,
    early: Option<&[MemberChange]>,
    apply: Apply<'_>,
) -> Result<Resource, Error> {
    if kind.has_members() {
        return changed(tenant, kind, id, options, early, apply).await;
    }
    let wants = options.wants;
    let options = ChangeOptions { wants: Wants::default(), ..options };
    let groups = groups_wanted(tenant, kind, id, wants);
    // Both to their ends: a failed read of the groups does not interrupt the change.
    let (user, groups) = join(changed(tenant, kind, id, options, early, apply), groups).await;
    Ok(with_groups(user?, groups?))
}

async fn changed(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    options: ChangeOptions,
    early: Option<&[MemberChange]>,
    apply: Apply<'_>,
) -> Result<Resource, Error> {
    let ChangeOptions { preconditions, wants, prefetched } = options;
    let seen = seen(tenant, id, early.filter(|_| prefetched.is_none()), wants);
    let (mut stored, mut seen) = try_join(prefetch::read(tenant, kind, id, prefetched), seen).await?;
    let write = WriteId::new();
    let mut request = Request { tenant, kind, preconditions: &preconditions, wants, links: false, write };
    let mut attempts = Attempts::default();
    loop {
        preconditions.check(&stored.resource)?;
        let patched = apply(&stored.resource.doc)?;
        stored = match attempt(&mut request, stored, patched, seen.take()).await? {
            Ok(changed) => {
                remember(tenant, &changed.stored);
                return complete_change(tenant, kind, changed, wants).await;
            }
            Err(refusal) => refusal.current()?,
        };
        request.write.advance();
        if !attempts.at_once().await? {
            stored = get::read(tenant, kind, id).await?;
        }
    }
}

/// The memberships that `changes` name, where they can be read before the group is.
async fn seen(
    tenant: &Tenant,
    group: &str,
    changes: Option<&[MemberChange]>,
    wants: Wants,
) -> Result<Option<Seen>, Error> {
    match changes.map(|changes| Plan::new(changes, None)) {
        Some(Plan::Delta(delta)) => Seen::read(tenant, group, &delta, wants).await,
        _ => Ok(None),
    }
}

async fn attempt(
    request: &mut Request<'_>,
    stored: Stored,
    patched: Patched,
    seen: Option<Seen>,
) -> Outcome<Changed> {
    if patched.members.is_empty() {
        return Ok(attributes::change(request, stored, patched).await?.map(Changed::from));
    }
    let present = selected_from(request.tenant, &stored, &patched.members).await?;
    let plan = Plan::new(&patched.members, present.as_deref());
    exist::check(request.tenant, plan.added()).await?;
    match plan {
        Plan::Nothing => Ok(attributes::change(request, stored, patched).await?.map(Changed::from)),
        Plan::Whole(members) => replace::replace(request, stored, patched, members).await,
        Plan::Delta(delta) => delta::change(request, stored, patched, delta, seen).await,
    }
}

/// The present members, where a change selects among them by a filter.
async fn selected_from(
    tenant: &Tenant,
    stored: &Stored,
    changes: &[MemberChange],
) -> Result<Option<Vec<Member>>, Error> {
    if !changes.iter().any(|change| matches!(change, MemberChange::RemoveWhere(_))) {
        return Ok(None);
    }
    let members = members_of(tenant, stored, SELECTED_FROM).await?.ok_or_else(|| {
        Error::TooMany(format!(
            "the group has more than {SELECTED_FROM} members, too many to select by a filter: name the members' ids"
        ))
    })?;
    Ok(Some(members))
}
