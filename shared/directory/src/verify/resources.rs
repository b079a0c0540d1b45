//! Every resource: can it be read, has it its entries, is its name key that of its name, and
//! is it in lists that are no more.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use scim::model::resource_type::ResourceType;

use super::Step;
use super::counters::Count;
use super::finding::{Finding, What};
use super::place::Place;
use super::repair;
use crate::error::Error;
use crate::keys::{self, Item, Key, optional_text, text};
use crate::members::list::MemberList;
use crate::members::of_user::lists_with;
use crate::resource::index::{Entry, entries, entry_key, user_name_key};
use crate::resource::stored::Stored;
use crate::tenant::Tenant;
use table::name;

/// Resources read at a time.
const PAGE: i32 = 100;
/// How many members' lists are asked for at once.
const AT_ONCE: usize = 8;
/// How often a resource that changes all the time is looked at.
const LOOKS: usize = 8;

/// One resource as it is, with what disagrees.
pub(super) struct Seen {
    pub(super) stored: Stored,
    /// Entries that are missing, or whose owner (told) is another.
    pub(super) wrong: Vec<(Entry, Option<String>)>,
    /// The key of its name, where the item has another.
    pub(super) user_name_key: Option<String>,
}

impl Step<'_> {
    /// One page. Returns whether it was the last one.
    pub(super) async fn resources(&mut self, kind: &ResourceType, place: &mut Place) -> Result<bool, Error> {
        let scope = self.scope.clone();
        let pk = keys::resources(&scope.directory, &kind.name);
        let mut count = match (place.count.take(), &place.after) {
            (Some(count), Some(_)) => count,
            _ => Count::begin(&scope, kind).await?,
        };
        let mut pages = scope.store.range(&pk, None);
        if let Some(after) = &place.after {
            pages = pages.after(&Key::new(pk, &**after));
        }
        let page = pages.next(Some(PAGE)).await?.unwrap_or_default();
        count.seen += page.len() as i64;
        *self.checked.resources.entry(kind.name.clone()).or_default() += page.len() as u64;
        for id in scope.suspects(kind, &page).await? {
            self.resource(kind, &id).await?;
        }
        let ids = page.iter().map(|item| text(item, name::SK)).collect::<Result<Vec<_>, _>>()?;
        self.lists_of(&ids).await?;
        if let Some(last) = ids.last() {
            place.after = Some((*last).to_owned());
        }
        let ended = !pages.has_more();
        if ended {
            count.end(&scope, kind).await?;
        }
        place.count = Some(count);
        Ok(ended)
    }

    /// Looks at one resource again, and tells of what disagrees.
    async fn resource(&mut self, kind: &ResourceType, id: &str) -> Result<(), Error> {
        let scope = self.scope.clone();
        let seen = match scope.look(kind, id).await {
            Ok(Some(seen)) => seen,
            Ok(None) => return Ok(()),
            Err(Error::Unavailable(_)) if scope.is_unreadable(kind, id).await? => {
                self.findings.push(Finding::new(What::Unreadable, &kind.name).of(id));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        for (entry, owner) in &seen.wrong {
            let what = match owner {
                None => What::EntryMissing,
                Some(owner) if scope.has(kind, owner, entry).await? => What::Duplicate,
                Some(_) => What::EntryOfAnother,
            };
            let repaired = self.options.repair
                && what != What::Duplicate
                && repair::add_entry(&scope, kind, &seen.stored, entry, owner.as_deref()).await?;
            let finding = Finding {
                other: owner.clone(),
                ..Finding::new(what, &kind.name).of(id).attribute(&entry.attribute)
            };
            self.findings.push(finding.repaired(repaired));
        }
        if let Some(key) = &seen.user_name_key {
            let repaired =
                self.options.repair && repair::set_user_name_key(&scope, kind, &seen.stored, key).await?;
            self.findings.push(Finding::new(What::UserNameKey, &kind.name).of(id).repaired(repaired));
        }
        Ok(())
    }

    /// Notes the lists of groups in which `ids` are said to be by the index, and which are no
    /// group's.
    async fn lists_of(&mut self, ids: &[&str]) -> Result<(), Error> {
        let scope = &self.scope;
        let asked: Vec<_> = ids
            .iter()
            .map(|id| async move { Ok::<_, Error>((lists_with(scope, id).await?, *id)) }.boxed())
            .collect();
        let found: Vec<(Vec<MemberList>, &str)> =
            stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await?;
        let lists: BTreeMap<MemberList, &str> =
            found.into_iter().flat_map(|(lists, id)| lists.into_iter().map(move |list| (list, id))).collect();
        let groups: BTreeSet<&String> = lists.keys().map(|list| &list.group).collect();
        let used = scope.lists_in_use(groups.into_iter()).await?;
        for (list, member) in &lists {
            if !used.contains(list) {
                self.abandoned.note(list.clone(), member);
            }
        }
        Ok(())
    }
}

impl Tenant {
    /// Those of a page of resources that may disagree.
    async fn suspects(&self, kind: &ResourceType, page: &[Item]) -> Result<Vec<String>, Error> {
        let mut suspects = Vec::new();
        // Two may have one unique value.
        let mut wanted: Vec<(Key, String)> = Vec::new();
        for item in page {
            let id = text(item, name::SK)?;
            let Ok(stored) = Stored::read(item) else {
                suspects.push(id.to_owned());
                continue;
            };
            let all = entries(kind, &stored.resource.doc);
            if misnamed(item, &all).is_some() {
                suspects.push(id.to_owned());
            }
            wanted.extend(all.iter().map(|entry| (entry_key(self, kind, entry, id), id.to_owned())));
        }
        let keys: BTreeSet<Key> = wanted.iter().map(|(key, _)| key.clone()).collect();
        let found = self.store.read_all(keys.into_iter().collect()).await?;
        for (key, id) in wanted {
            if found.get(&key).and_then(|entry| optional_text(entry, name::ID)) != Some(&id) {
                suspects.push(id);
            }
        }
        Ok(suspects.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// The resource `id` as it is now with its entries, all at one version; `None` when it is
    /// gone, or changes faster than it can be looked at.
    pub(super) async fn look(&self, kind: &ResourceType, id: &str) -> Result<Option<Seen>, Error> {
        let key = self.key(kind, id);
        let Some(mut item) = self.store.read(&key).await? else { return Ok(None) };
        for _ in 0..LOOKS {
            let stored = Stored::read(&item)?;
            let all: Vec<Entry> = entries(kind, &stored.resource.doc).into_iter().collect();
            let keys: Vec<Key> = all.iter().map(|entry| entry_key(self, kind, entry, id)).collect();
            let found = self.store.read_all(keys.clone()).await?;
            let Some(again) = self.store.read(&key).await? else { return Ok(None) };
            if Stored::read(&again)?.resource.version.attributes != stored.resource.version.attributes {
                item = again;
                continue;
            }
            let owner = |key: &Key| found.get(key).and_then(|entry| optional_text(entry, name::ID));
            let wrong = all.iter().zip(&keys).filter(|(_, key)| owner(key) != Some(id));
            let wrong = wrong.map(|(entry, key)| (entry.clone(), owner(key).map(str::to_owned))).collect();
            let user_name_key = misnamed(&again, &all.into_iter().collect());
            return Ok(Some(Seen { stored, wrong, user_name_key }));
        }
        Ok(None)
    }

    async fn is_unreadable(&self, kind: &ResourceType, id: &str) -> Result<bool, Error> {
        Ok(self.store.read(&self.key(kind, id)).await?.is_some_and(|item| Stored::read(&item).is_err()))
    }

    /// Whether the resource `id` has the value of `entry`.
    pub(super) async fn has(&self, kind: &ResourceType, id: &str, entry: &Entry) -> Result<bool, Error> {
        let Some(item) = self.store.read(&self.key(kind, id)).await? else { return Ok(false) };
        // One that cannot be read may have it.
        Ok(Stored::read(&item).map_or(true, |stored| entries(kind, &stored.resource.doc).contains(entry)))
    }
}

/// The key of the user's name, when the item has another.
fn misnamed(item: &Item, entries: &BTreeSet<Entry>) -> Option<String> {
    let right = user_name_key(entries)?;
    (optional_text(item, name::USER_NAME_KEY) != Some(right)).then(|| right.to_owned())
}
