//! Writing the index entries of resources that existed before the change.

use std::collections::BTreeSet;
use std::time::Instant;

use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;
use table::Table;
use table::item::Item;
use table::name::{AT, DUPLICATES, ID};
use table::retry::Attempts;

use super::duplicate::{Duplicate, LISTED};
use crate::error::Error;
use crate::keys;
use crate::registry::record::DirectoryRecord;
use crate::resource::get;
use crate::resource::index::{Entry, entries, entry_key, release_entry};
use crate::resource::stored::Stored;
use crate::resource::transaction::{Change, MOST_ENTRIES, Refusal, commit_all};
use crate::resume::Scan;
use crate::tenant::Tenant;
use crate::upkeep::lease::{Lease, Stop};
use crate::upkeep::sweep::sweeper;

/// Resources of one step, after which the record is updated.
const STEP: i32 = 100;
/// Scans of the directory: see [`profile_change`](super).
const SCANS: u8 = 2;

/// The entries of the next profile's indexes, on their way into the table.
pub(super) struct Fill<'a> {
    tenant: Tenant,
    lease: &'a Lease<'a>,
    /// The present profile and the next one.
    profiles: (&'a Profile, &'a Profile),
    /// Values that are not unique.
    pub(super) duplicates: Vec<Duplicate>,
}

impl<'a> Fill<'a> {
    pub(super) fn new(
        table: &Table,
        lease: &'a Lease<'a>,
        record: &DirectoryRecord,
        profiles: (&'a Profile, &'a Profile),
        duplicates: Vec<Duplicate>,
    ) -> Result<Self, Error> {
        let tenant = Tenant::new(table.clone(), record.id.clone(), sweeper()?);
        Ok(Self { tenant, lease, profiles, duplicates })
    }

    /// Continues at `at` until the scans or the time end; the record is kept up to date.
    ///
    /// # Errors
    /// [`Error::Profile`] when a resource has more values than the next profile can index; [`Stop`].
    pub(super) async fn run(
        &mut self,
        kinds: &[ResourceType],
        at: Option<&str>,
        end: Instant,
    ) -> Result<(), Stop> {
        let mut stages: Vec<(String, &ResourceType)> = Vec::new();
        for scan in 0..SCANS {
            stages.extend(kinds.iter().map(|kind| (format!("{scan}#{}", kind.name), kind)));
        }
        let mut scan: Scan<&ResourceType> = match Scan::resume(at, stages.clone()) {
            Ok(scan) => scan,
            // The profiles have changed. Entries may be written twice.
            Err(_) => Scan::resume(None, stages)?,
        };
        if at.is_none() {
            self.remember(&scan).await?;
        }
        while let Some(kind) = scan.stage() {
            let partition = keys::resources(&self.tenant.directory, &kind.name);
            let page = scan.page(self.tenant.table(), &partition, Some(STEP)).await?;
            for item in &page.items {
                check_fits(self.profiles, kind, item)?;
                self.enter(kind, item).await?;
            }
            scan.finish(&page)?;
            self.remember(&scan).await?;
            if scan.stage().is_some() && Instant::now() >= end {
                return Err(Stop::Later);
            }
        }
        Ok(())
    }

    /// Stores how far the scans have come, and what they have found.
    async fn remember(&self, scan: &Scan<&ResourceType>) -> Result<(), Stop> {
        let listed = self.duplicates.get(..LISTED).unwrap_or(&self.duplicates);
        let update = self.lease.renewal().set(DUPLICATES, Duplicate::text(listed)?);
        // At the end the position stays: should this run be interrupted now, the next one reads the
        // last page again.
        let position = scan.text()?;
        self.lease.write(position.into_iter().fold(update, |update, at| update.set(AT, at))).await
    }

    /// Writes the entries of one resource, at its present version.
    async fn enter(&mut self, kind: &ResourceType, item: &Item) -> Result<(), Stop> {
        let mut stored = Stored::read(item)?;
        let mut attempts = Attempts::default();
        loop {
            let id = stored.resource.id.clone();
            let known =
                |entry: &Entry| self.duplicates.iter().any(|duplicate| duplicate.is(kind, entry, &id));
            let mut missing = entries(kind, &stored.resource.doc);
            missing.retain(|entry| !known(entry));
            if missing.is_empty() {
                return Ok(());
            }
            let version = stored.resource.version.attributes;
            let change = Change::reindex(&self.tenant, kind, &id, Some(version), &missing);
            let refusals = match commit_all(&self.tenant, [self.fenced(change)]).await {
                Ok(refusals) if refusals.is_empty() => return Ok(()),
                Ok(refusals) => refusals,
                // Only the check of the lease was refused, or other transactions hold an item.
                Err(Error::Busy) => Vec::new(),
                Err(error) => return Err(error.into()),
            };
            self.lease.renew().await?;
            for (_, refusal) in refusals {
                match refusal {
                    Refusal::ValueTaken { entry, owner } => {
                        let owner = owner.ok_or_else(|| Error::corrupt(ID))?;
                        if !self.release(kind, &entry, &owner).await? {
                            self.duplicates.push(Duplicate::of(kind, &entry, [owner, id.clone()]));
                        }
                    }
                    // It was deleted.
                    Refusal::Gone => return Ok(()),
                    _ => {}
                }
            }
            attempts.again().await?;
            match get::find(&self.tenant, kind, &id).await? {
                Some(now) => stored = now,
                None => return Ok(()),
            }
        }
    }

    /// Removes `entry` when its `owner` does not have the value any more, and has not taken it
    /// again since. Returns `false` when the owner has it.
    async fn release(&self, kind: &ResourceType, entry: &Entry, owner: &str) -> Result<bool, Error> {
        let stored = get::find(&self.tenant, kind, owner).await?;
        if stored.as_ref().is_some_and(|stored| entries(kind, &stored.resource.doc).contains(entry)) {
            return Ok(false);
        }
        let version = stored.map(|stored| stored.resource.version.attributes);
        let remove = release_entry(entry_key(&self.tenant, kind, entry, owner), owner);
        let change = Change::reindex(&self.tenant, kind, owner, version, &BTreeSet::new());
        match commit_all(&self.tenant, [self.fenced(change).with([remove.into()])]).await {
            // Refused or not: the next attempt sees which resource has the entry.
            Ok(_) | Err(Error::Busy) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// `change`, only while this runner has the lease.
    fn fenced(&self, change: Change) -> Change {
        change.with([self.lease.check().into()])
    }
}

/// A resource that one transaction could not delete must not come to be: until the change has
/// ended, a delete removes the entries of both profiles.
fn check_fits((now, next): (&Profile, &Profile), kind: &ResourceType, item: &Item) -> Result<(), Error> {
    let stored = Stored::read(item)?;
    let twins = [now, next].into_iter().flat_map(|profile| &profile.resource_types);
    let twins = twins.filter(|twin| twin.name == kind.name);
    let all: BTreeSet<Entry> = twins.flat_map(|twin| entries(twin, &stored.resource.doc)).collect();
    if all.len() <= MOST_ENTRIES {
        return Ok(());
    }
    Err(Error::Profile(format!(
        "the {} {} has {} values that the profiles `{}` and `{}` index; at most {MOST_ENTRIES} are possible",
        kind.name,
        stored.resource.id,
        all.len(),
        now.name,
        next.name
    )))
}
