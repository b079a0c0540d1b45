//! What records of resources, and of administration, add to the log.

use table::item::{Item, optional_number, optional_text};
use table::name::{BY, LAST_MODIFIED, MEMBERS_VERSION, VERSION};

use super::{Fold, Relist, relisted};
use crate::clock::now;
use crate::events::administration::Administration;
use crate::events::content::{Body, Difference, body};
use crate::events::event::{Event, Happening, Name, Subject};
use crate::events::guard::{Change, Notice, Taken};
use crate::events::log::{Mark, Step};
use crate::events::mark::ResourceMark;
use crate::events::record::Fact;
use crate::keys;
use crate::members::list::MemberList;
use crate::registry::job::{Job, Work};
use crate::registry::queue;

impl Fold<'_> {
    /// Adds a change of the resource `name`. Returns its group, if that is to be relisted.
    pub(super) fn resource(
        &mut self,
        name: Name,
        old: Option<&Item>,
        new: Option<&Item>,
        fact: &Fact,
    ) -> Option<Relist> {
        let before = self.known.resources.get(&name).cloned();
        let last = before.as_ref().and_then(|mark| mark.at.clone());
        if !fact.at.is_after(last.as_ref()) {
            return None;
        }
        let live = before.clone().filter(|mark| !mark.is_deleted);
        let was_deleted = before.is_some() && live.is_none();
        let mut mark = live.clone().unwrap_or_default();
        mark.sequence = before.map_or(0, |mark| mark.sequence);
        mark.at = Some(fact.at.clone());
        let Some(new) = new else {
            (mark.is_deleted, mark.view) = (true, None);
            if live.is_none() {
                // The log does not know it any more, or never has.
                self.mark(&name, mark);
                return None;
            }
            let before = old.and_then(|old| body(&name, old));
            let actor = self.known.deleted_by.get(&name).cloned();
            let time = fact.time.clone();
            self.report(&name, Change { before, after: None, is_partial: false, time, actor }, mark);
            return None;
        };
        if was_deleted && old.is_some() {
            // The log was ahead: it says already that the resource was deleted later.
            self.mark(&name, ResourceMark { is_deleted: true, ..mark });
            return None;
        }
        let list = relisted(mark.view.as_ref(), new);
        let relist = list.map(|list| Relist {
            list: MemberList::new(&name.1, list),
            version: optional_number(new, MEMBERS_VERSION).unwrap_or(0),
            time: optional_text(new, LAST_MODIFIED).unwrap_or_default().to_owned(),
            actor: optional_text(new, BY).map(str::to_owned),
            at: Some(fact.at.clone()),
        });
        if relist.is_some() {
            // The record is covered when the group was relisted.
            mark.at = last;
        }
        let version = optional_number(new, VERSION).unwrap_or(0);
        if live.is_none() {
            self.create(&name, new, ResourceMark { version, ..mark });
        } else if version > mark.version {
            self.update(&name, old, new, ResourceMark { version, ..mark });
        } else if relist.is_none() {
            self.mark(&name, mark);
        }
        relist
    }

    fn update(&mut self, name: &Name, old: Option<&Item>, new: &Item, mark: ResourceMark) {
        let (Some(before), Some(after)) = (old.and_then(|old| body(name, old)), body(name, new)) else {
            self.unreadable(name, new, mark);
            return;
        };
        self.report(name, change_of(Some(before), after, new), mark);
    }

    /// Appends the creation of `name`, whose item is `item`.
    pub(in crate::events) fn create(&mut self, name: &Name, item: &Item, mark: ResourceMark) {
        let Some(data) = body(name, item) else {
            self.unreadable(name, item, mark);
            return;
        };
        self.report(name, change_of(None, data, item), mark);
    }

    /// Appends `change` of `name`, unless the guard holds it. After it, `mark` is what the log says, or
    /// would say, of `name`.
    pub(in crate::events) fn report(&mut self, name: &Name, change: Change, mark: ResourceMark) {
        match self.known.guard.judge(name, change) {
            Some(change) => self.append(name, change, mark),
            None => self.mark(name, mark),
        }
        self.guarded();
    }

    /// Appends what the guard holds of `name`.
    pub(in crate::events) fn release(&mut self, name: &Name) {
        let Some(change) = self.known.guard.release(name) else { return };
        let mark = self.known.resources.get(name).cloned().unwrap_or_default();
        self.append(name, change, mark);
        self.guarded();
    }

    /// Rejects what the guard holds of `name`.
    pub(in crate::events) fn reject(&mut self, name: &Name) {
        self.known.guard.reject(name);
        self.steps.push(Step::default());
        self.guarded();
    }

    fn append(&mut self, name: &Name, change: Change, mark: ResourceMark) {
        let Difference { what, data, previous } = change.difference(name);
        let event = self.event(what, name, &mark, change.time);
        self.push(Event { actor: change.actor, data, previous, ..event }, name, mark);
    }

    /// Adds to the last step what the guard writes and reports.
    fn guarded(&mut self) {
        let Some(Taken { state, held, due, notices }) = self.known.guard.take() else { return };
        let mut step = self.steps.pop().unwrap_or_default();
        step.marks.push(self.marked(keys::guard(self.directory), Mark::Guard(state)));
        for ((kind, id), held) in held {
            let mark = held.map_or(Mark::NotHeld, |held| Mark::Held(held.into()));
            step.marks.push(self.marked(keys::held(self.directory, &kind, &id), mark));
        }
        if let Some(due) = due {
            let job = queue::put(&Job::new(self.directory, Work::Release), due);
            step.marks.push(self.marked(job.key().clone(), Mark::Job(job)));
        }
        for notice in notices {
            let (what, data) = match notice {
                Notice::Opened(data) => (Happening::HeldOpened, Some(data)),
                Notice::Closed => (Happening::HeldClosed, None),
            };
            let name = ("Directory".to_owned(), self.directory.to_string());
            let event = self.event(what, &name, &ResourceMark::default(), now());
            let resource = Subject { version: None, ..event.resource };
            self.sequence = event.sequence;
            step.events.push(Event { data, resource, ..event });
        }
        self.steps.push(step);
    }

    /// Appends that `name` cannot be read, whose item is `item`.
    pub(in crate::events) fn unreadable(&mut self, name: &Name, item: &Item, mark: ResourceMark) {
        let event = self.changed(Happening::Unreadable, name, item, &mark);
        self.push(event, name, mark);
    }

    /// Adds that something happened to `name` that cannot be read.
    pub(super) fn unread(&mut self, name: Name, fact: &Fact) {
        let before = self.known.resources.get(&name).cloned().unwrap_or_default();
        if !fact.at.is_after(before.at.as_ref()) {
            return;
        }
        let mark = ResourceMark { at: Some(fact.at.clone()), ..before };
        let event = self.event(Happening::Unreadable, &name, &mark, fact.time.clone());
        let resource = Subject { version: None, ..event.resource };
        self.push(Event { resource, ..event }, &name, mark);
    }

    pub(super) fn administration(&mut self, change: &Administration, fact: &Fact) {
        let name = (change.kind.to_owned(), change.id.clone());
        let before = self.known.resources.get(&name).cloned().unwrap_or_default();
        if !fact.at.is_after(before.at.as_ref()) {
            return;
        }
        let is_deleted = matches!(change.what, Happening::Deleted | Happening::Revoked);
        let mark = ResourceMark { at: Some(fact.at.clone()), is_deleted, ..before };
        let event = self.event(change.what, &name, &mark, fact.time.clone());
        let resource = Subject { version: None, ..event.resource };
        let (data, previous) = (change.data.clone(), change.previous.clone());
        self.push(Event { resource, data, previous, ..event }, &name, mark);
        if let Some(step) = self.steps.last_mut() {
            step.retention = change.retention();
        }
    }
}

/// The change that left `item`.
pub(in crate::events) fn change_of(before: Option<Body>, after: Body, item: &Item) -> Change {
    Change {
        before,
        after: Some(after),
        is_partial: false,
        time: optional_text(item, LAST_MODIFIED).unwrap_or_default().to_owned(),
        actor: optional_text(item, BY).map(str::to_owned),
    }
}
