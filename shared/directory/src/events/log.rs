//! The log in the table: its head, its events, and how both are appended.

use std::collections::BTreeMap;

use serde::Serialize;
use table::Table;
use table::condition::{absent, equals};
use table::item::{Key, encode, optional_number};
use table::name::{EVENT, EVENT_TYPE, EXPIRES, HELD, PK, REVISION, SEQUENCE};
use table::transaction::{Committed, MOST_BYTES, MOST_WRITES, Transaction};
use table::write::{Check, Delete, Put, Update, Write};

use super::event::Event;
use super::guard::{Counts, Held};
use super::mark::{MemberMark, ResourceMark};
use crate::clock::seconds;
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys;
use crate::registry::state::State;

/// How long events are kept, in seconds: a year.
pub(super) const RETENTION: i64 = 365 * 24 * 3600;
/// Bytes of an event that has `previous`. Items of DynamoDB end at 400 KB; a resource alone always fits.
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
}

/// Writes that belong together: events and their marks, or marks alone.
#[derive(Debug, Clone, Default)]
pub(super) struct Step {
    pub(super) events: Vec<Event>,
    pub(super) marks: Vec<(Key, Mark)>,
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
        Ok(Self { sequence: count(SEQUENCE), revision: count(REVISION) })
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
    while !steps.is_empty() {
        match append(table, directory, head, &mut steps).await? {
            Appended::Done(next) => head = next,
            stopped => return Ok(stopped),
        }
    }
    Ok(Appended::Done(head))
}

/// Appends as many of the `steps` as fit one transaction, in order, and takes them out. Their events
/// have the sequence numbers that follow `head`. Nothing is done unless it is still the head.
///
/// # Errors
/// The table's own: it may have been done.
async fn append(
    table: &Table,
    directory: &DirectoryId,
    head: Head,
    steps: &mut Vec<Step>,
) -> Result<Appended, Error> {
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(Check::of(keys::directory(directory)).when(State::is_not_erasing()));
    let (mut events, mut marks) = (Vec::new(), BTreeMap::new());
    let (mut taken, mut bytes) = (0, 0);
    for step in steps.iter() {
        let puts = step.events.iter().map(|event| put(directory, event)).collect::<Result<Vec<_>, _>>()?;
        let writes = step.marks.iter().map(|(key, mark)| Ok((key, mark.write(key.clone())?)));
        let writes = writes.collect::<Result<BTreeMap<_, _>, Error>>()?;
        let size: usize = puts.iter().chain(writes.values()).map(Write::bytes).sum();
        let new = writes.keys().filter(|key| !marks.contains_key(*key)).count();
        // One step always fits: an event has at most 50 members.
        let count = 2 + events.len() + marks.len() + puts.len() + new;
        if taken > 0 && (count > MOST_WRITES || bytes + size > MOST_BYTES) {
            break;
        }
        events.extend(puts);
        // The last mark of several counts: a transaction writes an item once.
        marks.extend(writes);
        taken += 1;
        bytes += size;
    }
    let sequence = head.sequence + events.len() as u64;
    let next = Head { sequence, revision: head.revision + 1 };
    let update =
        Update::of(keys::log_head(directory)).set(SEQUENCE, next.sequence).set(REVISION, next.revision);
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
            steps.drain(..taken);
            Ok(Appended::Done(next))
        }
        Committed::Refused(refused) if refused.iter().any(|refusal| refusal.index == 0) => {
            Ok(Appended::Closed)
        }
        Committed::Refused(_) => Ok(Appended::Moved),
    }
}

fn put(directory: &DirectoryId, event: &Event) -> Result<Write, Error> {
    let mut text = json(event)?;
    if text.len() > LARGEST {
        text = json(&Event { previous: None, ..event.clone() })?;
    }
    let put = Put::of(keys::event(directory, event.sequence)).set(EVENT, text);
    Ok(put.set(EVENT_TYPE, &*event.kind).set(EXPIRES, seconds() + RETENTION).when(absent(PK)).into())
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Unavailable(error.into()))
}

impl Mark {
    fn write(&self, key: Key) -> Result<Write, Error> {
        Ok(match self {
            Self::Resource(mark) => {
                let put = Put::of(key).with(encode(mark)?);
                // Events of a deleted resource are found from its mark.
                if mark.is_deleted { put.set(EXPIRES, seconds() + RETENTION).into() } else { put.into() }
            }
            Self::Member(mark) => {
                let put = Put::of(key).with(encode(mark)?);
                if mark.is_present { put.into() } else { put.set(EXPIRES, seconds() + GONE).into() }
            }
            Self::Guard(state) => Put::of(key).set(HELD, json(state)?).into(),
            Self::Held(held) => Put::of(key).set(HELD, json(held)?).into(),
            Self::NotHeld => Delete::of(key).into(),
            Self::Job(job) => job.clone().into(),
        })
    }
}
