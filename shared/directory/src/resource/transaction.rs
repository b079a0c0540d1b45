//! What a change of resources writes, and what it means when DynamoDB refuses it: both in this
//! one place.
//!
//! A [`Change`] holds the writes of one resource: its item, its index entries, and what the caller
//! adds, such as memberships. [`commit`] and [`commit_all`] add the counters and carry out
//! everything or nothing, within the budget of one DynamoDB transaction.

use std::collections::{BTreeMap, BTreeSet};

use scim::error::{Error as ScimError, Kind};
use scim::model::resource_type::ResourceType;
use table::condition::{absent, equals};
use table::item::{Item, optional_text};
use table::name::{BY, EXPIRES, ID, MEMBER_LIST, PK, VERSION, WRITE};
use table::transaction::{Committed, MOST_BYTES, MOST_WRITES, Transaction};
use table::write::{Check, Delete, Put, Update, Write};

use super::counter;
use super::get;
use super::index::{Entry, add_entry, remove_entry};
use super::stored::Stored;
use crate::clock::seconds;
use crate::error::Error;
use crate::id::{ListVersion, WriteId};
use crate::keys;
use crate::tenant::Tenant;

/// How long a tombstone is kept, in seconds: longer than the stream keeps the record of the deletion.
const TOMBSTONE: i64 = 48 * 3600;
/// Writes of a transaction that are kept free of index entries and memberships: for the resource,
/// its counter, and what else is written with each change.
const RESERVED: usize = 10;
/// Index entries and memberships that one change may write for sure.
pub(crate) const MOST_ENTRIES: usize = MOST_WRITES - RESERVED;
/// Index entries that a resource may have: a change may write those before and those after it.
pub(crate) const MOST_VALUES: usize = MOST_ENTRIES / 2;

/// Everything that the change of one resource writes.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    kind: String,
    writes: Vec<(Write, Subject)>,
    /// How many resources of the type are added.
    count: i64,
}

/// What a write is about.
#[derive(Debug, Clone)]
enum Subject {
    /// The item of a new resource.
    New,
    /// The item of a resource that exists, and the member list that a change of a group is based on.
    Resource(Option<ListVersion>),
    /// An index entry.
    Entry(Entry),
    /// What the caller added, and index entries that are removed.
    Other,
}

/// Why a change was not carried out. Nothing of it was written.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The resource is at another version than the change is based on. Its item as it is now.
    VersionMoved(Item),
    /// The group has another member list than the change is based on. Its item as it is now.
    ListReplaced(Item),
    /// Another resource has a unique value.
    ValueTaken {
        /// The index entry of the value.
        entry: Entry,
        /// The id of the other resource, where the entry names one.
        owner: Option<String>,
    },
    /// The resource does not exist.
    Gone,
    /// A resource with the id of the new one exists. Its item.
    Exists(Item),
    /// A condition of a write that the caller added did not hold.
    Other,
}

/// The outcome of a change: a value when it is done, otherwise why it was refused. An
/// [`Error`] leaves open whether it was done.
pub(crate) type Outcome<T> = Result<Result<T, Refusal>, Error>;

impl Refusal {
    /// The resource as it is now, to make the change again.
    ///
    /// # Errors
    /// When that cannot help: [`Error::Taken`], [`Error::NotFound`], or the item cannot be read.
    pub(crate) fn current(self) -> Result<Stored, Error> {
        match self {
            Self::VersionMoved(item) | Self::ListReplaced(item) | Self::Exists(item) => Stored::read(&item),
            other => Err(other.into_error()),
        }
    }

    /// The error of a change that is not retried.
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::VersionMoved(_) | Self::ListReplaced(_) | Self::Exists(_) | Self::Other => Error::Busy,
            Self::ValueTaken { entry, .. } => Error::Taken { attribute: entry.attribute },
            Self::Gone => Error::NotFound,
        }
    }
}

impl Change {
    /// A change of the resource `id` itself, which adds `count` resources. What is written with every
    /// change belongs here.
    fn of_resource(
        tenant: &Tenant,
        kind: &ResourceType,
        id: &str,
        item: (Write, Subject),
        entries: (&BTreeSet<Entry>, &BTreeSet<Entry>),
        count: i64,
    ) -> Self {
        Self { count, ..Self::new(tenant, kind, id, item, entries) }
    }

    /// Writes `item`, and adds and removes index entries of the resource `id`.
    fn new(
        tenant: &Tenant,
        kind: &ResourceType,
        id: &str,
        item: (Write, Subject),
        (added, removed): (&BTreeSet<Entry>, &BTreeSet<Entry>),
    ) -> Self {
        let add = |entry: &Entry| (add_entry(tenant, kind, entry, id).into(), Subject::Entry(entry.clone()));
        let remove = |entry: &Entry| (remove_entry(tenant, kind, entry, id).into(), Subject::Other);
        let entries = added.iter().map(add).chain(removed.iter().map(remove));
        let writes = std::iter::once(item).chain(entries).collect();
        Self { kind: kind.name.clone(), writes, count: 0 }
    }

    /// Creates the resource `id` from `item`, with its index `entries`. Refused when there is one.
    pub(crate) fn create(
        tenant: &Tenant,
        kind: &ResourceType,
        id: &str,
        item: Put,
        entries: &BTreeSet<Entry>,
    ) -> Self {
        let item = (item.when(absent(PK)).into(), Subject::New);
        Self::of_resource(tenant, kind, id, item, (entries, &BTreeSet::new()), 1)
    }

    /// Updates the item of the resource `id` under the conditions of `update`, adds and removes
    /// index entries.
    ///
    /// # Errors
    /// `invalidValue` for more entries than fit a transaction. Only a resource whose directory has
    /// changed its profile has that many.
    pub(crate) fn update(
        tenant: &Tenant,
        kind: &ResourceType,
        id: &str,
        update: Update,
        (added, removed): (&BTreeSet<Entry>, &BTreeSet<Entry>),
    ) -> Result<Self, Error> {
        let item = (update.into(), Subject::Resource(None));
        let change = Self::of_resource(tenant, kind, id, item, (added, removed), 0);
        if change.fits() {
            return Ok(change);
        }
        let most = MOST_WRITES - (change.writes.len() - added.len() - removed.len());
        let detail = format!(
            "the change adds {} indexed values (such as e-mail addresses) and removes {}; at most {most} \
             are possible at once: remove some before",
            added.len(),
            removed.len()
        );
        Err(ScimError::new(Kind::InvalidValue, detail).into())
    }

    /// Deletes the resource `id` under the conditions of `delete`, and its index `entries`. A tombstone
    /// says who did it: the event log reads that from there.
    pub(crate) fn delete(
        tenant: &Tenant,
        kind: &ResourceType,
        id: &str,
        delete: Delete,
        entries: &BTreeSet<Entry>,
    ) -> Self {
        let item = (delete.into(), Subject::Resource(None));
        let tombstone = Put::of(keys::tombstone(&tenant.directory, &kind.name, id))
            .set(BY, tenant.by.to_string())
            .set(EXPIRES, seconds() + TOMBSTONE);
        Self::of_resource(tenant, kind, id, item, (&BTreeSet::new(), entries), -1).with([tombstone.into()])
    }

    /// Adds index entries of the resource `id`, which itself stays as it is. Refused unless it is
    /// at `version`; with `None`, unless it does not exist.
    pub(crate) fn reindex(
        tenant: &Tenant,
        kind: &ResourceType,
        id: &str,
        version: Option<u64>,
        added: &BTreeSet<Entry>,
    ) -> Self {
        let check = Check::of(tenant.key(kind, id));
        let check = check.when(version.map_or_else(|| absent(PK), |version| equals(VERSION, version)));
        let item = (check.into(), Subject::Resource(None));
        Self::new(tenant, kind, id, item, (added, &BTreeSet::new()))
    }

    /// Only while `list` is the group's member list.
    pub(crate) fn on_list(mut self, list: &ListVersion) -> Self {
        if let Some((write, subject)) = self.writes.first_mut() {
            *write = write.clone().when(equals(MEMBER_LIST, list.as_str()));
            *subject = Subject::Resource(Some(list.clone()));
        }
        self
    }

    /// Adds writes of other items, such as memberships.
    pub(crate) fn with(mut self, writes: impl IntoIterator<Item = Write>) -> Self {
        self.writes.extend(writes.into_iter().map(|write| (write, Subject::Other)));
        self
    }

    /// Whether it fits a transaction of its own.
    fn fits(&self) -> bool {
        Budget::default().admit(self)
    }
}

impl Subject {
    /// What the refusal of its write means; `found` is the item as it is now.
    fn refusal(self, found: Option<Item>) -> Refusal {
        match (self, found) {
            (Self::New, Some(item)) => Refusal::Exists(item),
            (Self::Resource(_), None) => Refusal::Gone,
            (Self::Resource(Some(list)), Some(item)) if ListVersion::of(&item) != Some(list.clone()) => {
                Refusal::ListReplaced(item)
            }
            (Self::Resource(_), Some(item)) => Refusal::VersionMoved(item),
            (Self::Entry(entry), found) => {
                let owner = found.as_ref().and_then(|item| optional_text(item, ID)).map(str::to_owned);
                Refusal::ValueTaken { entry, owner }
            }
            (Self::New, None) | (Self::Other, _) => Refusal::Other,
        }
    }
}

/// What is left of one transaction.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    writes: usize,
    bytes: usize,
    /// Types whose counters change.
    counted: BTreeSet<String>,
}

impl Budget {
    /// Counts `change` in. Returns `false`, and counts nothing, when it does not fit any more.
    pub(crate) fn admit(&mut self, change: &Change) -> bool {
        let writes = self.writes + change.writes.len();
        let bytes = self.bytes + change.writes.iter().map(|(write, _)| write.bytes()).sum::<usize>();
        let is_new = change.count != 0 && !self.counted.contains(&change.kind);
        let fits = writes + self.counted.len() + usize::from(is_new) <= MOST_WRITES && bytes <= MOST_BYTES;
        if fits {
            (self.writes, self.bytes) = (writes, bytes);
            if is_new {
                self.counted.insert(change.kind.clone());
            }
        }
        fits
    }
}

/// Carries out `change`. `write` names it, and is what its resource remembers as its last write.
/// Returns the resource's item where DynamoDB returns it: after an update without other writes,
/// and when this very write turns out to have been done before.
///
/// # Errors
/// [`Error::Busy`], [`Error::Throttled`], [`Error::Unavailable`]: it may have been done.
pub(crate) async fn commit(tenant: &Tenant, change: Change, write: &WriteId) -> Outcome<Option<Item>> {
    let refusals = match send(tenant, [change], write).await? {
        Ok(item) => return Ok(Ok(item)),
        Err(refusals) => refusals,
    };
    match refusals.into_iter().next() {
        // The answer to an earlier attempt was lost.
        Some((_, Refusal::VersionMoved(item) | Refusal::ListReplaced(item)))
            if optional_text(&item, WRITE).is_some_and(|last| write.made(last)) =>
        {
            Ok(Ok(Some(item)))
        }
        Some((_, refusal)) => Ok(Err(refusal)),
        None => Err(Error::Busy),
    }
}

/// Carries out `change`, an update that leaves the resource as `after`. Returns the resource with
/// the versions that it has now.
///
/// # Errors
/// As [`commit`].
pub(crate) async fn commit_update(
    tenant: &Tenant,
    kind: &ResourceType,
    change: Change,
    after: Stored,
    write: &WriteId,
) -> Outcome<Stored> {
    Ok(match commit(tenant, change, write).await? {
        Ok(Some(item)) => Ok(after.updated(&item)?),
        // A transaction does not return the item. The members of a group may have changed since it
        // was read, and so its entity tag.
        Ok(None) if kind.has_members() => Ok(get::read(tenant, kind, &after.resource.id).await?),
        Ok(None) => Ok(after),
        Err(refusal) => Err(refusal),
    })
}

/// Carries out all `changes` together. Returns what was refused, with the position of the change;
/// all of it is done when that is empty. One change may be refused for several reasons.
///
/// # Errors
/// As [`commit`].
pub(crate) async fn commit_all(
    tenant: &Tenant,
    changes: impl IntoIterator<Item = Change>,
) -> Result<Vec<(usize, Refusal)>, Error> {
    match send(tenant, changes, &WriteId::new()).await? {
        Ok(_) => Ok(Vec::new()),
        Err(refusals) if refusals.is_empty() => Err(Error::Busy),
        Err(refusals) => Ok(refusals),
    }
}

async fn send(
    tenant: &Tenant,
    changes: impl IntoIterator<Item = Change>,
    write: &WriteId,
) -> Result<Result<Option<Item>, Vec<(usize, Refusal)>>, Error> {
    let mut transaction = Transaction::new(write.token());
    let mut subjects = Vec::new();
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for (position, change) in changes.into_iter().enumerate() {
        for (write, subject) in change.writes {
            transaction.push(write);
            subjects.push(Some((position, subject)));
        }
        *counts.entry(change.kind).or_default() += change.count;
    }
    for (kind, count) in counts.into_iter().filter(|(_, count)| *count != 0) {
        transaction.push(counter::add(tenant, &kind, count));
    }
    Ok(match tenant.table().commit(&transaction).await? {
        Committed::Done(item) => Ok(item),
        Committed::Refused(refused) => {
            let refusal = |refused: table::transaction::Refusal| {
                let (position, subject) = subjects.get_mut(refused.index)?.take()?;
                Some((position, subject.refusal(refused.item)))
            };
            Err(refused.into_iter().filter_map(refusal).collect())
        }
    })
}

#[cfg(test)]
mod tests {
    use table::item::Key;

    use super::*;

    /// A change of `writes` items that adds `count` resources of the type `kind`.
    fn change(kind: &str, writes: usize, count: i64) -> Change {
        let write = (Delete::of(Key::new("pk", "sk")).into(), Subject::Other);
        Change { kind: kind.to_owned(), writes: vec![write; writes], count }
    }

    fn group(version: &str) -> Item {
        Put::of(Key::new("pk", "sk")).set(MEMBER_LIST, version).into_item()
    }

    #[test]
    fn the_entries_before_and_after_a_change_fit_a_transaction_with_what_belongs_to_each_change() {
        assert_eq!(MOST_VALUES, 45);
        assert!(change("User", 2 * MOST_VALUES + RESERVED, 0).fits());
        assert!(!change("User", MOST_WRITES, 1).fits(), "a counter is a write");
    }

    #[test]
    fn each_type_counts_once_in_a_transaction() {
        let mut budget = Budget::default();
        for _ in 0..19 {
            assert!(budget.admit(&change("User", 5, 1)));
        }
        assert!(!budget.admit(&change("Group", 4, 1)), "95 writes, two counters, and 4");
        assert!(budget.admit(&change("User", 4, 1)));
        assert!(!budget.admit(&change("User", 1, 0)));
    }

    #[test]
    fn a_refusal_says_what_has_changed() {
        let on = |list: &str| Subject::Resource(Some(list.into()));
        assert!(matches!(on("v1").refusal(None), Refusal::Gone));
        assert!(matches!(on("v1").refusal(Some(group("v2"))), Refusal::ListReplaced(_)));
        assert!(matches!(on("v1").refusal(Some(group("v1"))), Refusal::VersionMoved(_)));
        assert!(matches!(Subject::Resource(None).refusal(Some(group("v1"))), Refusal::VersionMoved(_)));
        assert!(matches!(Subject::New.refusal(Some(group("v1"))), Refusal::Exists(_)));
        let entry = Entry { attribute: "userName".to_owned(), key: "1ana".to_owned(), unique: true };
        let owned = Put::of(Key::new("pk", "sk")).set(ID, "x").into_item();
        let taken = Subject::Entry(entry).refusal(Some(owned));
        assert!(matches!(taken, Refusal::ValueTaken { owner: Some(owner), .. } if owner == "x"));
    }
}
