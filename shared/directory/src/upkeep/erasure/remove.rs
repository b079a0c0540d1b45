//! Removing what is a directory's, some of it at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use scim::profile::Profiles;
use scim::profile::transition::indexes;

use super::Erasure;
use crate::error::Error;
use crate::keys::{self, Item, Key, optional_text, text};
use crate::registry::job::{self, Queued, Work};
use crate::store::Pages;
use crate::tenant::Tenant;
use table::name::{self, INDEXED, PAST};

/// Items of one step.
const STEP: i32 = 250;

/// One run.
pub(super) struct Removal {
    scope: Tenant,
    /// The number of the receipt, which the record names as long as it is this erasure's.
    receipt: String,
    end: Instant,
    /// How many of what.
    pub(super) counts: BTreeMap<String, u64>,
}

/// How a run ended.
pub(super) enum End {
    /// Nothing is left.
    Reached,
    /// Its time is up.
    Later,
    /// The record is not this erasure's any more.
    Overtaken,
}

/// What stops a step before its end.
enum Stop {
    Later,
    Overtaken,
    Fault(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

impl Removal {
    pub(super) fn new(scope: Tenant, receipt: &str, end: Instant) -> Self {
        Self { scope, receipt: receipt.to_owned(), end, counts: BTreeMap::new() }
    }

    /// Removes all but the record.
    pub(super) async fn everything(&mut self, profiles: &Profiles, record: &Item) -> Result<End, Error> {
        match self.all(profiles, record).await {
            Ok(()) => Ok(End::Reached),
            Err(Stop::Later) => Ok(End::Later),
            Err(Stop::Overtaken) => Ok(End::Overtaken),
            Err(Stop::Fault(error)) => Err(error),
        }
    }

    async fn all(&mut self, profiles: &Profiles, record: &Item) -> Result<(), Stop> {
        let directory = self.scope.directory.clone();
        let indexes = known(profiles, record);
        self.pending().await?;
        let kinds: BTreeSet<&str> = indexes.iter().map(|(kind, _)| kind.as_str()).collect();
        for kind in kinds {
            self.resources(kind).await?;
        }
        for (kind, attribute) in indexes.iter().filter(|(_, attribute)| !attribute.is_empty()) {
            let entries = keys::index(&directory, kind, attribute);
            self.partition(&entries, "entries").await?;
        }
        self.partition(&keys::counters(&directory), "other").await?;
        self.own().await
    }

    /// What sweeps were going to remove, and their reminders but for the one of this run.
    async fn pending(&mut self) -> Result<(), Stop> {
        let (store, directory) = (self.scope.store.clone(), self.scope.directory.clone());
        let this = Work::Erasure.to_text();
        for shard in 0..job::SHARDS {
            let mut pages = job::all(&store, shard);
            while let Some(page) = pages.next(None).await? {
                let ours = |item: &&Item| {
                    optional_text(item, name::DIRECTORY) == Some(&directory.to_string())
                        && optional_text(item, name::WORK) != Some(&this)
                };
                for reminder in page.iter().filter(ours) {
                    let queued = Queued::read(reminder)?;
                    if let Some(job) = queued.job {
                        while !store.run(&job).await? {
                            self.in_time()?;
                        }
                    }
                    self.remove(vec![queued.key], "other").await?;
                    self.in_time()?;
                }
            }
        }
        Ok(())
    }

    /// The resources of a type, each behind all that is only found through it.
    async fn resources(&mut self, kind: &str) -> Result<(), Stop> {
        let (store, directory) = (self.scope.store.clone(), self.scope.directory.clone());
        let mut pages = store.range(&keys::resources(&directory, kind), None);
        while let Some(page) = pages.next(Some(STEP)).await? {
            for resource in &page {
                let id = text(resource, name::SK)?;
                if let Some(epoch) = optional_text(resource, name::EPOCH) {
                    self.partition(&keys::members(&directory, id, epoch), "memberships").await?;
                }
                let mut memberships = self.scope.memberships_of(id);
                self.pages(&mut memberships, "memberships").await?;
            }
            let keys = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
            self.remove(keys, kind).await?;
            self.in_time()?;
        }
        Ok(())
    }

    /// The directory's own partition without the record, and what lies elsewhere under the ids
    /// in it: the page anchors of credentials.
    async fn own(&mut self) -> Result<(), Stop> {
        let (store, record) = (self.scope.store.clone(), keys::directory(&self.scope.directory));
        let mut pages = store.range(&record.pk, None);
        while let Some(page) = pages.next(Some(STEP)).await? {
            let keys = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
            let keys: Vec<Key> = keys.into_iter().filter(|key| *key != record).collect();
            for key in &keys {
                if let Some(id) = key.sk.split_once('#').and_then(|(_, id)| id.parse().ok()) {
                    self.partition(&keys::anchors(&self.scope.directory.clone(), &id), "other").await?;
                }
            }
            self.remove(keys, "other").await?;
            self.in_time()?;
        }
        Ok(())
    }

    async fn partition(&mut self, pk: &str, what: &str) -> Result<(), Stop> {
        let mut pages = self.scope.store.range(pk, None);
        self.pages(&mut pages, what).await
    }

    async fn pages(&mut self, pages: &mut Pages, what: &str) -> Result<(), Stop> {
        while let Some(page) = pages.next(Some(STEP)).await? {
            let keys = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
            self.remove(keys, what).await?;
            self.in_time()?;
        }
        Ok(())
    }

    async fn remove(&mut self, keys: Vec<Key>, what: &str) -> Result<(), Stop> {
        if keys.is_empty() {
            return Ok(());
        }
        self.still().await?;
        let count = keys.len() as u64;
        self.scope.store.write_many(Vec::new(), keys).await?;
        *self.counts.entry(what.to_owned()).or_default() += count;
        Ok(())
    }

    /// Goes on only while the record is this erasure's.
    async fn still(&self) -> Result<(), Stop> {
        let record = self.scope.store.read(&keys::directory(&self.scope.directory)).await?;
        let erasure = record.as_ref().map(Erasure::read).transpose()?.flatten();
        if erasure.is_some_and(|erasure| erasure.receipt == self.receipt) {
            Ok(())
        } else {
            Err(Stop::Overtaken)
        }
    }

    fn in_time(&self) -> Result<(), Stop> {
        if Instant::now() < self.end { Ok(()) } else { Err(Stop::Later) }
    }
}

/// Every type and indexed attribute that the directory may have, or have had; an empty
/// attribute stands for the type alone.
fn known(profiles: &Profiles, record: &Item) -> BTreeSet<(String, String)> {
    let mut known = BTreeSet::new();
    let mut lines: Vec<String> = Vec::new();
    for profile in profiles.names().filter_map(|name| profiles.get(name).ok()) {
        lines.extend(indexes(&profile));
        known.extend(profile.resource_types.iter().map(|kind| (kind.name.clone(), String::new())));
    }
    let remembered = [INDEXED, PAST].into_iter().filter_map(|attribute| optional_text(record, attribute));
    lines.extend(remembered.flat_map(str::lines).map(str::to_owned));
    for line in lines {
        let mut words = line.split(' ');
        if let (Some(kind), Some(attribute)) = (words.next(), words.next()) {
            known.insert((kind.to_owned(), String::new()));
            known.insert((kind.to_owned(), attribute.to_owned()));
        }
    }
    known
}
