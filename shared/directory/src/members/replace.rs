//! A list of members in place of the present one, together with the attributes.
//!
//! *A small difference* is written to the present list, in one transaction under the condition that
//! no other request has changed the members since they were read.
//!
//! *Otherwise* a whole new list is written while nothing reads it, and made the group's list by one
//! conditional write. Changes of single members do not delay it.

use std::collections::BTreeMap;

use scim::model::member::Member;
use scim::patch::apply::Patched;
use table::condition::equals;
use table::name::{MEMBER_LIST, MEMBERS_VERSION, REPLACEMENTS, SIZE, VERSION};

use super::delta::show;
use super::difference::Difference;
use super::list::MemberList;
use super::read::{Changed, set_members};
use crate::error::Error;
use crate::resource::attributes::Draft;
use crate::resource::index::check_free;
use crate::resource::stored::{Stored, Version};
use crate::resource::transaction::{MOST_ENTRIES, Outcome, Refusal, commit, commit_update};
use crate::resource::update::Request;

/// Attempts to write the difference alone. When other requests change the members between reading and
/// writing each time, a whole new list is written.
const DIFFERENCES: u16 = 8;

/// Changes `stored` to the attributes of `patched`, and makes exactly `members` its members. When
/// they are that already, no member is written.
///
/// # Errors
/// Those of [`Draft::new`] and [`commit_update`].
pub(super) async fn replace(
    request: &Request<'_>,
    stored: Stored,
    patched: Patched,
    members: BTreeMap<String, Member>,
) -> Outcome<Changed> {
    let old = MemberList::open(&stored).ok_or_else(|| Error::corrupt(MEMBER_LIST))?;
    let difference = difference(request, &old, &members).await?;
    if difference.as_ref().is_some_and(Difference::is_empty) && !patched.changed {
        let members = Some(members.into_values().collect());
        return Ok(Ok(Changed { stored, complete: false, members }));
    }
    let Version { attributes, members: before } = stored.resource.version;
    let draft = if patched.changed || !request.preconditions.is_empty() {
        Draft::new(request, &stored, patched)?
    } else {
        Draft::without_attributes(request, stored)
    };
    let entries = draft.added.len() + draft.removed.len();
    match (difference, before) {
        (Some(difference), Some(before)) if difference.len() + entries <= MOST_ENTRIES => {
            write_difference(request, draft, &old, (attributes, before), &difference, &members).await
        }
        _ => write_new(request, draft, &old, &members).await,
    }
}

/// What makes `members` of the present `list`; `None` where a whole new list is the better way.
async fn difference(
    request: &Request<'_>,
    list: &MemberList,
    members: &BTreeMap<String, Member>,
) -> Result<Option<Difference>, Error> {
    if request.write.earlier_attempts() >= DIFFERENCES {
        return Ok(None);
    }
    // In a longer list, too many members would have to be removed.
    let most = members.len() + MOST_ENTRIES;
    let Some(present) = list.members(request.tenant, most).await? else { return Ok(None) };
    let difference = Difference::between(&present, members);
    // In units: a membership in a transaction costs three, with its index entry. A new list costs two
    // for each member, and the removal of the present one as many.
    let is_cheaper = 3 * difference.len() <= 2 * (present.len() + members.len());
    Ok(Some(difference).filter(|_| is_cheaper))
}

/// Writes `difference` to `list`. When it was read, the group had the versions `attributes` and `before`, the
/// latter that of its members.
async fn write_difference(
    request: &Request<'_>,
    mut draft: Draft,
    list: &MemberList,
    (attributes, before): (u64, u64),
    difference: &Difference,
    members: &BTreeMap<String, Member>,
) -> Outcome<Changed> {
    let (mut version, mut replacements) = (before, draft.after.replacements);
    draft.update = draft.update.when(equals(MEMBERS_VERSION, before)).when(equals(VERSION, attributes));
    if !difference.is_empty() {
        (version, replacements) = (version + 1, replacements + 1);
        draft.update = draft.update.add(MEMBERS_VERSION, 1).add(REPLACEMENTS, 1).set(SIZE, members.len());
    }
    let (change, mut after) = draft.into_change(request)?;
    let writes = list.writes(&request.tenant.directory, difference);
    let change = change.on_list(&list.version).with(writes);
    match commit(request.tenant, change, &request.write).await? {
        Ok(Some(item)) => after = after.updated(&item)?,
        // The conditions fix the versions, so the group is known without reading it again.
        Ok(None) => {
            after.resource.version.members = Some(version);
            (after.replacements, after.size) = (replacements, members.len() as i64);
        }
        Err(refusal) => return Ok(Err(refusal)),
    }
    let wants = request.wants;
    // An attempt whose answer was lost did it, and another request may have changed the members since.
    let complete = wants.members && after.resource.version.members == Some(version);
    if complete && wants.all_members {
        set_members(&mut after.resource, members.values());
    } else if complete {
        show(&mut after.resource, members);
    }
    Ok(Ok(Changed { stored: after, complete, members: None }))
}

/// Writes a new list of `members`, and makes the group use it in place of `old`.
///
/// Without attributes and preconditions the switch does not depend on the version of the attributes,
/// so that a concurrent change of them does not delay it.
async fn write_new(
    request: &Request<'_>,
    mut draft: Draft,
    old: &MemberList,
    members: &BTreeMap<String, Member>,
) -> Outcome<Changed> {
    let (tenant, kind) = (request.tenant, request.kind);
    let new = old.next();
    check_free(tenant, kind, &draft.added, &new.group).await?;
    draft.update = new.assign(draft.update, members.len());
    let (change, after) = draft.into_change(request)?;
    new.replace_with(tenant, members.values()).await?;
    // After an error the group may use the new list all the same: then it must stay.
    let refusal =
        match commit_update(tenant, kind, change.on_list(&old.version), after, &request.write).await? {
            Ok(stored) => return Ok(Ok(stored.into())),
            Err(refusal) => refusal,
        };
    match refusal {
        // An attempt whose answer was lost did it, and another request has changed the group since.
        Refusal::ListReplaced(item) if new.is_of(&item) => Ok(Ok(Stored::read(&item)?.into())),
        refusal => {
            new.abandon(tenant, members.values()).await;
            Ok(Err(refusal))
        }
    }
}
