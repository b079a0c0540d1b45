//! Reading the directory and the marks of its log, page by page: what seems to differ.

use std::collections::{BTreeMap, BTreeSet};

use scim::model::profile::Profile;
use serde::{Deserialize, Serialize};
use table::Table;
use table::item::{Item, Key, decode, optional_number, text};
use table::name::{SK, VERSION};

use crate::error::Error;
use crate::events::administration::is_administration;
use crate::events::event::Name;
use crate::events::fold::relisted;
use crate::events::known::{Known, group};
use crate::events::mark::{MemberMark, ResourceMark};
use crate::events::relist;
use crate::id::{DirectoryId, ListVersion};
use crate::keys;
use crate::members::list::MemberList;
use crate::resume::Scan;

/// Resources, or marks of resources, that are read at once.
const PAGE: i32 = 100;
/// Memberships that are read at once.
const MEMBERS: i32 = 500;

/// What is read.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    /// The resources of a type, each with its mark.
    Resources(String),
    /// The memberships of the groups whose list the log follows, each with its mark.
    Members,
    /// The marks, each with its resource.
    Marks,
}

/// How far the scan has come.
pub(super) type Position = Scan<Stage, Kept>;

/// What is kept from one step to the next.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// In the current group, after this member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    member: Option<String>,
}

/// The stages of a directory with this profile, each with its name. Removals come last: a member leaves
/// its groups before it is deleted.
pub(super) fn stages(profile: &Profile) -> Vec<(String, Stage)> {
    let kinds = profile.resource_types.iter().map(|kind| kind.name.clone());
    let mut stages: Vec<_> =
        kinds.map(|kind| (format!("resources {kind}"), Stage::Resources(kind))).collect();
    stages.push(("members".to_owned(), Stage::Members));
    stages.push(("marks".to_owned(), Stage::Marks));
    stages
}

/// What was read, and what of it seems to differ.
pub(super) struct Found<'a> {
    table: &'a Table,
    directory: &'a DirectoryId,
    pub(super) resources: u64,
    pub(super) memberships: u64,
    /// Resources that differ from their marks.
    pub(super) names: BTreeSet<Name>,
    /// Members that differ from their marks.
    pub(super) pairs: BTreeMap<MemberList, BTreeSet<String>>,
}

/// Whether `mark` says something else of the resource than `item`.
fn differs(mark: Option<&ResourceMark>, item: Option<&Item>) -> bool {
    match (mark.filter(|mark| !mark.is_deleted), item) {
        (None, None) => false,
        (Some(mark), Some(item)) => {
            optional_number(item, VERSION) != Some(mark.version)
                || relisted(mark.view.as_ref(), item).is_some()
        }
        _ => true,
    }
}

impl<'a> Found<'a> {
    pub(super) fn new(table: &'a Table, directory: &'a DirectoryId) -> Self {
        let (names, pairs) = (BTreeSet::new(), BTreeMap::new());
        Self { table, directory, resources: 0, memberships: 0, names, pairs }
    }

    /// How many seem to differ.
    pub(super) fn len(&self) -> usize {
        self.names.len() + self.pairs.values().map(BTreeSet::len).sum::<usize>()
    }

    /// The next resources of the type `kind`.
    pub(super) async fn resources(&mut self, kind: &str, scan: &mut Position) -> Result<(), Error> {
        let partition = keys::resources(self.directory, kind);
        let page = scan.page(self.table, &partition, Some(PAGE)).await?;
        let name = |item: &Item| Ok((kind.to_owned(), text(item, SK)?.to_owned()));
        let names: Vec<Name> = page.items.iter().map(name).collect::<Result<_, Error>>()?;
        let mut known = Known::default();
        known.read_resources(self.table, self.directory, names.iter().cloned().collect()).await?;
        let pairs = names.into_iter().zip(&page.items);
        let differing = pairs.filter(|(name, item)| differs(known.resources.get(name), Some(item)));
        self.names.extend(differing.map(|(name, _)| name));
        self.resources += page.items.len() as u64;
        scan.finish(&page)
    }

    /// The next memberships.
    pub(super) async fn members(&mut self, scan: &mut Position) -> Result<(), Error> {
        if let (Some(id), Some(after)) = (scan.after.clone(), scan.data.member.take()) {
            let key = Key::new(keys::resources(self.directory, &group()), &*id);
            if let Some(item) = self.table.get(&key).await? {
                scan.data.member = self.members_of(&id, &item, &after).await?;
            }
            return Ok(());
        }
        let partition = keys::resources(self.directory, &group());
        let page = scan.page(self.table, &partition, Some(PAGE)).await?;
        for item in &page.items {
            scan.move_after(item)?;
            scan.data.member = self.members_of(text(item, SK)?, item, "").await?;
            if scan.data.member.is_some() {
                // The rest of the page is read again after this group.
                return Ok(());
            }
        }
        scan.finish(&page)
    }

    /// Some members of the group `id` after `after`, if the log follows its list. Returns where to
    /// continue.
    async fn members_of(&mut self, id: &str, item: &Item, after: &str) -> Result<Option<String>, Error> {
        let name = (group(), id.to_owned());
        let mut known = Known::default();
        known.read_resources(self.table, self.directory, [name.clone()].into()).await?;
        let Some(list) = ListVersion::of(item).map(|version| MemberList::new(id, version)) else {
            return Ok(None);
        };
        if !follows(&known, &name, item) {
            return Ok(None);
        }
        let (listed, listed_to) =
            relist::page(self.table, &list.partition(self.directory), after, MEMBERS).await?;
        let (marked, marked_to) =
            relist::page(self.table, &list.marks(self.directory), after, MEMBERS).await?;
        // Up to here both are known.
        let last = [listed_to, marked_to].into_iter().flatten().min();
        let is_read = |id: &&String| last.as_ref().is_none_or(|last| *id <= last);
        let mut present = BTreeSet::new();
        for (id, item) in &marked {
            if decode::<MemberMark>(item.clone())?.is_present {
                present.insert(id);
            }
        }
        let listed: BTreeSet<&String> = listed.keys().collect();
        self.memberships += listed.iter().copied().filter(is_read).count() as u64;
        let differing = listed.symmetric_difference(&present).copied().filter(is_read);
        let differing: BTreeSet<String> = differing.cloned().collect();
        if !differing.is_empty() {
            self.pairs.entry(list).or_default().extend(differing);
        }
        Ok(last)
    }

    /// The next marks of resources: those whose resource does not exist.
    pub(super) async fn marks(&mut self, scan: &mut Position) -> Result<(), Error> {
        let page = scan.page(self.table, &keys::marks(self.directory), Some(PAGE)).await?;
        let mut marks = BTreeMap::new();
        for item in &page.items {
            let Some((kind, id)) = text(item, SK)?.split_once('#') else { continue };
            if !is_administration(kind) {
                let mark: ResourceMark = decode(item.clone())?;
                marks.insert((kind.to_owned(), id.to_owned()), mark);
            }
        }
        let key = |(kind, id): &Name| Key::new(keys::resources(self.directory, kind), &**id);
        let found = self.table.get_many(marks.keys().map(key).collect()).await?;
        let gone = marks.into_iter().filter(|(name, mark)| {
            let item = found.get(&key(name));
            item.is_none() && differs(Some(mark), None)
        });
        self.names.extend(gone.map(|(name, _)| name));
        scan.finish(&page)
    }
}

/// Whether the log follows the list that the group in `item` has.
pub(super) fn follows(known: &Known, name: &Name, item: &Item) -> bool {
    let mark = known.resources.get(name).filter(|mark| !mark.is_deleted);
    mark.is_some_and(|mark| mark.view.is_some() && relisted(mark.view.as_ref(), item).is_none())
}
