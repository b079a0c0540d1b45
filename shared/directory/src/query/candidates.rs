//! The candidates of one type in a stable order, batch by batch, from any place on and
//! either way.

use std::cmp::Ordering;

use scim::model::resource_type::ResourceType;

use super::access_path::{Access, Entries, Range};
use super::sort_key;
use crate::error::Error;
use crate::id::{ListVersion, is_resource_id};
use crate::keys::{self, Item, Key, text};
use crate::members::list::MemberList;
use crate::resource::get;
use crate::resource::index;
use crate::resource::stored::Stored;
use crate::store::Pages;
use crate::tenant::Tenant;
use crate::value_key as key;
use table::name;

/// Resources that are read before what they weigh is looked at; while they are light, as many as
/// one call of DynamoDB reads.
const TOGETHER: usize = 40;
const LIGHT: usize = 100;
/// So much JSON ends a batch: each resource may have hundreds of kilobytes.
const BYTES: usize = 8 * 1024 * 1024;

/// A stream of candidates.
pub(super) struct Source<'a> {
    scope: &'a Tenant,
    kind: &'a ResourceType,
    access: &'a Access,
    rest: Rest,
    /// Items that were read and whose resources were not.
    waiting: Vec<Item>,
    /// The group whose members are the candidates.
    group: Option<Stored>,
}

/// What has not been handed out yet.
enum Rest {
    /// What these will read.
    Pages(Box<Pages>),
    /// What was found already.
    Found(Vec<Stored>),
    Nothing,
}

/// A candidate and its place in the order: the key to continue after.
pub(super) struct Candidate {
    pub(super) key: String,
    pub(super) stored: Stored,
}

/// Some candidates, and what was read to find them.
pub(super) struct Batch {
    pub(super) candidates: Vec<Candidate>,
    /// The items read: more than candidates where some only name what is gone.
    pub(super) read: usize,
    /// The place of the last of them.
    pub(super) last: Option<String>,
    /// Whether a key among them may not tell the order of its value.
    pub(super) inexact: bool,
}

impl<'a> Source<'a> {
    /// The candidates of `access` behind the place `after`; `falling`: from high keys to
    /// low ones.
    pub(super) async fn open(
        scope: &'a Tenant,
        kind: &'a ResourceType,
        access: &'a Access,
        after: Option<&str>,
        falling: bool,
    ) -> Result<Self, Error> {
        let mut source = Self { scope, kind, access, rest: Rest::Nothing, waiting: Vec::new(), group: None };
        let partition = match access {
            Access::Few(lookups) => {
                let mut found = scope.few(kind, lookups).await?;
                if falling {
                    found.reverse();
                }
                if let Some(after) = after {
                    let way = if falling { Ordering::Less } else { Ordering::Greater };
                    found.retain(|one| one.resource.id.as_str().cmp(after) == way);
                }
                source.rest = Rest::Found(found);
                return Ok(source);
            }
            Access::Walk => keys::resources(&scope.directory, &kind.name),
            Access::Entries(entries) => keys::index(&scope.directory, &kind.name, &entries.attribute),
            Access::MembersOf(group) => match get::find(scope, &ResourceType::group(), group).await? {
                Some(stored) => {
                    let list = MemberList::open(&stored);
                    source.group = Some(stored);
                    let Some(list) = list else { return Ok(source) };
                    list.partition(&scope.directory)
                }
                None => return Ok(source),
            },
        };
        let range = match access {
            Access::Entries(entries) => match &entries.range {
                Range::All => None,
                Range::Begins(prefix) => Some(("begins_with(#sk, :bound)", prefix)),
                Range::From(from) => Some(("#sk >= :bound", from)),
                Range::To(to) => Some(("#sk <= :bound", to)),
            },
            _ => None,
        };
        let values = range.map(|(_, bound)| [(":bound", bound.as_str())]);
        let range = range.zip(values.as_ref()).map(|((condition, _), values)| (condition, values.as_slice()));
        let mut pages = scope.store.range(&partition, range);
        if falling {
            pages = pages.backwards();
        }
        if let Some(after) = after {
            pages = pages.after(&Key::new(partition, source.sort_key(after)));
        }
        source.rest = Rest::Pages(Box::new(pages));
        Ok(source)
    }

    /// Where the candidates are a group's members: the group, and its member list.
    pub(super) fn group(&self) -> Option<(&str, Option<&ListVersion>)> {
        match self.access {
            Access::MembersOf(id) => Some((id, self.group.as_ref().and_then(|group| group.list.as_ref()))),
            _ => None,
        }
    }

    /// About how many candidates there are in all, where that is known without reading them.
    pub(super) fn size(&self) -> Option<u64> {
        self.group.as_ref().map(|group| u64::try_from(group.size).unwrap_or(0))
    }

    /// Whether another batch would be read.
    pub(super) fn has_more(&self) -> bool {
        match &self.rest {
            _ if !self.waiting.is_empty() => true,
            Rest::Pages(pages) => pages.has_more(),
            Rest::Found(_) => true,
            Rest::Nothing => false,
        }
    }

    /// The next candidates, of at most `limit` items read; `None` at the end.
    pub(super) async fn next(&mut self, limit: Option<i32>) -> Result<Option<Batch>, Error> {
        if !self.waiting.is_empty() {
            let waiting = std::mem::take(&mut self.waiting);
            return self.named(waiting).await.map(Some);
        }
        let items = match &mut self.rest {
            Rest::Nothing => return Ok(None),
            Rest::Found(found) => {
                let candidates: Vec<_> = std::mem::take(found).into_iter().map(candidate).collect();
                self.rest = Rest::Nothing;
                return Ok(Some(batch(candidates)));
            }
            Rest::Pages(pages) => match pages.next(limit).await? {
                Some(items) => items,
                None => return Ok(None),
            },
        };
        if *self.access == Access::Walk {
            let stored = items.iter().map(|item| Stored::read(item).map(candidate));
            return Ok(Some(batch(stored.collect::<Result<Vec<_>, _>>()?)));
        }
        self.named(items).await.map(Some)
    }

    /// The candidates that index entries or memberships name. What would weigh too much waits.
    async fn named(&mut self, mut items: Vec<Item>) -> Result<Batch, Error> {
        let mut all = Batch { candidates: Vec::new(), read: 0, last: None, inexact: false };
        let mut bytes = 0;
        while !items.is_empty() && bytes <= BYTES {
            let light = all.read > 0 && bytes / all.read * LIGHT <= BYTES - bytes;
            let behind = items.split_off(items.len().min(if light { LIGHT } else { TOGETHER }));
            let some = self.some(&items).await?;
            items = behind;
            bytes += some.candidates.iter().map(|candidate| candidate.stored.bytes).sum::<usize>();
            all.candidates.extend(some.candidates);
            all.read += some.read;
            all.last = some.last;
            all.inexact |= some.inexact;
        }
        self.waiting = items;
        Ok(all)
    }

    async fn some(&self, items: &[Item]) -> Result<Batch, Error> {
        let (mut named, mut last, mut inexact) = (Vec::with_capacity(items.len()), None, false);
        for item in items {
            let sort_key = text(item, name::SK)?;
            let (key, id) = match self.access {
                Access::Entries(_) => {
                    let id = text(item, name::ID)?;
                    inexact |= sort_key.len() >= key::EXACT;
                    (if self.is_unique() { key::many(sort_key, id) } else { sort_key.to_owned() }, id)
                }
                _ => (sort_key.to_owned(), sort_key),
            };
            last = Some(key.clone());
            if is_resource_id(id) {
                named.push((key, self.scope.key(self.kind, id)));
            }
        }
        let mut keys: Vec<Key> = named.iter().map(|(_, key)| key.clone()).collect();
        keys.sort();
        keys.dedup();
        let found = self.scope.store.read_all(keys).await?;
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

    /// The table's sort key at the place `after`.
    fn sort_key(&self, after: &'a str) -> &'a str {
        if self.is_unique() { sort_key::split(after).0 } else { after }
    }

    /// Whether the candidates' entries have no id in their sort keys.
    fn is_unique(&self) -> bool {
        let Access::Entries(entries) = self.access else { return false };
        self.kind.index_on(&entries.attribute).is_some_and(|index| index.unique)
    }

    /// A resource with several values in a range comes once: at the first of them.
    fn is_first(&self, place: &str, stored: &Stored) -> bool {
        let Access::Entries(entries) = self.access else { return true };
        // Without one the entry is older than the resource, which has no such value any more.
        first_key(self.kind, entries, stored)
            .is_some_and(|first| key::many(&first, &stored.resource.id) == place)
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
        .filter(|key| entries.range.holds(key))
        .min()
}
