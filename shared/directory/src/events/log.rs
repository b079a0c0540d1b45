//! The log in the table: its head, its events, and how both are appended.

use std::collections::BTreeMap;

use serde::Serialize;
use table::Table;
use table::condition::{Condition, absent, equals};
use table::item::{Key, encode, optional_number};
use table::name::{EVENT, EVENT_TYPE, EXPIRES, HELD, KEPT_UNTIL, PK, RECENT, RETENTION, REVISION, SEQUENCE};
use table::transaction::{Committed, MOST_BYTES, MOST_WRITES, Transaction};
use table::write::{Check, Delete, Put, Update, Write};

use super::administration::is_administration;
use super::event::Event;
use super::guard::{Counts, Held};
use super::hours::Hours;
use super::mark::{MemberMark, ResourceMark, Revisions};
use super::retention;
use crate::clock::seconds;
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys;
use crate::registry::state::State;

/// Bytes of an event that has `previous`, and of a held change that has all that was before. Items of
/// DynamoDB end at 400 KB; a resource alone always fits.
const LARGEST: usize = 390 * 1024;
/// How long a mark is kept after what it marks is gone, in seconds. The stream repeats records of the
/// last 24 hours.
const GONE: i64 = 48 * 3600;

/// The head of a log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The sequence number of the last event; 0 without events.
    pub(super) sequence: u64,
    /// How often the log and its marks were written.
    pub(super) revision: u64,
    /// When the last event expires, in seconds since 1970.
    kept_until: i64,
    /// How long the next events are kept, in seconds.
    pub(super) retention: i64,
    /// How many changes of resources were appended.
    pub(super) hours: Hours,
}

/// Writes that belong together: events and their marks, or marks alone.
#[derive(Debug, Clone, Default)]
pub(super) struct Step {
    pub(super) events: Vec<Event>,
    pub(super) marks: Vec<Marked>,
    /// How long these events and the next ones are kept, in seconds, if that changes.
    pub(super) retention: Option<i64>,
}

/// A mark to be written, under the condition that it is as it was read. The head is not enough: DynamoDB
/// shows the items of a transaction one after another, so a mark may have been read that is older than the head.
#[derive(Debug, Clone)]
pub(super) struct Marked {
    pub(super) key: Key,
    pub(super) mark: Mark,
    /// The revision of the log that had written it; 0 without a mark.
    pub(super) read: u64,
}

/// A mark to be written.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    Resource(ResourceMark),
    Member(MemberMark),
    /// What the guard counts.
    Guard(Counts),
    Held(Box<Held>),
    /// Nothing is held of a resource any more.
    NotHeld,
    Job(Put),
}

/// What became of an attempt to append.
#[derive(Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there is one for each transaction")]
pub(super) enum Appended {
    /// It is done; the head as it is now.
    Done(Head),
    /// Another writer was faster: read the marks again.
    Moved,
    /// The directory does not exist, or is being erased.
    Closed,
}

impl Head {
    /// The head of the log of `directory`.
    ///
    /// # Errors
    /// The table's own.
    pub(super) async fn read(table: &Table, directory: &DirectoryId) -> Result<Self, Error> {
        let item = table.get(&keys::log_head(directory)).await?.unwrap_or_default();
        let count = |attribute| optional_number(&item, attribute).unwrap_or(0);
        Ok(Self {
            sequence: count(SEQUENCE),
            revision: count(REVISION),
            kept_until: optional_number(&item, KEPT_UNTIL).unwrap_or(0),
            retention: optional_number(&item, RETENTION).unwrap_or(retention::USUAL),
            hours: Hours::read(&item),
        })
    }
}

/// Appends all `steps`, in as many transactions as they need.
///
/// # Errors
/// The table's own.
pub(super) async fn append_all(
    table: &Table,
    directory: &DirectoryId,
    mut head: Head,
    mut steps: Vec<Step>,
) -> Result<Appended, Error> {
    let mut written = Revisions::new();
    while !steps.is_empty() {
        match append(table, directory, head, &mut steps, &mut written).await? {
            Appended::Done(next) => head = next,
            stopped => return Ok(stopped),
        }
    }
    Ok(Appended::Done(head))
}

/// Appends as many of the `steps` as fit one transaction, in order, and takes them out. Their events
/// have the sequence numbers that follow `head`. Nothing is done unless it is still the head. `written` has
/// the marks that were written since they were read.
///
/// # Errors
/// The table's own: it may have been done.
async fn append(
    table: &Table,
    directory: &DirectoryId,
    head: Head,
    steps: &mut Vec<Step>,
    written: &mut Revisions,
) -> Result<Appended, Error> {
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(Check::of(keys::directory(directory)).when(State::is_not_erasing()));
    let (mut next, now) = (Head { revision: head.revision + 1, ..head }, seconds());
    let (mut events, mut marks) = (Vec::new(), BTreeMap::new());
    let (mut taken, mut bytes) = (0, 0);
    for step in steps.iter() {
        let retention = step.retention.unwrap_or(next.retention);
        let expiry = next.kept_until.max(now + retention);
        let puts = step.events.iter().map(|event| put(directory, event, expiry));
        let puts = puts.collect::<Result<Vec<_>, _>>()?;
        let writes = step.marks.iter().map(|marked| {
            let read = written.get(&marked.key).copied().unwrap_or(marked.read);
            Ok((&marked.key, marked.write(read, next.revision, expiry)?))
        });
        let writes = writes.collect::<Result<BTreeMap<_, _>, Error>>()?;
        let size: usize = puts.iter().chain(writes.values()).map(Write::bytes).sum();
        let new = writes.keys().filter(|key| !marks.contains_key(*key)).count();
        // One step always fits: an event has at most 50 members.
        let count = 2 + events.len() + marks.len() + puts.len() + new;
        if taken > 0 && (count > MOST_WRITES || bytes + size > MOST_BYTES) {
            break;
        }
        next.retention = retention;
        if !puts.is_empty() {
            (next.sequence, next.kept_until) = (next.sequence + puts.len() as u64, expiry);
            let is_change = |event: &&Event| !is_administration(&event.resource.kind);
            next.hours = next.hours.with(step.events.iter().filter(is_change).count() as u64, now);
        }
        events.extend(puts);
        // The last mark of several counts: a transaction writes an item once.
        marks.extend(writes);
        taken += 1;
        bytes += size;
    }
    let update = Update::of(keys::log_head(directory))
        .set(SEQUENCE, next.sequence)
        .set(REVISION, next.revision)
        .set(KEPT_UNTIL, next.kept_until)
        .set(RETENTION, next.retention)
        .set(RECENT, json(&next.hours)?);
    transaction.push(update.when(match head.revision {
        0 => absent(PK),
        revision => equals(REVISION, revision),
    }));
    for event in events {
        transaction.push(event);
    }
    for mark in marks.into_values() {
        transaction.push(mark);
    }
    match table.commit(&transaction).await? {
        Committed::Done(_) => {
            for Marked { key, mark, .. } in steps.drain(..taken).flat_map(|step| step.marks) {
                let is_gone = matches!(mark, Mark::NotHeld);
                written.insert(key, if is_gone { 0 } else { next.revision });
            }
            Ok(Appended::Done(next))
        }
        Committed::Refused(refused) if refused.iter().any(|refusal| refusal.index == 0) => {
            Ok(Appended::Closed)
        }
        Committed::Refused(_) => Ok(Appended::Moved),
    }
}

/// `event` as it is stored until `expiry`, in seconds since 1970.
fn put(directory: &DirectoryId, event: &Event, expiry: i64) -> Result<Write, Error> {
    let mut text = json(event)?;
    if text.len() > LARGEST {
        text = json(&Event { previous: None, ..event.clone() })?;
    }
    let put = Put::of(keys::event(directory, event.sequence)).set(EVENT, text);
    Ok(put.set(EVENT_TYPE, &*event.kind).set(EXPIRES, expiry).when(absent(PK)).into())
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Unavailable(error.into()))
}

impl Marked {
    /// As it is stored by `revision`, if it is as `read` wrote it; events that are appended now expire at
    /// `expiry`, in seconds since 1970.
    fn write(&self, read: u64, revision: u64, expiry: i64) -> Result<Write, Error> {
        let put = Put::of(self.key.clone()).set(REVISION, revision).when(is_as_read(read));
        Ok(match &self.mark {
            Mark::Resource(mark) => {
                let put = put.with(encode(mark)?);
                // Events of a deleted resource are found from its mark, also what is held of it.
                let expires = mark.is_deleted && !mark.is_held;
                if expires { put.set(EXPIRES, expiry).into() } else { put.into() }
            }
            Mark::Member(mark) => {
                let put = put.with(encode(mark)?);
                if mark.is_present { put.into() } else { put.set(EXPIRES, seconds() + GONE).into() }
            }
            Mark::Guard(state) => put.set(HELD, json(state)?).into(),
            Mark::Held(held) => {
                let mut text = json(held)?;
                if text.len() > LARGEST {
                    text = json(&held.reduced())?;
                }
                put.set(HELD, text).into()
            }
            Mark::NotHeld => Delete::of(self.key.clone()).when(is_as_read(read)).into(),
            Mark::Job(job) => job.clone().into(),
        })
    }
}

fn is_as_read(revision: u64) -> Condition {
    match revision {
        0 => absent(REVISION),
        revision => equals(REVISION, revision),
    }
}
