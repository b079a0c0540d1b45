//! Writing the index entries of resources that existed before the change.

use std::collections::BTreeSet;
use std::time::Instant;

use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;
use table::item::{Item, Key, text};
use table::name::{AT, DUPLICATES, ID, PK, RUNNER, VERSION};
use table::retry::Attempts;

use super::duplicate::{Duplicate, LISTED};
use crate::error::Error;
use crate::id::WriteId;
use crate::keys::{self, n, s};
use crate::registry::record::DirectoryRecord;
use crate::resource::index::{Entry, entries};
use crate::resource::stored::Stored;
use crate::resume::Scan;
use crate::store::{Change, Store, Written};
use crate::tenant::Tenant;
use crate::upkeep::lease::{Lease, Stop};
use crate::upkeep::sweep::sweeper;

/// Resources of one step, after which the record is updated.
const STEP: i32 = 100;
/// Entries that one resource may come to have: with the resource, a counter and more they fit one
/// transaction, which a delete is.
const MOST: usize = 90;
/// Scans of the directory: see [`profile_change`](super).
const SCANS: u8 = 2;

/// The entries of the next profile's indexes, on their way into the table.
pub(super) struct Fill<'a> {
    tenant: Tenant,
    lease: &'a Lease<'a>,
    record: Key,
    /// The present profile and the next one.
    profiles: (&'a Profile, &'a Profile),
    /// Values that are not unique.
    pub(super) duplicates: Vec<Duplicate>,
}

impl<'a> Fill<'a> {
    pub(super) fn new(
        store: &Store,
        lease: &'a Lease<'a>,
        record: &DirectoryRecord,
        profiles: (&'a Profile, &'a Profile),
        duplicates: Vec<Duplicate>,
    ) -> Result<Self, Error> {
        let tenant = Tenant::new(store.clone(), record.id.clone(), sweeper()?);
        Ok(Self { tenant, lease, record: keys::directory(&record.id), profiles, duplicates })
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
        let update = self.lease.update().set(DUPLICATES, Duplicate::text(listed)?);
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
                |entry: &&Entry| !self.duplicates.iter().any(|duplicate| duplicate.is(kind, entry, &id));
            let all = entries(kind, &stored.resource.doc);
            let entries: Vec<&Entry> = all.iter().filter(known).collect();
            if entries.is_empty() {
                return Ok(());
            }
            let same = Change::check(self.tenant.key(kind, &id))
                .only_if("#version = :version")
                .name("#version", VERSION)
                .value(":version", n(stored.resource.version.attributes));
            let mut changes = vec![same, self.lease_check()];
            changes.extend(entries.iter().map(|entry| self.tenant.add_entry(kind, entry, &id)));
            let refused = match self.tenant.store.write(&changes, &WriteId::new().token()).await? {
                Written::Done(_) => return Ok(()),
                Written::Refused(refused) => refused,
            };
            for (at, found) in refused {
                match (at, at.checked_sub(2).and_then(|at| entries.get(at)), found) {
                    (1, ..) => return Err(Stop::Lost),
                    // Gone.
                    (0, _, None) => return Ok(()),
                    (_, Some(entry), Some(owner)) => {
                        let owner = text(&owner, ID)?;
                        if !self.release_entry(kind, entry, owner).await? {
                            let ids = [owner.to_owned(), id.clone()];
                            self.duplicates.push(Duplicate::of(kind, entry, ids));
                        }
                    }
                    _ => {}
                }
            }
            attempts.again().await?;
            stored = match self.tenant.stored(kind, &id).await {
                Err(Error::NotFound) => return Ok(()),
                other => other?,
            };
        }
    }

    /// Removes `entry` when its `owner` does not have the value any more, and has not taken it
    /// again since. Returns `false` when the owner has it.
    async fn release_entry(&self, kind: &ResourceType, entry: &Entry, owner: &str) -> Result<bool, Error> {
        let check = Change::check(self.tenant.key(kind, owner));
        let same = match self.tenant.stored(kind, owner).await {
            Ok(stored) if entries(kind, &stored.resource.doc).contains(entry) => return Ok(false),
            Ok(stored) => check
                .only_if("#version = :version")
                .name("#version", VERSION)
                .value(":version", n(stored.resource.version.attributes)),
            Err(Error::NotFound) => check.only_if("attribute_not_exists(#pk)").name("#pk", PK),
            Err(other) => return Err(other),
        };
        let remove = self
            .tenant
            .remove_entry(kind, entry, owner)
            .only_if("#id = :owner")
            .name("#id", ID)
            .value(":owner", s(owner));
        // Refused or not: the next attempt sees who has the entry now.
        self.tenant.store.write(&[same, self.lease_check(), remove], &WriteId::new().token()).await?;
        Ok(true)
    }

    fn lease_check(&self) -> Change {
        Change::check(self.record.clone())
            .only_if("#runner = :runner")
            .name("#runner", RUNNER)
            .value(":runner", s(self.lease.runner()))
    }
}

/// A resource that one transaction could not delete must not come to be: until the change has
/// ended, a delete removes the entries of both profiles.
fn check_fits((now, next): (&Profile, &Profile), kind: &ResourceType, item: &Item) -> Result<(), Error> {
    let stored = Stored::read(item)?;
    let twins = [now, next].into_iter().flat_map(|profile| &profile.resource_types);
    let twins = twins.filter(|twin| twin.name == kind.name);
    let all: BTreeSet<Entry> = twins.flat_map(|twin| entries(twin, &stored.resource.doc)).collect();
    if all.len() <= MOST {
        return Ok(());
    }
    Err(Error::Profile(format!(
        "the {} {} has {} values that the profiles `{}` and `{}` index; at most {MOST} are possible",
        kind.name,
        stored.resource.id,
        all.len(),
        now.name,
        next.name
    )))
}
