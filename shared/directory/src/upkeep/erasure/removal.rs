//! Removing a directory's items, some at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use scim::profile::Profiles;
use scim::profile::transition::indexes;
use table::item::{Item, Key, optional_text, text};
use table::name::{INDEXED, PAST, SK};
use table::query::{Pages, Range};
use table::retry::within;

use crate::keys;
use crate::members::list::MemberList;
use crate::members::of_user::memberships;
use crate::registry::job::Work;
use crate::registry::queue::{self, Queued};
use crate::tenant::Tenant;
use crate::upkeep::lease::{Lease, Stop};
use crate::upkeep::sweep::remove_list;

/// Items of one step.
const STEP: i32 = 250;
/// How long it may take to renew the lease and to send one batch of deletes: less than a lease is good.
const DELETE: Duration = Duration::from_secs(20);

/// One run.
pub(super) struct Removal<'a> {
    tenant: Tenant,
    lease: &'a Lease<'a>,
    end: Instant,
    /// How many items of which kind were removed.
    pub(super) counts: BTreeMap<String, u64>,
}

impl<'a> Removal<'a> {
    pub(super) fn new(tenant: Tenant, lease: &'a Lease<'a>, end: Instant) -> Self {
        Self { tenant, lease, end, counts: BTreeMap::new() }
    }

    /// Removes everything except the record.
    ///
    /// # Errors
    /// [`Stop`]; what is left is removed when it is called again.
    pub(super) async fn everything(&mut self, profiles: &Profiles, record: &Item) -> Result<(), Stop> {
        let directory = self.tenant.directory.clone();
        let indexes = known(profiles, record);
        self.jobs().await?;
        let kinds: BTreeSet<&str> = indexes.iter().map(|(kind, _)| kind.as_str()).collect();
        for kind in kinds {
            self.resources(kind).await?;
        }
        for (kind, attribute) in indexes.iter().filter(|(_, attribute)| !attribute.is_empty()) {
            let entries = keys::index(&directory, kind, attribute);
            self.partition(&entries, "entries").await?;
        }
        self.partition(&keys::counters(&directory), "other").await?;
        self.partition(&keys::tombstones(&directory), "other").await?;
        self.partition(&keys::usage(&directory), "other").await?;
        self.events().await?;
        self.subscriptions().await?;
        self.own().await
    }

    /// The subscriptions, their dead letters, and their entries in the list of all.
    async fn subscriptions(&mut self) -> Result<(), Stop> {
        let partition = keys::subscriptions(&self.tenant.directory);
        let mut pages = self.tenant.table().range(&partition, Range::All);
        while let Some(page) = pages.next(Some(STEP)).await? {
            let own = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
            // First, because an entry is only found through its subscription.
            let records = own.iter().filter(|key| key.sk.starts_with(keys::SUBSCRIPTION));
            let entries = records.map(|key| keys::subscription_entry(&key.sk)).collect();
            self.remove(entries, "other").await?;
            self.remove(own, "other").await?;
            self.in_time()?;
        }
        Ok(())
    }

    /// The event log, and what is marked in it.
    async fn events(&mut self) -> Result<(), Stop> {
        let directory = self.tenant.directory.clone();
        self.partition(&keys::marks(&directory), "events").await?;
        self.partition(&keys::log(&directory), "events").await
    }

    /// The directory's jobs, after the member lists that they were going to remove: these are found
    /// in no other way. Memberships of a deleted resource are in lists of groups, which are removed
    /// with them.
    async fn jobs(&mut self) -> Result<(), Stop> {
        let table = self.tenant.table().clone();
        let mut pages = queue::sweeps_of(&table, &self.tenant.directory);
        while let Some(page) = pages.next(Some(STEP)).await? {
            let jobs = queue::read(&page)?;
            for Queued { job, .. } in &jobs {
                if let Some(Work::MemberList { group, version }) = job.as_ref().map(|job| &job.work) {
                    let list = MemberList::new(group, version.clone());
                    while !remove_list(&self.tenant, &list, self.end).await? {
                        self.in_time()?;
                    }
                }
            }
            self.remove(jobs.into_iter().map(|job| job.key).collect(), "other").await?;
            self.in_time()?;
        }
        Ok(())
    }

    /// The resources of a type, each after everything that is only found through it.
    async fn resources(&mut self, kind: &str) -> Result<(), Stop> {
        let table = self.tenant.table().clone();
        let mut pages = table.range(&keys::resources(&self.tenant.directory, kind), Range::All);
        while let Some(page) = pages.next(Some(STEP)).await? {
            for resource in &page {
                let id = text(resource, SK)?;
                if let Some(list) = MemberList::of_item(resource)? {
                    self.partition(&list.partition(&self.tenant.directory), "memberships").await?;
                    self.partition(&list.marks(&self.tenant.directory), "events").await?;
                }
                let mut memberships = memberships(&self.tenant, id);
                while let Some(page) = memberships.next(Some(STEP)).await? {
                    self.page(&page, "memberships").await?;
                }
            }
            self.page(&page, kind).await?;
        }
        Ok(())
    }

    /// The directory's own partition except the record, and the page anchors of the credentials in it.
    async fn own(&mut self) -> Result<(), Stop> {
        let record = keys::directory(&self.tenant.directory);
        let mut pages = self.tenant.table().range(&record.pk, Range::All);
        while let Some(page) = pages.next(Some(STEP)).await? {
            let keys = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
            let keys: Vec<Key> = keys.into_iter().filter(|key| *key != record).collect();
            for key in &keys {
                if let Some(id) = key.sk.split_once('#').and_then(|(_, id)| id.parse().ok()) {
                    let anchors = keys::anchors(&self.tenant.directory, &id);
                    self.partition(&anchors, "other").await?;
                }
            }
            self.remove(keys, "other").await?;
            self.in_time()?;
        }
        Ok(())
    }

    async fn partition(&mut self, pk: &str, what: &str) -> Result<(), Stop> {
        let mut pages: Pages = self.tenant.table().range(pk, Range::All);
        while let Some(page) = pages.next(Some(STEP)).await? {
            self.page(&page, what).await?;
        }
        Ok(())
    }

    async fn page(&mut self, page: &[Item], what: &str) -> Result<(), Stop> {
        self.remove(page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?, what).await?;
        self.in_time()
    }

    async fn remove(&mut self, keys: Vec<Key>, what: &str) -> Result<(), Stop> {
        if keys.is_empty() {
            return Ok(());
        }
        let count = keys.len() as u64;
        let (lease, table) = (self.lease, self.tenant.table());
        // The deadline counts from before the renewal: a process that is suspended in between sends nothing.
        within(DELETE, async {
            lease.renew().await?;
            table.delete_many(keys).await.map_err(Stop::from)
        })
        .await?;
        *self.counts.entry(what.to_owned()).or_default() += count;
        Ok(())
    }

    fn in_time(&self) -> Result<(), Stop> {
        if Instant::now() < self.end { Ok(()) } else { Err(Stop::Later) }
    }
}

/// Every type and indexed attribute that the directory may have, or may have had; an empty
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
