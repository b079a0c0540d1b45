//! Writing the index entries of what was there before.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;

use super::duplicate::Duplicate;
use crate::error::Error;
use crate::id::WriteId;
use crate::keys::{self, Item, Key, text};
use crate::registry::record::DirectoryRecord;
use crate::registry::transition::Transition;
use crate::resource::get;
use crate::resource::index::{Entry, entries, entry_key, release_entry};
use crate::resource::stored::Stored;
use crate::resource::transaction::{Change, MOST_ENTRIES, Refusal, commit, commit_all};
use crate::tenant::Tenant;
use table::name::{self, ID};
use table::retry::Attempts;

/// How long one run walks; the record remembers where it was.
const RUN: Duration = Duration::from_secs(20);
/// Resources of one step, after which the record is told.
const STEP: i32 = 100;
/// Walks of the directory: see the module above.
const WALKS: usize = 2;

/// How far the walks have come: which walk, which type, after which id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct At {
    walk: usize,
    kind: String,
    after: String,
}

impl At {
    pub(super) fn read(transition: &Transition) -> Self {
        let mut parts = transition.at.as_deref().unwrap_or_default().splitn(3, '#').map(str::to_owned);
        let walk = parts.next().and_then(|walk| walk.parse().ok()).unwrap_or(0);
        Self { walk, kind: parts.next().unwrap_or_default(), after: parts.next().unwrap_or_default() }
    }

    pub(super) fn text(&self) -> String {
        format!("{}#{}#{}", self.walk, self.kind, self.after)
    }
}

impl Tenant {
    /// Goes on from `at` for a while; the record is told. `duplicates` grows by those found.
    /// Returns whether the walks have ended.
    ///
    /// # Errors
    /// [`Error::Profile`] when a resource has more values than `next` can index.
    pub(super) async fn fill(
        &self,
        record: &DirectoryRecord,
        (now, next): (&Profile, &Profile),
        kinds: &[ResourceType],
        mut at: At,
        duplicates: &mut Vec<Duplicate>,
    ) -> Result<bool, Error> {
        let begun = Instant::now();
        while at.walk < WALKS {
            let first = kinds.iter().position(|kind| kind.name == at.kind).unwrap_or(0);
            for kind in kinds.iter().skip(first) {
                let pk = keys::resources(&self.directory, &kind.name);
                let mut pages = self.store.range(&pk, None);
                if kind.name == at.kind && !at.after.is_empty() {
                    pages = pages.after(&Key::new(pk, &*at.after));
                }
                at = At { walk: at.walk, kind: kind.name.clone(), after: String::new() };
                while let Some(page) = pages.next(Some(STEP)).await? {
                    for item in &page {
                        check_fits(now, next, kind, item)?;
                        fill_one(self, kind, item, duplicates).await?;
                    }
                    if let Some(last) = page.last() {
                        text(last, name::SK)?.clone_into(&mut at.after);
                        self.store.remember(record, &at, duplicates).await?;
                    }
                    if begun.elapsed() > RUN {
                        return Ok(false);
                    }
                }
            }
            at = At { walk: at.walk + 1, ..At::default() };
            self.store.remember(record, &at, duplicates).await?;
        }
        Ok(true)
    }
}

/// Writes the index entries of the resource in `item`, as it is now.
async fn fill_one(
    tenant: &Tenant,
    kind: &ResourceType,
    item: &Item,
    duplicates: &mut Vec<Duplicate>,
) -> Result<(), Error> {
    let mut stored = Stored::read(item)?;
    let mut attempts = Attempts::default();
    loop {
        let id = stored.resource.id.clone();
        let known = |entry: &Entry| duplicates.iter().any(|duplicate| duplicate.is(kind, entry, &id));
        let mut missing = entries(kind, &stored.resource.doc);
        missing.retain(|entry| !known(entry));
        if missing.is_empty() {
            return Ok(());
        }
        let version = stored.resource.version.attributes;
        let change = Change::reindex(tenant, kind, &id, Some(version), &missing);
        let refusals = commit_all(tenant, [change]).await?;
        if refusals.is_empty() {
            return Ok(());
        }
        for (_, refusal) in refusals {
            match refusal {
                Refusal::ValueTaken { entry, owner } => {
                    let owner = owner.ok_or_else(|| Error::corrupt(ID))?;
                    if !release(tenant, kind, &entry, &owner).await? {
                        duplicates.push(Duplicate::of(kind, &entry, [owner, id.clone()]));
                    }
                }
                // It was deleted.
                Refusal::Gone => return Ok(()),
                _ => {}
            }
        }
        attempts.again().await?;
        stored = match get::find(tenant, kind, &id).await? {
            Some(stored) => stored,
            None => return Ok(()),
        };
    }
}

/// Removes `entry` when its `owner` does not have the value any more, and has not got it again
/// meanwhile. Returns `false` when the owner has it.
async fn release(tenant: &Tenant, kind: &ResourceType, entry: &Entry, owner: &str) -> Result<bool, Error> {
    let stored = get::find(tenant, kind, owner).await?;
    if stored.as_ref().is_some_and(|stored| entries(kind, &stored.resource.doc).contains(entry)) {
        return Ok(false);
    }
    let version = stored.map(|stored| stored.resource.version.attributes);
    let remove = release_entry(entry_key(tenant, kind, entry, owner), owner);
    let change = Change::reindex(tenant, kind, owner, version, &BTreeSet::new()).with([remove.into()]);
    // Whether or not it was refused: the resource that has the entry now is checked next.
    let _ = commit(tenant, change, &WriteId::new()).await?;
    Ok(true)
}

/// A resource that one transaction could not delete must not come to be: until the change has
/// ended, a delete removes the entries of both profiles.
fn check_fits(now: &Profile, next: &Profile, kind: &ResourceType, item: &Item) -> Result<(), Error> {
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

impl Duplicate {
    fn of(kind: &ResourceType, entry: &Entry, ids: [String; 2]) -> Self {
        Self { resource_type: kind.name.clone(), attribute: entry.attribute.clone(), ids }
    }

    /// Whether it is known that `id` does not get `entry`.
    fn is(&self, kind: &ResourceType, entry: &Entry, id: &str) -> bool {
        let [_, second] = &self.ids;
        self.resource_type == kind.name && self.attribute == entry.attribute && second == id
    }
}
