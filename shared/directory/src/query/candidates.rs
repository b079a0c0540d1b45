//! The candidates of one type in a stable order, batch by batch, from any position and in both directions.

use std::cmp::Ordering;

use scim::model::resource_type::ResourceType;
use table::item::{Item, Key, text};
use table::name;
use table::query::{Pages, Range};

use super::access_path::{Access, Entries};
use super::{lookup, sort_key};
use crate::error::Error;
use crate::id::{ListVersion, is_resource_id};
use crate::keys;
use crate::members::list::MemberList;
use crate::resource::get;
use crate::resource::index;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;
use crate::value_key as key;

/// Index entries or memberships that one batch reads, with the resources that they name.
pub(super) const BATCH: i32 = 500;
/// Resources read by key at once: each may have hundreds of kilobytes. As long as they are small, as many as
/// one call of DynamoDB reads.
const AT_ONCE: usize = 40;
const AT_ONCE_IF_SMALL: usize = 100;
/// Bytes of JSON that end a batch.
const BYTES: usize = 8 * 1024 * 1024;

/// A stream of candidates.
pub(super) struct Candidates<'a> {
    tenant: &'a Tenant,
    kind: &'a ResourceType,
    access: &'a Access,
    rest: Rest,
    /// Entries that have been read, but not yet the resources that they name.
    waiting: Vec<Item>,
    /// The group whose members are the candidates.
    group: Option<Stored>,
}

/// Where further candidates come from.
enum Rest {
    Pages(Box<Pages>),
    Found(Vec<Stored>),
    Nothing,
}

/// A candidate and its position: the key to continue after.
pub(super) struct Candidate {
    pub(super) key: String,
    pub(super) stored: Stored,
}

/// Some candidates, and what was read to find them.
pub(super) struct Batch {
    pub(super) candidates: Vec<Candidate>,
    /// The items read: more than candidates when some entries name a deleted resource.
    pub(super) read: usize,
    /// The position of the last item.
    pub(super) last: Option<String>,
    /// Whether a key among them may be truncated, so that its order is not that of its value.
    pub(super) inexact: bool,
}

impl<'a> Candidates<'a> {
    /// The candidates on `access` after the position `after`; `downwards`: from high keys to low ones.
    pub(super) async fn open(
        tenant: &'a Tenant,
        kind: &'a ResourceType,
        access: &'a Access,
        after: Option<&str>,
        downwards: bool,
    ) -> Result<Self, Error> {
        let (rest, waiting, group) = (Rest::Nothing, Vec::new(), None);
        let mut candidates = Self { tenant, kind, access, rest, waiting, group };
        let (partition, range) = match access {
            Access::Lookups(lookups) => {
                let mut found = lookup::lookup(tenant, kind, lookups).await?;
                if downwards {
                    found.reverse();
                }
                if let Some(after) = after {
                    let direction = if downwards { Ordering::Less } else { Ordering::Greater };
                    found.retain(|stored| stored.resource.id.as_str().cmp(after) == direction);
                }
                candidates.rest = Rest::Found(found);
                return Ok(candidates);
            }
            Access::Scan => (keys::resources(&tenant.directory, &kind.name), Range::All),
            Access::Entries(entries) => {
                let index = keys::index(&tenant.directory, &kind.name, &entries.attribute);
                (index, entries.range.clone())
            }
            Access::MembersOf(group) => {
                candidates.group = get::find(tenant, &ResourceType::group(), group).await?;
                let list = candidates.group.as_ref().and_then(MemberList::open);
                let Some(list) = list else { return Ok(candidates) };
                (list.partition(&tenant.directory), Range::All)
            }
        };
        let mut pages = tenant.table().range(&partition, range);
        if downwards {
            pages = pages.backwards();
        }
        if let Some(after) = after {
            pages = pages.after(&Key::new(partition, candidates.entry_key(after)));
        }
        candidates.rest = Rest::Pages(Box::new(pages));
        Ok(candidates)
    }

    /// Where the candidates are the members of a group: the group's id and its member list.
    pub(super) fn group(&self) -> Option<(&str, Option<&ListVersion>)> {
        match self.access {
            Access::MembersOf(id) => Some((id, self.group.as_ref().and_then(|group| group.list.as_ref()))),
            _ => None,
        }
    }

    /// About how many candidates there are in all, if that is known without reading them.
    pub(super) fn size(&self) -> Option<u64> {
        self.group.as_ref().map(|group| u64::try_from(group.size).unwrap_or(0))
    }

    /// Whether [`next`](Self::next) would read a batch.
    pub(super) fn has_more(&self) -> bool {
        match &self.rest {
            _ if !self.waiting.is_empty() => true,
            Rest::Pages(pages) => pages.has_more(),
            Rest::Found(_) => true,
            Rest::Nothing => false,
        }
    }

    /// The next candidates, of at most `limit` items; `None` at the end.
    pub(super) async fn next(&mut self, limit: Option<i32>) -> Result<Option<Batch>, Error> {
        if !self.waiting.is_empty() {
            let waiting = std::mem::take(&mut self.waiting);
            return self.named_by(waiting).await.map(Some);
        }
        let items = match &mut self.rest {
            Rest::Nothing => return Ok(None),
            Rest::Found(found) => {
                let candidates = std::mem::take(found).into_iter().map(candidate).collect();
                self.rest = Rest::Nothing;
                return Ok(Some(batch(candidates)));
            }
            Rest::Pages(pages) => match pages.next(limit).await? {
                Some(items) => items,
                None => return Ok(None),
            },
        };
        if *self.access == Access::Scan {
            let stored = items.iter().map(|item| Stored::read(item).map(candidate));
            return Ok(Some(batch(stored.collect::<Result<Vec<_>, _>>()?)));
        }
        self.named_by(items).await.map(Some)
    }

    /// The candidates that index entries or memberships name. What would use too much memory waits.
    async fn named_by(&mut self, mut items: Vec<Item>) -> Result<Batch, Error> {
        let mut all = Batch { candidates: Vec::new(), read: 0, last: None, inexact: false };
        let mut bytes = 0;
        while !items.is_empty() && bytes <= BYTES {
            let small = all.read > 0 && bytes / all.read * AT_ONCE_IF_SMALL <= BYTES - bytes;
            let later = items.split_off(items.len().min(if small { AT_ONCE_IF_SMALL } else { AT_ONCE }));
            let next = self.read_named(&items).await?;
            items = later;
            bytes += next.candidates.iter().map(|candidate| candidate.stored.bytes).sum::<usize>();
            all.candidates.extend(next.candidates);
            all.read += next.read;
            all.last = next.last;
            all.inexact |= next.inexact;
        }
        self.waiting = items;
        Ok(all)
    }

    async fn read_named(&self, items: &[Item]) -> Result<Batch, Error> {
        let (mut named, mut last, mut inexact) = (Vec::with_capacity(items.len()), None, false);
        for item in items {
            let entry_key = text(item, name::SK)?;
            let (key, id) = match self.access {
                Access::Entries(_) => {
                    let id = text(item, name::ID)?;
                    inexact |= entry_key.len() >= key::EXACT;
                    (if self.is_unique() { key::many(entry_key, id) } else { entry_key.to_owned() }, id)
                }
                _ => (entry_key.to_owned(), entry_key),
            };
            last = Some(key.clone());
            if is_resource_id(id) {
                named.push((key, self.tenant.key(self.kind, id)));
            }
        }
        let mut keys: Vec<Key> = named.iter().map(|(_, key)| key.clone()).collect();
        keys.sort();
        keys.dedup();
        let found = self.tenant.table().get_many(keys).await?;
        let mut candidates = Vec::with_capacity(named.len());
        for (key, resource) in named {
            let Some(item) = found.get(&resource) else { continue };
            let stored = Stored::read(item)?;
            if self.is_first(&key, &stored) {
                candidates.push(Candidate { key, stored });
            }
        }
        Ok(Batch { candidates, read: items.len(), last, inexact })
    }

    /// The table's sort key of the entry at the position `after`.
    fn entry_key<'k>(&self, after: &'k str) -> &'k str {
        if self.is_unique() { sort_key::split(after).0 } else { after }
    }

    /// Whether the candidates come from an index whose entries have no id in their sort keys.
    fn is_unique(&self) -> bool {
        let Access::Entries(entries) = self.access else { return false };
        self.kind.index_on(&entries.attribute).is_some_and(|index| index.unique)
    }

    /// A resource with several values in a range appears once: at the first of them.
    fn is_first(&self, position: &str, stored: &Stored) -> bool {
        let Access::Entries(entries) = self.access else { return true };
        // None: the entry is outdated, the resource has no such value any more.
        first_key(self.kind, entries, stored)
            .is_some_and(|first| key::many(&first, &stored.resource.id) == position)
    }
}

fn candidate(stored: Stored) -> Candidate {
    Candidate { key: stored.resource.id.clone(), stored }
}

fn batch(candidates: Vec<Candidate>) -> Batch {
    let last = candidates.last().map(|candidate| candidate.key.clone());
    Batch { read: candidates.len(), last, candidates, inexact: false }
}

/// The lowest key of `stored` in the range of `entries`.
fn first_key(kind: &ResourceType, entries: &Entries, stored: &Stored) -> Option<String> {
    let index = kind.index_on(&entries.attribute)?;
    index::values(index, &stored.resource.doc)
        .into_iter()
        .map(|value| key::of(value, entries.case_exact))
        .filter(|key| entries.may_contain(key))
        .min()
}
