//! Comparing again what seemed to differ, and appending it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Map;
use table::Table;
use table::item::{Item, Key, optional_number, optional_text};
use table::name::{BY, LAST_MODIFIED, MEMBERS_VERSION, VERSION};
use table::retry::Attempts;

use super::content::content;
use super::report::Difference;
use super::scan::follows;
use crate::clock;
use crate::error::Error;
use crate::events::content::{Body, body, happening};
use crate::events::event::{Event, Happening, Name};
use crate::events::fold::resource::change_of;
use crate::events::fold::{Fold, MOST_MEMBERS, Relist, relisted};
use crate::events::guard::{Change, Guard};
use crate::events::known::{Known, group};
use crate::events::log::{Appended, Head, Step, append_all};
use crate::events::mark::{MemberMark, ResourceMark};
use crate::id::DirectoryId;
use crate::keys;
use crate::members::list::MemberList;

/// Resources that are compared at once.
const AT_ONCE: usize = 40;

/// The log of one directory.
pub(super) struct Log<'a> {
    pub(super) table: &'a Table,
    pub(super) directory: &'a DirectoryId,
    /// Whether to append what is missing.
    pub(super) apply: bool,
}

impl Log<'_> {
    /// Compares the resources `names`. Returns what differs, and the groups that have another list than
    /// the one the log follows.
    pub(super) async fn resources(
        &self,
        names: &BTreeSet<Name>,
    ) -> Result<(BTreeSet<Difference>, Vec<Relist>), Error> {
        let names: Vec<&Name> = names.iter().collect();
        let (mut differences, mut relists) = (BTreeSet::new(), Vec::new());
        for names in names.chunks(AT_ONCE) {
            let mut attempts = Attempts::default();
            loop {
                let head = Head::read(self.table, self.directory).await?;
                let (steps, some) = self.compared(head, names).await?;
                let events = steps.iter().flat_map(|step| &step.events);
                differences.extend(events.map(|event| self.difference(event)));
                if self.append(head, steps).await? {
                    relists.extend(some);
                    break;
                }
                attempts.again().await?;
            }
        }
        let created = Happening::Created.of(&group());
        let lists = relists.iter().map(|relist| self.of_list(relist));
        let is_new =
            |list: &Difference| differences.contains(&Difference { kind: created.clone(), ..list.clone() });
        let lists: Vec<Difference> = lists.filter(|list| !is_new(list)).collect();
        differences.extend(lists);
        Ok((differences, relists))
    }

    /// What is to be appended after `head` so that the log says of `names` what their items say.
    async fn compared(&self, head: Head, names: &[&Name]) -> Result<(Vec<Step>, Vec<Relist>), Error> {
        let Self { table, directory, .. } = *self;
        let all: BTreeSet<Name> = names.iter().map(|name| (*name).clone()).collect();
        let mut known = Known::default();
        known.read_resources(table, directory, all.clone()).await?;
        known.guard = Guard::read(table, directory, &all).await?;
        known.read_tombstones(table, directory, all).await?;
        let key = |(kind, id): &Name| Key::new(keys::resources(directory, kind), &**id);
        let items = table.get_many(names.iter().map(|name| key(name)).collect()).await?;
        let mut before = BTreeMap::new();
        for name in names {
            if let Some(mark) = known.resources.get(*name).filter(|mark| !mark.is_deleted) {
                before.insert(*name, content(table, directory, mark.sequence).await?);
            }
        }
        let mut fold = Fold::new(directory, head, &mut known);
        let mut relists = Vec::new();
        for name in names {
            let item = items.get(&key(name));
            compare(&mut fold, name, item, before.remove(*name).flatten());
            let mark = fold.known.resources.get(*name);
            relists.extend(mark.zip(item).and_then(|(mark, item)| to_relist(name, mark, item)));
        }
        Ok((fold.steps, relists))
    }

    /// Keeps the next events for `retention`, in seconds.
    pub(super) async fn keep_for(&self, retention: i64) -> Result<(), Error> {
        let mut attempts = Attempts::default();
        loop {
            let head = Head::read(self.table, self.directory).await?;
            let step = Step { retention: Some(retention), ..Step::default() };
            if head.retention == retention || self.append(head, vec![step]).await? {
                return Ok(());
            }
            attempts.again().await?;
        }
    }

    /// Compares the members `pairs`. Returns what differs.
    pub(super) async fn members(
        &self,
        pairs: &BTreeMap<MemberList, BTreeSet<String>>,
    ) -> Result<BTreeSet<Difference>, Error> {
        let mut differences = BTreeSet::new();
        for (list, members) in pairs {
            let members: Vec<&String> = members.iter().collect();
            for members in members.chunks(MOST_MEMBERS) {
                let mut attempts = Attempts::default();
                loop {
                    let head = Head::read(self.table, self.directory).await?;
                    let steps = self.compared_members(head, list, members).await?;
                    let events = steps.iter().flat_map(|step| &step.events);
                    differences.extend(events.map(|event| self.difference(event)));
                    if self.append(head, steps).await? {
                        break;
                    }
                    attempts.again().await?;
                }
            }
        }
        Ok(differences)
    }

    /// What is to be appended after `head` so that the log says of `members` what `list` says.
    async fn compared_members(
        &self,
        head: Head,
        list: &MemberList,
        members: &[&String],
    ) -> Result<Vec<Step>, Error> {
        let Self { table, directory, .. } = *self;
        let name = (group(), list.group.clone());
        let ids: BTreeSet<String> = members.iter().map(|id| (*id).clone()).collect();
        let mut known = Known::default();
        known.read_resources(table, directory, [name.clone()].into()).await?;
        let item = table.get(&Key::new(keys::resources(directory, &name.0), &*name.1)).await?;
        if !item.is_some_and(|item| list.is_of(&item) && follows(&known, &name, &item)) {
            // It has another list by now.
            return Ok(Vec::new());
        }
        known
            .read_members(table, directory, ids.iter().map(|id| (list.clone(), id.clone())).collect())
            .await?;
        let listed = table.get_many(ids.iter().map(|id| list.key(directory, id)).collect()).await?;
        let ids_listed = listed.keys().map(|key| key.sk.clone()).collect();
        known.read_candidates(table, directory, &ids_listed).await?;
        let (mut fold, time) = (Fold::new(directory, head, &mut known), clock::now());
        for id in ids {
            let pair = (list.clone(), id);
            let mark = fold.known.members.get(&pair).cloned().unwrap_or_default();
            let is_present = ids_listed.contains(&pair.1);
            if mark.is_present != is_present {
                fold.member(pair, MemberMark { is_present, ..mark }, &time, None);
            }
        }
        fold.close();
        Ok(fold.steps)
    }

    /// Appends `steps`, if that is asked for. Returns `false` if the log has changed since `head`.
    async fn append(&self, head: Head, steps: Vec<Step>) -> Result<bool, Error> {
        if !self.apply {
            return Ok(true);
        }
        match append_all(self.table, self.directory, head, steps).await? {
            Appended::Done(_) => Ok(true),
            Appended::Moved => Ok(false),
            Appended::Closed => Err(Error::NotFound),
        }
    }

    fn difference(&self, event: &Event) -> Difference {
        let (kind, resource) = (event.kind.clone(), &event.resource);
        let (resource_type, id) = (resource.kind.clone(), resource.id.clone());
        Difference { kind, resource_type, id, applied: self.apply }
    }

    fn of_list(&self, relist: &Relist) -> Difference {
        let (resource_type, id) = (group(), relist.list.group.clone());
        Difference {
            kind: Happening::MembersChanged.of(&resource_type),
            resource_type,
            id,
            applied: self.apply,
        }
    }
}

/// Adds to `fold` what the log does not say of `name`: `item` is the resource, `before` what the log says
/// of it, if that is known.
fn compare(fold: &mut Fold<'_>, name: &Name, item: Option<&Item>, before: Option<Body>) {
    let mark = fold.known.resources.get(name).cloned();
    match (mark.clone().filter(|mark| !mark.is_deleted), item) {
        (None, Some(item)) => {
            let ResourceMark { at, sequence, .. } = mark.unwrap_or_default();
            fold.create(
                name,
                item,
                ResourceMark { at, sequence, version: version(item), ..ResourceMark::default() },
            );
        }
        (Some(mark), Some(item)) if mark.version != version(item) => {
            let mark = ResourceMark { version: version(item), ..mark };
            let Some(after) = body(name, item) else { return fold.unreadable(name, item, mark) };
            if before.is_some() {
                return fold.report(name, change_of(before, after, item), mark);
            }
            // Without the content before, a user who is not active counts as disabled.
            let what = happening(name, &Map::new(), &after);
            let event = fold.changed(what, name, item, &mark);
            fold.push(Event { data: Some(after.into()), ..event }, name, mark);
        }
        (Some(mark), None) => {
            let mark = ResourceMark { is_deleted: true, view: None, ..mark };
            let actor = fold.known.deleted_by.get(name).cloned();
            let change = Change { before, after: None, is_partial: false, time: clock::now(), actor };
            fold.report(name, change, mark);
        }
        _ => {}
    }
}

fn version(item: &Item) -> u64 {
    optional_number(item, VERSION).unwrap_or(0)
}

/// The group `name`, if the log follows another list than the one in `item`.
fn to_relist(name: &Name, mark: &ResourceMark, item: &Item) -> Option<Relist> {
    let list = relisted(mark.view.as_ref(), item)?;
    Some(Relist {
        list: MemberList::new(&name.1, list),
        version: optional_number(item, MEMBERS_VERSION).unwrap_or(0),
        time: optional_text(item, LAST_MODIFIED).unwrap_or_default().to_owned(),
        actor: optional_text(item, BY).map(str::to_owned),
        at: mark.at.clone(),
    })
}
