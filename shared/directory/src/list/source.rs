//! Candidates in a stable order, batch by batch, from any position on.

use scim::model::resource_type::ResourceType;

use super::plan::{Access, Entries, Range};
use crate::error::Error;
use crate::id::is_resource_id;
use crate::index;
use crate::resource::Stored;
use crate::scope::Scope;
use crate::store::Pages;
use crate::table::item::{self, Item, Key, text};
use crate::table::{key, name};

/// A stream of candidates.
pub(super) struct Source<'a> {
    scope: &'a Scope,
    kind: &'a ResourceType,
    access: &'a Access,
    pages: Option<Pages>,
    /// The epoch of the group whose members are the candidates.
    epoch: Option<String>,
}

/// A candidate and its place in the order: the sort key to continue after.
pub(super) struct Candidate {
    pub(super) position: String,
    pub(super) stored: Stored,
}

impl<'a> Source<'a> {
    /// The candidates of `access` behind the position `after`.
    pub(super) async fn open(
        scope: &'a Scope,
        kind: &'a ResourceType,
        access: &'a Access,
        after: Option<&str>,
    ) -> Result<Self, Error> {
        let mut present = None;
        let partition = match access {
            Access::Few(_) => None,
            Access::Walk => Some((item::resources(&scope.directory, &kind.name), None)),
            Access::Entries(entries) => Some((
                item::index(&scope.directory, &kind.name, &entries.attribute),
                Some(match &entries.range {
                    Range::Begins(prefix) => ("begins_with(#sk, :bound)", prefix),
                    Range::From(from) => ("#sk >= :bound", from),
                    Range::To(to) => ("#sk <= :bound", to),
                }),
            )),
            Access::MembersOf(group) => match scope.stored(&ResourceType::group(), group).await {
                Ok(Stored { epoch: Some(epoch), .. }) => {
                    let members = item::members(&scope.directory, group, &epoch);
                    present = Some(epoch);
                    Some((members, None))
                }
                Ok(_) | Err(Error::NotFound) => None,
                Err(other) => return Err(other),
            },
        };
        let pages = partition.map(|(pk, range)| {
            let values = range.map(|(_, bound)| [(":bound", bound.as_str())]);
            let range =
                range.zip(values.as_ref()).map(|((condition, _), values)| (condition, values.as_slice()));
            let pages = scope.store.range(&pk, range);
            match after {
                Some(after) => pages.after(&Key::new(pk, after)),
                None => pages,
            }
        });
        Ok(Self { scope, kind, access, pages, epoch: present })
    }

    /// Where the candidates are a group's members: the group, and its epoch.
    pub(super) fn group(&self) -> Option<(&str, Option<&str>)> {
        match self.access {
            Access::MembersOf(group) => Some((group, self.epoch.as_deref())),
            _ => None,
        }
    }

    /// Whether another batch would be read.
    pub(super) fn has_more(&self) -> bool {
        self.pages.as_ref().is_some_and(Pages::has_more)
    }

    /// The next candidates, of at most `limit` items read; `None` at the end.
    pub(super) async fn next(&mut self, limit: Option<i32>) -> Result<Option<Vec<Candidate>>, Error> {
        let Some(pages) = &mut self.pages else { return Ok(None) };
        let Some(items) = pages.next(limit).await? else { return Ok(None) };
        if *self.access == Access::Walk {
            return items.iter().map(candidate).collect::<Result<Vec<_>, _>>().map(Some);
        }
        // Index entries and memberships only name the resource.
        let mut named = Vec::with_capacity(items.len());
        for item in &items {
            let position = text(item, name::SK)?;
            let id = if matches!(self.access, Access::Entries(_)) { text(item, name::ID)? } else { position };
            if is_resource_id(id) {
                named.push((position.to_owned(), self.scope.key(self.kind, id)));
            }
        }
        let mut keys: Vec<Key> = named.iter().map(|(_, key)| key.clone()).collect();
        keys.sort();
        keys.dedup();
        let found = self.scope.store.read_all(keys).await?;
        let mut candidates = Vec::with_capacity(named.len());
        for (position, key) in named {
            let Some(item) = found.get(&key) else { continue };
            let stored = Stored::read(item)?;
            if self.is_first(&position, &stored) {
                candidates.push(Candidate { position, stored });
            }
        }
        Ok(Some(candidates))
    }

    /// A resource with several values in a range comes once: at the first of them.
    fn is_first(&self, position: &str, stored: &Stored) -> bool {
        let Access::Entries(entries) = self.access else { return true };
        match first_key(self.kind, entries, stored) {
            Some(first) => {
                let unique = self.kind.index_on(&entries.attribute).is_some_and(|index| index.unique);
                position == if unique { first } else { key::many(&first, &stored.resource.id) }
            }
            // The entry is older than the resource, which has no such value any more.
            None => false,
        }
    }
}

fn candidate(item: &Item) -> Result<Candidate, Error> {
    Ok(Candidate { position: text(item, name::SK)?.to_owned(), stored: Stored::read(item)? })
}

/// The lowest key of `stored` in the range of `entries`.
fn first_key(kind: &ResourceType, entries: &Entries, stored: &Stored) -> Option<String> {
    let index = kind.index_on(&entries.attribute)?;
    let (_, values) = index::values(kind, index, &stored.resource.doc)?;
    values
        .into_iter()
        .map(|value| key::of(value, entries.case_exact))
        .filter(|key| entries.range.holds(key))
        .min()
}
