//! Writing the index entries of what was there before.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;

use super::duplicate::Duplicate;
use crate::error::Error;
use crate::id::WriteId;
use crate::keys::{self, Item, Key, n, s, text};
use crate::registry::record::DirectoryRecord;
use crate::registry::transition::Transition;
use crate::resource::index::{Entry, entries};
use crate::resource::stored::Stored;
use crate::store::{Change, Written};
use crate::tenant::Tenant;
use table::name;
use table::retry::Attempts;

/// How long one run walks; the record remembers where it was.
const RUN: Duration = Duration::from_secs(20);
/// Resources of one step, after which the record is told.
const STEP: i32 = 100;
/// Entries that one resource may come to have: with the resource and a counter they fit one
/// transaction, which a delete is.
const MOST: usize = 90;
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
                        self.enter(kind, item, duplicates).await?;
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

    /// Writes the entries of one resource, as of now.
    async fn enter(
        &self,
        kind: &ResourceType,
        item: &Item,
        duplicates: &mut Vec<Duplicate>,
    ) -> Result<(), Error> {
        let mut stored = Stored::read(item)?;
        let mut attempts = Attempts::default();
        loop {
            let id = stored.resource.id.clone();
            let known = |entry: &&Entry| !duplicates.iter().any(|duplicate| duplicate.is(kind, entry, &id));
            let all = entries(kind, &stored.resource.doc);
            let entries: Vec<&Entry> = all.iter().filter(known).collect();
            if entries.is_empty() {
                return Ok(());
            }
            let same = Change::check(self.key(kind, &id))
                .only_if("#version = :version")
                .name("#version", name::VERSION)
                .value(":version", n(stored.resource.version.attributes));
            let mut changes = vec![same];
            changes.extend(entries.iter().map(|entry| self.add_entry(kind, entry, &id)));
            let refused = match self.store.write(&changes, &WriteId::new().token()).await? {
                Written::Done(_) => return Ok(()),
                Written::Refused(refused) => refused,
            };
            for (at, found) in refused {
                match (at.checked_sub(1).and_then(|at| entries.get(at)), found) {
                    (Some(entry), Some(owner)) => {
                        let owner = text(&owner, name::ID)?;
                        if !self.disown(kind, entry, owner).await? {
                            duplicates.push(Duplicate::of(kind, entry, [owner.to_owned(), id.clone()]));
                        }
                    }
                    // Gone, or changed by somebody who wrote its entries.
                    (None, None) => return Ok(()),
                    _ => {}
                }
            }
            attempts.again().await?;
            stored = match self.stored(kind, &id).await {
                Err(Error::NotFound) => return Ok(()),
                other => other?,
            };
        }
    }

    /// Removes `entry` when its `owner` does not have the value any more, and has not taken it
    /// again since. Returns `false` when it has it.
    async fn disown(&self, kind: &ResourceType, entry: &Entry, owner: &str) -> Result<bool, Error> {
        let check = Change::check(self.key(kind, owner));
        let same = match self.stored(kind, owner).await {
            Ok(stored) if entries(kind, &stored.resource.doc).contains(entry) => return Ok(false),
            Ok(stored) => check
                .only_if("#version = :version")
                .name("#version", name::VERSION)
                .value(":version", n(stored.resource.version.attributes)),
            Err(Error::NotFound) => check.only_if("attribute_not_exists(#pk)").name("#pk", name::PK),
            Err(other) => return Err(other),
        };
        let remove = self
            .remove_entry(kind, entry, owner)
            .only_if("#id = :owner")
            .name("#id", name::ID)
            .value(":owner", s(owner));
        // Refused or not: whoever has the entry now is looked at again.
        self.store.write(&[same, remove], &WriteId::new().token()).await?;
        Ok(true)
    }
}

/// A resource that one transaction could not delete must not come to be: until the change has
/// ended, a delete removes the entries of both profiles.
fn check_fits(now: &Profile, next: &Profile, kind: &ResourceType, item: &Item) -> Result<(), Error> {
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
