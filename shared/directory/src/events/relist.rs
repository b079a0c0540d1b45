//! A group with a whole new list: what the log says of its members is compared with the list, page by
//! page, and the difference is appended.
//!
//! First the log follows the new list: from then on it takes in records of the list's memberships. Then
//! each page of the list is read. So a membership that changes meanwhile is either on its page or in a
//! record that follows. A membership whose record came before counts as well, although it may be gone:
//! the record of its removal follows. The mark of the group stores how far the comparison has come, so
//! that it goes on there after an interruption.

use std::collections::{BTreeMap, BTreeSet};

use table::Table;
use table::item::{Item, Key, decode, text};
use table::name::SK;
use table::query::Range;
use table::retry::Attempts;

use super::event::{Event, Happening};
use super::fold::{Fold, MOST_MEMBERS, Relist};
use super::known::{Known, group};
use super::log::{Appended, Head, append_all};
use super::mark::{Comparison, MemberMark, ResourceMark, View, revision};
use crate::error::Error;
use crate::id::DirectoryId;
use crate::members::list::MemberList;

/// Members of the list before up to which the difference is reported.
const REPORTED: i64 = 20_000;

/// Members that one step compares.
const PAGE: i32 = MOST_MEMBERS as i32;

/// Compares the list of `relist` with what the log says.
///
/// # Errors
/// The table's own: a part may be done.
pub(super) async fn relist(
    table: &Table,
    directory: &DirectoryId,
    relist: &Relist,
) -> Result<Appended, Error> {
    let mut attempts = Attempts::default();
    loop {
        let (appended, is_done) = step(table, directory, relist).await?;
        match appended {
            Appended::Done(_) if !is_done => attempts = Attempts::default(),
            Appended::Moved => attempts.again().await?,
            Appended::Done(_) | Appended::Closed => return Ok(appended),
        }
    }
}

/// Does the next step. Returns whether it was the last one.
///
/// # Errors
/// The table's own: it may have been done.
pub(super) async fn step(
    table: &Table,
    directory: &DirectoryId,
    relist: &Relist,
) -> Result<(Appended, bool), Error> {
    let head = Head::read(table, directory).await?;
    let name = (group(), relist.list.group.clone());
    let mut known = Known::default();
    known.read_resources(table, directory, [name.clone()].into()).await?;
    let Some(mut mark) = known.resources.get(&name).filter(|mark| mark.calls_for(&relist.list)).cloned()
    else {
        // Another writer has done it, and perhaps gone on.
        return Ok((Appended::Done(head), true));
    };
    let comparison = match &mark.view {
        Some(View { list, comparison: Some(comparison), .. }) if *list == relist.list.version => comparison,
        _ => {
            let mut fold = Fold::new(directory, head, &mut known);
            begin(&mut fold, &mut mark, relist);
            let steps = fold.steps;
            return Ok((append_all(table, directory, head, steps).await?, false));
        }
    };
    let page = Page::read(table, directory, relist, &mut known, comparison).await?;
    let is_silent = comparison.is_silent;
    let mut fold = Fold::new(directory, head, &mut known);
    page.report(&mut fold, relist, is_silent);
    let mut mark = fold.known.resources.get(&name).cloned().unwrap_or_default();
    if let Some(view) = &mut mark.view {
        if is_silent {
            view.size += page.now.len() as i64;
        }
        let next = view.comparison.take().zip(page.last.clone());
        view.comparison = next.map(|(comparison, after)| Comparison { after, ..comparison });
    }
    let is_done = page.last.is_none();
    if is_done && relist.at.as_ref().is_some_and(|at| at.is_after(mark.at.as_ref())) {
        mark.at.clone_from(&relist.at);
    }
    if is_done && is_silent {
        // The members are to be read now: from here on each change has its event.
        let event = fold.event(Happening::MembersReplaced, &name, &mark, relist.time.clone());
        fold.push(Event { actor: relist.actor.clone(), ..event }, &name, mark);
    } else {
        fold.mark(&name, mark);
    }
    let steps = fold.steps;
    Ok((append_all(table, directory, head, steps).await?, is_done))
}

/// Follows the new list. The difference is not reported when the list before has too many members.
fn begin(fold: &mut Fold<'_>, mark: &mut ResourceMark, relist: &Relist) {
    let name = (group(), relist.list.group.clone());
    let before = mark.view.take();
    let size = before.as_ref().map_or(0, |view| view.size);
    let is_silent = size > REPORTED;
    let comparison = Comparison { previous: before.map(|view| view.list), after: String::new(), is_silent };
    let size = if is_silent { 0 } else { size };
    let (list, version) = (relist.list.version.clone(), relist.version);
    mark.view = Some(View { list, size, version, comparison: Some(comparison) });
    fold.mark(&name, mark.clone());
}

/// One page of the comparison.
struct Page {
    /// The members that the log says were in the list before.
    before: BTreeSet<String>,
    /// The members that are in the list, or were when the log came to follow it.
    now: BTreeSet<String>,
    /// What the log says of members of the list.
    marks: BTreeMap<String, MemberMark>,
    /// The last member of the page; `None` if it is the last page.
    last: Option<String>,
}

impl Page {
    /// Reads the members that follow in `comparison`, and what `known` must have of them.
    async fn read(
        table: &Table,
        directory: &DirectoryId,
        relist: &Relist,
        known: &mut Known,
        comparison: &Comparison,
    ) -> Result<Self, Error> {
        let (list, after) = (&relist.list, &comparison.after);
        let (mut listed, listed_to) = page(table, &list.partition(directory), after, PAGE).await?;
        let (mut marked, marked_to) = page(table, &list.marks(directory), after, PAGE).await?;
        let previous = comparison.previous.clone().map(|version| MemberList::new(&list.group, version));
        let (mut before, before_to) = match previous {
            Some(previous) => page(table, &previous.marks(directory), after, PAGE).await?,
            None => (BTreeMap::new(), None),
        };
        // Up to here all are known.
        let last = [listed_to, marked_to, before_to].into_iter().flatten().min();
        for items in [&mut listed, &mut marked, &mut before] {
            items.retain(|id, _| last.as_ref().is_none_or(|last| id <= last));
        }
        let key = |id: &String| Key::new(list.marks(directory), &**id);
        known.revisions.extend(marked.iter().map(|(id, item)| (key(id), revision(item))));
        let (marks, before) = (marks(marked)?, marks(before)?);
        let present = marks.iter().filter(|(_, mark)| mark.is_present).map(|(id, _)| id.clone());
        let now: BTreeSet<String> = listed.into_keys().chain(present).collect();
        let before = before.into_iter().filter(|(_, mark)| mark.is_present).map(|(id, _)| id).collect();
        known.read_candidates(table, directory, &now).await?;
        Ok(Self { before, now, marks, last })
    }

    /// Adds the difference to `fold`, as far as it was not reported before an interruption.
    fn report(&self, fold: &mut Fold<'_>, relist: &Relist, is_silent: bool) {
        for member in self.before.union(&self.now) {
            let (was, is) = (self.before.contains(member), self.now.contains(member));
            let mark = self.marks.get(member).cloned().unwrap_or_default();
            if mark.sequence > 0 {
                continue;
            }
            let pair = (relist.list.clone(), member.clone());
            let is_marked = mark.is_present;
            let after = MemberMark { is_present: is, ..mark };
            if was != is && !is_silent {
                fold.member(pair, after, &relist.time, relist.actor.as_ref());
            } else if is && !is_marked {
                fold.mark_member(pair, after);
            }
        }
        fold.close();
    }
}

fn marks(items: BTreeMap<String, Item>) -> Result<BTreeMap<String, MemberMark>, Error> {
    items.into_iter().map(|(id, item)| Ok((id, decode(item)?))).collect()
}

/// The next items of the partition `pk` after the sort key `after`, at most `limit`, by sort key; and the
/// last of these sort keys, unless no item follows.
///
/// # Errors
/// The table's own.
pub(super) async fn page(
    table: &Table,
    pk: &str,
    after: &str,
    limit: i32,
) -> Result<(BTreeMap<String, Item>, Option<String>), Error> {
    let mut pages = table.range(pk, Range::All);
    if !after.is_empty() {
        pages = pages.after(&Key::new(pk, after));
    }
    let mut items = BTreeMap::new();
    for item in pages.next(Some(limit)).await?.unwrap_or_default() {
        items.insert(text(&item, SK)?.to_owned(), item);
    }
    let last = items.keys().last().filter(|_| pages.has_more()).cloned();
    Ok((items, last))
}
