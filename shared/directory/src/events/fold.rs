//! From facts to events: what each record of the stream adds to the log. Pure.

use std::cmp::Ordering;

use table::item::{Item, Key, optional_number, optional_text};
use table::name::{BY, LAST_MODIFIED, MEMBERS_VERSION, VERSION};

use super::administration::Administration;
use super::content::{Body, Difference, body};
use super::event::{Event, Happening, Name, Subject, members, new_id};
use super::guard::{Change, Notice, Taken};
use super::known::{Known, Standing, group};
use super::log::{Head, Mark, Step};
use super::mark::{MemberMark, ResourceMark, View};
use super::position::Position;
use super::record::{Fact, What};
use crate::clock::now;
use crate::id::{DirectoryId, ListVersion};
use crate::keys;
use crate::members::list::MemberList;
use crate::registry::job::{Job, Work};
use crate::registry::queue;

/// Members in one event. With the creations of all of them the event fits a transaction.
pub(super) const MOST_MEMBERS: usize = 50;

/// What some facts add to the log.
#[derive(Debug)]
pub(super) struct Folded {
    /// To be appended, in order.
    pub(super) steps: Vec<Step>,
    /// Groups whose version has not moved with their members, and the version.
    pub(super) stale: Vec<(String, u64)>,
    /// How many facts that covers.
    pub(super) taken: usize,
    /// After the steps, the members of this group are to be compared with its list.
    pub(super) relist: Option<Relist>,
}

/// A group that has a whole new list, which is to be compared with what the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relist {
    pub(super) list: MemberList,
    /// How often its members had changed then.
    pub(super) version: u64,
    /// When it got the list, RFC 3339, and from whom.
    pub(super) time: String,
    pub(super) actor: Option<String>,
    /// The record that calls for it; without one, what the log covers stays.
    pub(super) at: Option<Position>,
}

/// Turns `facts` into steps that follow `head`, until a group needs to be relisted.
pub(super) fn fold(directory: &DirectoryId, head: Head, known: &mut Known, facts: &[Fact]) -> Folded {
    let mut fold = Fold::new(directory, head, known);
    let (mut taken, mut relist) = (0, None);
    for fact in facts {
        taken += 1;
        match &fact.what {
            What::Membership { list, member, is_present } => fold.membership(list, member, *is_present, fact),
            What::Unreadable { kind, id } => {
                fold.close();
                fold.unread((kind.clone(), id.clone()), fact);
            }
            What::Administration(change) => {
                fold.close();
                fold.administration(change, fact);
            }
            What::Resource { kind, id, old, new } => {
                fold.close();
                relist = fold.resource((kind.clone(), id.clone()), old.as_ref(), new.as_ref(), fact);
            }
        }
        if relist.is_some() {
            break;
        }
    }
    fold.close();
    Folded { steps: fold.steps, stale: fold.stale, taken, relist }
}

/// Makes steps, and keeps what the log will say after them.
pub(super) struct Fold<'a> {
    directory: &'a DirectoryId,
    sequence: u64,
    pub(super) known: &'a mut Known,
    pub(super) steps: Vec<Step>,
    /// Groups whose version has not moved with their members, and the version.
    stale: Vec<(String, u64)>,
    open: Option<Open>,
}

/// An event of members that may become longer.
struct Open {
    list: MemberList,
    time: String,
    actor: Option<String>,
    added: Vec<String>,
    removed: Vec<String>,
    marks: Vec<(String, MemberMark)>,
}

impl<'a> Fold<'a> {
    pub(super) fn new(directory: &'a DirectoryId, head: Head, known: &'a mut Known) -> Self {
        Self { directory, sequence: head.sequence, known, steps: Vec::new(), stale: Vec::new(), open: None }
    }

    /// Adds a change of the resource `name`. Returns its group, if that is to be relisted.
    fn resource(
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
            self.report(&name, Change { before, after: None, time: fact.time.clone(), actor }, mark);
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
    pub(super) fn create(&mut self, name: &Name, item: &Item, mark: ResourceMark) {
        let Some(data) = body(name, item) else {
            self.unreadable(name, item, mark);
            return;
        };
        self.report(name, change_of(None, data, item), mark);
    }

    /// Appends `change` of `name`, unless the guard holds it. After it, `mark` is what the log says, or
    /// would say, of `name`.
    pub(super) fn report(&mut self, name: &Name, change: Change, mark: ResourceMark) {
        match self.known.guard.judge(name, change) {
            Some(change) => self.append(name, change, mark),
            None => self.mark(name, mark),
        }
        self.guarded();
    }

    /// Appends what the guard holds of `name`.
    pub(super) fn release(&mut self, name: &Name) {
        let Some(change) = self.known.guard.release(name) else { return };
        let mark = self.known.resources.get(name).cloned().unwrap_or_default();
        self.append(name, change, mark);
        self.guarded();
    }

    /// Rejects what the guard holds of `name`.
    pub(super) fn reject(&mut self, name: &Name) {
        self.known.guard.reject(name);
        self.steps.push(Step::default());
        self.guarded();
    }

    fn append(&mut self, name: &Name, change: Change, mark: ResourceMark) {
        let Difference { what, data, previous } =
            Difference::of(name, change.before.as_ref(), change.after.as_ref());
        let event = self.event(what, name, &mark, change.time);
        self.push(Event { actor: change.actor, data, previous, ..event }, name, mark);
    }

    /// Adds to the last step what the guard writes and reports.
    fn guarded(&mut self) {
        let Some(Taken { state, held, due, notices }) = self.known.guard.take() else { return };
        let mut step = self.steps.pop().unwrap_or_default();
        step.marks.push((keys::guard(self.directory), Mark::Guard(state)));
        for ((kind, id), held) in held {
            let mark = held.map_or(Mark::NotHeld, |held| Mark::Held(held.into()));
            step.marks.push((keys::held(self.directory, &kind, &id), mark));
        }
        if let Some(due) = due {
            let job = queue::put(&Job::new(self.directory, Work::Release), due);
            step.marks.push((job.key().clone(), Mark::Job(job)));
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
    pub(super) fn unreadable(&mut self, name: &Name, item: &Item, mark: ResourceMark) {
        let event = self.changed(Happening::Unreadable, name, item, &mark);
        self.push(event, name, mark);
    }

    /// Adds that something happened to `name` that cannot be read.
    fn unread(&mut self, name: Name, fact: &Fact) {
        let before = self.known.resources.get(&name).cloned().unwrap_or_default();
        if !fact.at.is_after(before.at.as_ref()) {
            return;
        }
        let mark = ResourceMark { at: Some(fact.at.clone()), ..before };
        let event = self.event(Happening::Unreadable, &name, &mark, fact.time.clone());
        let resource = Subject { version: None, ..event.resource };
        self.push(Event { resource, ..event }, &name, mark);
    }

    fn administration(&mut self, change: &Administration, fact: &Fact) {
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
    }

    fn membership(&mut self, list: &MemberList, member: &str, is_present: bool, fact: &Fact) {
        let pair = (list.clone(), member.to_owned());
        let before = self.known.members.get(&pair).cloned().unwrap_or_default();
        if !fact.at.is_after(before.at.as_ref()) {
            return;
        }
        let mark = MemberMark { at: Some(fact.at.clone()), is_present, sequence: before.sequence };
        match self.known.standing(list, member) {
            Standing::Past => {}
            // It is compared when the group comes to use the list, unless that has been interrupted after
            // it was reported.
            Standing::Future if before.sequence == 0 => self.mark_member(pair, mark),
            _ if before.is_present == is_present => {}
            _ => self.member(pair, mark, &fact.time, None),
        }
    }

    /// Adds that the member of `pair` is, or is not, in the list of a group from now on.
    pub(super) fn member(
        &mut self,
        pair: (MemberList, String),
        mark: MemberMark,
        time: &str,
        actor: Option<&String>,
    ) {
        let (list, member) = &pair;
        if mark.is_present && !self.known.knows(member) {
            let item = self.known.items.iter().find(|((_, id), _)| id == member);
            if let Some((name, item)) = item.map(|(name, item)| (name.clone(), item.clone())) {
                self.close();
                let version = optional_number(&item, VERSION).unwrap_or(0);
                self.create(&name, &item, ResourceMark { version, ..ResourceMark::default() });
            }
        }
        let continues = self.open.as_ref().is_some_and(|open| {
            open.list == *list
                && open.marks.len() < MOST_MEMBERS
                && open.marks.iter().all(|(known, _)| known != member)
        });
        if !continues {
            self.close();
        }
        let open = self.open.get_or_insert_with(|| Open {
            list: list.clone(),
            time: time.to_owned(),
            actor: actor.cloned(),
            added: Vec::new(),
            removed: Vec::new(),
            marks: Vec::new(),
        });
        if mark.is_present { &mut open.added } else { &mut open.removed }.push(member.clone());
        open.marks.push((member.clone(), mark.clone()));
        self.known.members.insert(pair, mark);
    }

    /// Stores the mark of a member, without an event.
    pub(super) fn mark_member(&mut self, pair: (MemberList, String), mark: MemberMark) {
        let key = Key::new(pair.0.marks(self.directory), &*pair.1);
        self.steps.push(Step { events: Vec::new(), marks: vec![(key, Mark::Member(mark.clone()))] });
        self.known.members.insert(pair, mark);
    }

    /// Appends the event of members that is open.
    pub(super) fn close(&mut self) {
        let Some(Open { list, time, actor, added, removed, marks }) = self.open.take() else { return };
        let name = (group(), list.group.clone());
        let Some(mut mark) = self.known.resources.get(&name).cloned() else { return };
        if let Some(view) = &mut mark.view {
            if let Some(version) = self.known.versions.get(&list.group).copied() {
                // The request that changed the members died before it counted that, or is about to.
                if version == view.version {
                    self.stale.push((list.group.clone(), version));
                }
                view.version = version;
            }
            view.size += added.len() as i64 - removed.len() as i64;
        }
        let event = self.event(Happening::MembersChanged, &name, &mark, time);
        let resource = Subject { version: None, ..event.resource };
        let data = Some(members(&added, &removed));
        self.push(Event { actor, resource, data, ..event }, &name, mark);
        let (sequence, partition) = (self.sequence, list.marks(self.directory));
        let marks: Vec<_> = marks
            .into_iter()
            .map(|(member, mark)| {
                let mark = MemberMark { sequence, ..mark };
                let key = Key::new(&*partition, &*member);
                self.known.members.insert((list.clone(), member), mark.clone());
                (key, Mark::Member(mark))
            })
            .collect();
        if let Some(step) = self.steps.last_mut() {
            step.marks.extend(marks);
        }
    }

    /// An event of the change that left `item`.
    pub(super) fn changed(&self, what: Happening, name: &Name, item: &Item, mark: &ResourceMark) -> Event {
        let time = optional_text(item, LAST_MODIFIED).unwrap_or_default().to_owned();
        Event { actor: optional_text(item, BY).map(str::to_owned), ..self.event(what, name, mark, time) }
    }

    /// The next event, without content.
    pub(super) fn event(
        &self,
        what: Happening,
        (kind, id): &Name,
        mark: &ResourceMark,
        time: String,
    ) -> Event {
        Event {
            id: new_id(),
            sequence: self.sequence + 1,
            kind: what.of(kind),
            time,
            directory: self.directory.to_string(),
            actor: None,
            resource: Subject { kind: kind.clone(), id: id.clone(), version: Some(mark.version) },
            data: None,
            previous: None,
            prior: (mark.sequence > 0).then_some(mark.sequence),
        }
    }

    /// Appends `event`, after which `mark` is what the log says of `name`.
    pub(super) fn push(&mut self, event: Event, name: &Name, mut mark: ResourceMark) {
        self.sequence = event.sequence;
        mark.sequence = event.sequence;
        self.mark(name, mark);
        if let Some(step) = self.steps.last_mut() {
            step.events.push(event);
        }
    }

    /// Stores `mark` of `name`.
    pub(super) fn mark(&mut self, name: &Name, mut mark: ResourceMark) {
        mark.is_held = self.known.guard.held(name).is_some();
        let key = keys::mark(self.directory, &name.0, &name.1);
        self.steps.push(Step { events: Vec::new(), marks: vec![(key, Mark::Resource(mark.clone()))] });
        self.known.resources.insert(name.clone(), mark);
    }
}

/// The list of the group in `item`, if it is newer than the one that `view` follows, or is still being
/// compared. An older one is in a record that comes after the log was reconciled. `None` for a resource
/// that is not a group.
pub(super) fn relisted(view: Option<&View>, item: &Item) -> Option<ListVersion> {
    let list = ListVersion::of(item)?;
    let is_done = |view: &View| match list.cmp(&view.list) {
        Ordering::Less => true,
        Ordering::Equal => view.comparison.is_none(),
        Ordering::Greater => false,
    };
    (!view.is_some_and(is_done)).then_some(list)
}

/// The change that left `item`.
pub(super) fn change_of(before: Option<Body>, after: Body, item: &Item) -> Change {
    Change {
        before,
        after: Some(after),
        time: optional_text(item, LAST_MODIFIED).unwrap_or_default().to_owned(),
        actor: optional_text(item, BY).map(str::to_owned),
    }
}
