//! A whole new member list: written under a new epoch, where nobody sees it, and switched
//! to by one conditional write together with the attributes.

use std::collections::BTreeMap;

use scim::model::member::Member;
use scim::patch::apply::Patched;

use crate::error::Error;
use crate::id::resource_id;
use crate::keys::{n, s};
use crate::resource::attributes::Update;
use crate::resource::stored::Stored;
use crate::resource::update::{Attempt, Completeness, Request};
use crate::store::Change;
use crate::tenant::Tenant;
use table::name;

/// A new list of up to so many members is first compared with the old one.
const COMPARED: usize = 1000;
/// The update that switches epochs and touches no attribute: it does not depend on the
/// version, so that a rename cannot hold it up.
const SWITCH: &str =
    "SET #modified = :modified, #by = :by, #write = :write, #epoch = :new, #size = :size ADD #mv :one";

impl Tenant {
    /// Makes `members` the group's members, and nobody else. The same ones write nothing.
    pub(crate) async fn switch(
        &self,
        request: &Request<'_>,
        stored: Stored,
        patched: Patched,
        members: BTreeMap<String, Member>,
    ) -> Result<Attempt, Error> {
        if members.len() <= COMPARED
            && let Some(present) = self.members(&stored, members.len()).await?
            && present.len() == members.len()
            && present.iter().all(|member| members.contains_key(&member.value))
        {
            return self.change_attributes(request, stored, patched).await;
        }
        let (id, old) = (stored.resource.id.clone(), stored.epoch.clone().unwrap_or_default());
        let new = resource_id();
        let mut update = if patched.changed || !request.conditions.is_empty() {
            self.update(request, &stored, patched, ", #epoch = :new, #size = :size ADD #mv :one")?
        } else {
            self.only_members(request, &stored)
        };
        self.check_free(request.kind, update.added.iter(), &id).await?;
        if !members.is_empty() {
            self.intend(&id, &new).await?;
        }
        self.put_members(&id, &new, members.values()).await?;
        update.resource = update
            .resource
            .only_if("#epoch = :old")
            .name("#epoch", name::EPOCH)
            .name("#size", name::SIZE)
            .name("#mv", name::MEMBERS_VERSION)
            .value(":old", s(old))
            .value(":new", s(&*new))
            .value(":size", n(members.len()))
            .value(":one", n(1));
        match self.commit(request, update, Vec::new()).await {
            // Switched to after all, by an attempt whose answer was lost, and touched by
            // another since.
            Ok(Attempt::Moved(now)) if now.epoch.as_deref() == Some(&*new) => {
                Ok(Attempt::Done(now, Completeness::Bare))
            }
            // Busy, too: the last that was heard may be that our own transaction has not ended.
            outcome @ (Ok(Attempt::Done(..))
            | Err(Error::Unavailable(_) | Error::Throttled { .. } | Error::Busy)) => outcome,
            outcome => {
                // Certainly not switched to, and nobody else knows of it.
                self.abandon_members(&id, &new, members.values()).await;
                outcome
            }
        }
    }

    fn only_members(&self, request: &Request<'_>, stored: &Stored) -> Update {
        let resource =
            self.signed(request, Change::update(self.key(request.kind, &stored.resource.id), SWITCH));
        Update { resource, after: stored.clone(), added: Vec::new(), removed: Vec::new() }
    }
}
