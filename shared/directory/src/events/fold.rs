//! From facts to events: what each record of the stream adds to the log. Pure.

pub(super) mod resource;

mod members;

use table::item::{Item, Key, optional_text};
use table::name::{BY, LAST_MODIFIED};

use super::event::{Event, Happening, Name, Subject, new_id};
use super::known::Known;
use super::log::{Head, Mark, Marked, Step};
use super::mark::{MemberMark, ResourceMark, View};
use super::position::Position;
use super::record::{Fact, What};
use crate::id::{DirectoryId, ListVersion};
use crate::keys;
use crate::members::list::MemberList;

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

    /// `mark`, to be written at `key`.
    fn marked(&self, key: Key, mark: Mark) -> Marked {
        let read = self.known.revision(&key);
        Marked { key, mark, read }
    }

    /// Stores `mark` of `name`.
    pub(super) fn mark(&mut self, name: &Name, mut mark: ResourceMark) {
        mark.is_held = self.known.guard.held(name).is_some();
        let key = keys::mark(self.directory, &name.0, &name.1);
        let marks = vec![self.marked(key, Mark::Resource(mark.clone()))];
        self.steps.push(Step { marks, ..Step::default() });
        self.known.resources.insert(name.clone(), mark);
    }
}

/// The list of the group in `item`, if it is newer than the one that `view` follows, or is still being
/// compared. An older one is in a record that comes after the log was reconciled. `None` for a resource
/// that is not a group.
pub(super) fn relisted(view: Option<&View>, item: &Item) -> Option<ListVersion> {
    let list = ListVersion::of(item)?;
    (!view.is_some_and(|view| view.has_taken_in(&list))).then_some(list)
}
