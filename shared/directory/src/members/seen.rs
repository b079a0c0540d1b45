//! Memberships that are read at the same time as their group, in the list that it had when this process last
//! read or changed it ([`recent`](crate::recent)). They count only if the group still has
//! the same members.

use std::collections::{BTreeMap, BTreeSet};

use scim::model::member::Member;

use super::list::MemberList;
use super::plan::Delta;
use super::read::SMALL;
use crate::error::Error;
use crate::recent::RecentList;
use crate::resource::stored::Stored;
use crate::tenant::{Tenant, Wants};

/// Memberships that are read early: as many as one call reads.
const MOST: usize = 100;

/// Members of a group: those that a change names, or all.
#[derive(Debug)]
pub(super) struct Seen {
    of: RecentList,
    /// The ids that were looked for; `None` for all.
    named: Option<BTreeSet<String>>,
    present: BTreeMap<String, Member>,
}

impl Seen {
    /// The members of `group` that a change by `delta` has to know, whose response shows what `wants` names.
    /// `None`, mostly without a read, when the group's list is not known or many members are needed.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
    pub(super) async fn read(
        tenant: &Tenant,
        group: &str,
        delta: &Delta,
        wants: Wants,
    ) -> Result<Option<Self>, Error> {
        let Some(of) = tenant.recall(group) else { return Ok(None) };
        if delta.len() > MOST {
            return Ok(None);
        }
        let list = MemberList::new(group, of.version.clone());
        if are_shown(wants, of.size, delta) {
            let Some(members) = list.members(tenant, SMALL).await? else { return Ok(None) };
            let present = members.into_iter().map(|member| (member.value.clone(), member)).collect();
            return Ok(Some(Self { of, named: None, present }));
        }
        let named: BTreeSet<String> = delta.ids().cloned().collect();
        let present = list.contains(tenant, &named).await?;
        Ok(Some(Self { of, named: Some(named), present }))
    }

    /// What was read, and whether it is all members: if it is still so in `group`, and enough for a change by
    /// `delta` whose response shows what `wants` names.
    pub(super) fn of(
        self,
        group: &Stored,
        delta: &Delta,
        wants: Wants,
    ) -> Option<(BTreeMap<String, Member>, bool)> {
        let Self { of, named, present } = self;
        let is_same =
            group.list.as_ref() == Some(&of.version) && group.resource.version.members == Some(of.changes);
        let is_enough = match &named {
            None => true,
            Some(named) => !are_shown(wants, group.size, delta) && delta.ids().all(|id| named.contains(id)),
        };
        (is_same && is_enough).then_some((present, named.is_none()))
    }
}

/// Whether the response to a change by `delta` shows all members of a group of about `size`.
pub(super) fn are_shown(wants: Wants, size: i64, delta: &Delta) -> bool {
    wants.members && !wants.all_members && size <= SMALL as i64 && delta.len() <= SMALL
}
