//! A change of a group's members, alone or together with its attributes.
//!
//! *Members alone*: the memberships are written, then the group is touched under the
//! condition that its epoch is still the one they were written under. That is the
//! moment the change happens; when the epoch moved, the work is done again in the new
//! one. Nothing is ever undone that another request may have seen: an add of a member
//! whose membership is there already is answered at once.
//!
//! *Members and attributes, or members under a precondition*: one transaction, while it fits.
//! When it does not, the attributes go first, under every condition; what follows can
//! only be hindered by a fault, and the client's retry completes it.
//!
//! A whole new list is [`switch`](super::switch)'s.

use std::collections::BTreeMap;

use scim::model::member::Member;
use scim::patch::apply::Patched;
use scim::patch::members::MemberChange;

use crate::error::Error;
use crate::keys::{n, s};
use crate::members::{Delta, Plan, SMALL, key, membership, set_members};
use crate::resource::stored::{Resource, Stored};
use crate::resource::update::{Attempt, Completeness, Request};
use crate::store::{Change, Written};
use crate::tenant::Tenant;
use crate::time::now;
use table::name;
use table::retry::Attempts;

/// Memberships that one transaction takes beside the group, its index entries and
/// their predecessors.
const TOGETHER: usize = 90;
/// Members that a filter in a PATCH path may be tried on.
const SELECTED_FROM: usize = 100_000;

impl Tenant {
    pub(crate) async fn change_group(
        &self,
        request: &mut Request<'_>,
        stored: Stored,
        patched: Patched,
    ) -> Result<Attempt, Error> {
        let plan =
            Plan::new(&patched.members, self.selected_from(&stored, &patched.members).await?.as_deref());
        self.check_exist(plan.added()).await?;
        match plan {
            Plan::Nothing => self.change_attributes(request, stored, patched).await,
            Plan::Whole(members) => self.switch(request, stored, patched, members).await,
            Plan::Delta(delta) => self.change_some(request, stored, patched, delta).await,
        }
    }

    /// The present members, where a change selects among them by a filter.
    async fn selected_from(
        &self,
        stored: &Stored,
        changes: &[MemberChange],
    ) -> Result<Option<Vec<Member>>, Error> {
        if !changes.iter().any(|change| matches!(change, MemberChange::RemoveWhere(_))) {
            return Ok(None);
        }
        let members = self.members(stored, SELECTED_FROM).await?.ok_or_else(|| {
            Error::TooMany(format!(
                "the group has more than {SELECTED_FROM} members, too many to select by a filter: name the members' ids"
            ))
        })?;
        Ok(Some(members))
    }

    async fn change_some(
        &self,
        request: &mut Request<'_>,
        stored: Stored,
        patched: Patched,
        delta: Delta,
    ) -> Result<Attempt, Error> {
        let (mut present, all) = self.present(request, &stored, &delta).await?;
        let open = Delta {
            adds: delta.adds.into_iter().filter(|(id, _)| !present.contains_key(id)).collect(),
            removes: delta.removes.into_iter().filter(|id| present.contains_key(id)).collect(),
        };
        if open.is_empty() && !patched.changed {
            let mut stored = stored;
            if all {
                // No write holds the epoch here: the list may have been replaced, and swept, while
                // it was read.
                let now = self.stored(request.kind, &stored.resource.id).await?;
                if now.epoch != stored.epoch {
                    return Ok(Attempt::Moved(now));
                }
            }
            let complete = all.then(|| show(&mut stored.resource, &present));
            return Ok(done(stored, complete));
        }
        if open.is_empty() {
            return self.change_attributes(request, stored, patched).await;
        }
        if patched.changed || !request.conditions.is_empty() {
            return self.change_together(request, stored, patched, open).await;
        }
        let before = stored.resource.version.members;
        let attempt = self.change_members(request, stored, &open).await?;
        let Attempt::Done(mut now, _) = attempt else { return Ok(attempt) };
        // Another's change between reading and touching would be missing under its own version.
        let alone = now.resource.version.members == before.map(|before| before + 1);
        let complete = (all && alone).then(|| {
            present.retain(|id, _| !open.removes.contains(id));
            present.extend(open.adds);
            show(&mut now.resource, &present);
        });
        Ok(done(now, complete))
    }

    /// Those members that `delta` names, or where the answer will hold them anyway, all
    /// (`true`) of a small group.
    async fn present(
        &self,
        request: &Request<'_>,
        stored: &Stored,
        delta: &Delta,
    ) -> Result<(BTreeMap<String, Member>, bool), Error> {
        let small = stored.size <= SMALL as i64 && delta.len() <= SMALL;
        if request.wants.members
            && !request.wants.all_members
            && small
            && let Some(members) = self.members(stored, SMALL).await?
        {
            return Ok((members.into_iter().map(|m| (m.value.clone(), m)).collect(), true));
        }
        Ok((self.members_among(stored, delta.ids()).await?, false))
    }

    /// Members alone.
    async fn change_members(
        &self,
        request: &Request<'_>,
        stored: Stored,
        open: &Delta,
    ) -> Result<Attempt, Error> {
        let (id, epoch) = (&stored.resource.id, stored.epoch.as_deref().unwrap_or_default());
        if open.len() == 1 {
            // One alone needs no batch.
            let (puts, deletes) = self.memberships(id, epoch, open);
            let single: Vec<Change> = puts.into_iter().chain(deletes).collect();
            self.store.write(&single, &request.write.token()).await?;
        } else {
            let puts = open.adds.values().map(|m| membership(&self.directory, id, epoch, m)).collect();
            let deletes = open.removes.iter().map(|m| key(&self.directory, id, epoch, m)).collect();
            self.store.write_many(puts, deletes).await?;
        }
        let touch = self.touch(request, &stored, open);
        match self.store.write(&[touch], &request.write.token()).await? {
            Written::Done(item) => {
                let now = match item {
                    Some(item) => stored.updated(&item)?,
                    None => stored,
                };
                Ok(Attempt::Done(now, Completeness::Bare))
            }
            Written::Refused(refused) => match refused.into_iter().find_map(|(_, item)| item) {
                Some(item) => {
                    let now = Stored::read(&item)?;
                    // A retry after a lost answer: it was our own success.
                    if request.write.made(&now.write) {
                        return Ok(Attempt::Done(now, Completeness::Bare));
                    }
                    Ok(Attempt::Moved(now))
                }
                // The group is gone, and its members with it: what was written is swept.
                None => {
                    self.abandon_members(id, epoch, open.adds.values()).await;
                    Err(Error::NotFound)
                }
            },
        }
    }

    /// Fills in when, by whom and by which write a change is made.
    pub(crate) fn signed(&self, request: &Request<'_>, change: Change) -> Change {
        change
            .name("#modified", name::LAST_MODIFIED)
            .name("#by", name::BY)
            .name("#write", name::WRITE)
            .value(":modified", s(now()))
            .value(":by", s(self.by.to_string()))
            .value(":write", s(request.write.token()))
    }

    /// Says on the group that its members have changed: once, however often the call is
    /// repeated, because it counts.
    fn touch(&self, request: &Request<'_>, stored: &Stored, open: &Delta) -> Change {
        let grown = open.adds.len() as i64 - open.removes.len() as i64;
        let expression = "SET #modified = :modified, #by = :by, #write = :write ADD #mv :one, #size :grown";
        self.signed(request, Change::update(self.key(request.kind, &stored.resource.id), expression))
            .only_if("#epoch = :epoch")
            .only_if("#write <> :write")
            .name("#mv", name::MEMBERS_VERSION)
            .name("#size", name::SIZE)
            .name("#epoch", name::EPOCH)
            .value(":one", n(1))
            .value(":grown", n(grown))
            .value(":epoch", s(stored.epoch.as_deref().unwrap_or_default()))
    }

    /// Members and attributes, or members under a precondition.
    async fn change_together(
        &self,
        request: &mut Request<'_>,
        stored: Stored,
        patched: Patched,
        open: Delta,
    ) -> Result<Attempt, Error> {
        let (id, epoch) = (stored.resource.id.clone(), stored.epoch.clone().unwrap_or_default());
        let mut update = self.update(request, &stored, patched, " ADD #mv :one, #size :grown")?;
        let fits = open.len() + update.added.len() + update.removed.len() <= TOGETHER;
        let grown = if fits { open.adds.len() as i64 - open.removes.len() as i64 } else { 0 };
        update.resource = update
            .resource
            .only_if("#epoch = :epoch")
            .name("#mv", name::MEMBERS_VERSION)
            .name("#size", name::SIZE)
            .name("#epoch", name::EPOCH)
            .value(":one", n(1))
            .value(":grown", n(grown))
            .value(":epoch", s(&*epoch));
        if fits {
            let (puts, deletes) = self.memberships(&id, &epoch, &open);
            return self.commit(request, update, puts.into_iter().chain(deletes).collect()).await;
        }
        if let Attempt::Moved(now) = self.commit(request, update, Vec::new()).await? {
            return Ok(Attempt::Moved(now));
        }
        // The attributes are written and the precondition held: nothing but a fault or
        // the group's end stands before the members any more.
        let mut attempts = Attempts::default();
        let mut group = self.stored(request.kind, &id).await?;
        loop {
            request.write.advance();
            match self.change_members(request, group, &open).await? {
                Attempt::Moved(now) => group = now,
                done @ Attempt::Done(..) => return Ok(done),
            }
            if !attempts.at_once().await? {
                group = self.stored(request.kind, &id).await?;
            }
        }
    }

    fn memberships(&self, group: &str, epoch: &str, open: &Delta) -> (Vec<Change>, Vec<Change>) {
        let puts = open.adds.values().map(|member| {
            let key = key(&self.directory, group, epoch, &member.value);
            Change::put(key, membership(&self.directory, group, epoch, member))
        });
        let deletes = open.removes.iter().map(|id| Change::delete(key(&self.directory, group, epoch, id)));
        (puts.collect(), deletes.collect())
    }
}

/// Answers `members`, unless there are more than fit a small page.
fn show(resource: &mut Resource, members: &BTreeMap<String, Member>) {
    resource.members_omitted = members.len() > SMALL;
    if !resource.members_omitted {
        set_members(resource, members.values());
    }
}

fn done(stored: Stored, complete: Option<()>) -> Attempt {
    Attempt::Done(stored, if complete.is_some() { Completeness::Complete } else { Completeness::Bare })
}
