//! What records of memberships add to the log.

use table::item::{Key, optional_number};
use table::name::VERSION;

use super::{Fold, MOST_MEMBERS, Open};
use crate::events::event::{Event, Happening, Subject, members};
use crate::events::known::{Standing, group};
use crate::events::log::{Mark, Step};
use crate::events::mark::{MemberMark, ResourceMark};
use crate::events::record::Fact;
use crate::members::list::MemberList;

impl Fold<'_> {
    pub(super) fn membership(&mut self, list: &MemberList, member: &str, is_present: bool, fact: &Fact) {
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
    pub(in crate::events) fn member(
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
    pub(in crate::events) fn mark_member(&mut self, pair: (MemberList, String), mark: MemberMark) {
        let key = Key::new(pair.0.marks(self.directory), &*pair.1);
        let marks = vec![self.marked(key, Mark::Member(mark.clone()))];
        self.steps.push(Step { marks, ..Step::default() });
        self.known.members.insert(pair, mark);
    }

    /// Appends the event of members that is open.
    pub(in crate::events) fn close(&mut self) {
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
                self.marked(key, Mark::Member(mark))
            })
            .collect();
        if let Some(step) = self.steps.last_mut() {
            step.marks.extend(marks);
        }
    }
}
