//! A whole new member list: written while nothing reads it, and made the group's list by one
//! conditional write together with the attributes.

use std::collections::BTreeMap;

use scim::model::member::Member;
use scim::patch::apply::Patched;
use table::name::MEMBER_LIST;

use super::list::MemberList;
use super::read::Changed;
use crate::error::Error;
use crate::resource::attributes::{self, Draft};
use crate::resource::index::check_free;
use crate::resource::stored::Stored;
use crate::resource::transaction::{Outcome, Refusal, commit_update};
use crate::resource::update::Request;

/// A new list of up to this many members is first compared with the present one.
const COMPARED: usize = 1000;

/// Changes `stored` to the attributes of `patched`, and makes exactly `members` its members. When
/// they are that already, no member is written.
///
/// Without attributes and preconditions the write does not depend on the version of the attributes,
/// so that a concurrent change of them does not delay it.
///
/// # Errors
/// Those of [`attributes::change`].
pub(super) async fn replace(
    request: &Request<'_>,
    stored: Stored,
    patched: Patched,
    members: BTreeMap<String, Member>,
) -> Outcome<Changed> {
    let (tenant, kind) = (request.tenant, request.kind);
    let old = MemberList::open(&stored).ok_or_else(|| Error::corrupt(MEMBER_LIST))?;
    if members.len() <= COMPARED
        && let Some(present) = old.members(tenant, members.len()).await?
        && present.len() == members.len()
        && present.iter().all(|member| members.contains_key(&member.value))
    {
        return Ok(attributes::change(request, stored, patched).await?.map(Changed::from));
    }
    let new = MemberList::mint(&old.group);
    let mut draft = if patched.changed || !request.preconditions.is_empty() {
        Draft::new(request, &stored, patched)?
    } else {
        Draft::without_attributes(request, stored)
    };
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
