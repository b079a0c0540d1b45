//! Every entry of an index: does its resource have the value.

use std::collections::BTreeMap;

use scim::model::resource_type::{Index, ResourceType};

use super::Step;
use super::finding::{Finding, What};
use super::place::Place;
use super::repair;
use crate::error::Error;
use crate::keys::{self, Item, Key, optional_text};
use crate::resource::index::{entries, entry_key};
use crate::resource::stored::Stored;
use crate::tenant::Tenant;
use crate::value_key::SEPARATOR;
use table::name;

/// Entries read at a time.
const PAGE: i32 = 500;
/// How often an entry of a resource that changes all the time is looked at.
const LOOKS: usize = 8;

/// An entry that is wrong, and the version of the resource that does not have the value:
/// `None` when there is none.
pub(super) struct Stale {
    pub(super) version: Option<u64>,
}

impl Step<'_> {
    /// One page. Returns whether it was the last one.
    pub(super) async fn index(
        &mut self,
        kind: &ResourceType,
        index: &Index,
        place: &mut Place,
    ) -> Result<bool, Error> {
        let scope = self.scope.clone();
        let attribute = index.path.to_string();
        let pk = keys::index(&scope.directory, &kind.name, &attribute);
        let mut pages = scope.store.range(&pk, None);
        if let Some(after) = &place.after {
            pages = pages.after(&Key::new(pk, &**after));
        }
        let mut page = pages.next(Some(PAGE)).await?.unwrap_or_default();
        let last = page.last().map(Key::of).transpose()?;
        if self.changing {
            // An attribute that is unique in one of the two profiles only has entries of both
            // forms, and those of the other one are as good.
            let is_many =
                |item: &Item| optional_text(item, name::SK).is_some_and(|sk| sk.contains(SEPARATOR));
            page.retain(|item| is_many(item) != index.unique);
        }
        self.checked.entries += page.len() as u64;
        for (key, id) in scope.doubtful(kind, &page).await? {
            if let Some(stale) = scope.stale(kind, &key, &id).await? {
                let repaired =
                    self.options.repair && repair::remove_entry(&scope, kind, &key, &id, &stale).await?;
                let finding = Finding::new(What::EntryStale, &kind.name).of(&id).attribute(&attribute);
                self.findings.push(finding.repaired(repaired));
            }
        }
        if let Some(last) = last {
            place.after = Some(last.sk);
        }
        Ok(!pages.has_more())
    }
}

impl Tenant {
    /// Those of a page of entries whose resource does not seem to have the value.
    async fn doubtful(&self, kind: &ResourceType, page: &[Item]) -> Result<Vec<(Key, String)>, Error> {
        let mut owners: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for item in page {
            let id = optional_text(item, name::ID).unwrap_or_default();
            owners.entry(id.to_owned()).or_default().push(Key::of(item)?);
        }
        // One without an owner is nobody's; an empty key cannot be asked for.
        let keys = owners.keys().filter(|id| !id.is_empty()).map(|id| self.key(kind, id)).collect();
        let found = self.store.read_all(keys).await?;
        let mut doubtful = Vec::new();
        for (id, keys) in owners {
            let item = found.get(&self.key(kind, &id));
            doubtful.extend(
                keys.into_iter()
                    .filter(|key| !item.is_some_and(|item| self.has_entry(kind, item, &id, key)))
                    .map(|key| (key, id.clone())),
            );
        }
        Ok(doubtful)
    }

    /// Whether the resource in `item` has the value of the entry at `key`. One that cannot be
    /// read may have it.
    fn has_entry(&self, kind: &ResourceType, item: &Item, id: &str, key: &Key) -> bool {
        Stored::read(item).map_or(true, |stored| {
            entries(kind, &stored.resource.doc).iter().any(|entry| entry_key(self, kind, entry, id) == *key)
        })
    }

    /// Whether the entry at `key` is there while the resource `id` does not have its value,
    /// at one version of it.
    pub(super) async fn stale(
        &self,
        kind: &ResourceType,
        key: &Key,
        id: &str,
    ) -> Result<Option<Stale>, Error> {
        let version = |item: &Option<Item>| -> Result<Option<u64>, Error> {
            item.as_ref().map(|item| Ok(keys::number(item, name::VERSION)?)).transpose()
        };
        let resource = self.key(kind, if id.is_empty() { "-" } else { id });
        let mut item = self.store.read(&resource).await?;
        for _ in 0..LOOKS {
            if item.as_ref().is_some_and(|item| self.has_entry(kind, item, id, key)) {
                return Ok(None);
            }
            let entry = self.store.read(key).await?;
            if entry.is_none_or(|entry| optional_text(&entry, name::ID).unwrap_or_default() != id) {
                return Ok(None);
            }
            let again = self.store.read(&resource).await?;
            if version(&again)? == version(&item)? {
                return Ok(Some(Stale { version: version(&again)? }));
            }
            item = again;
        }
        Ok(None)
    }
}
