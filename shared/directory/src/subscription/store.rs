//! Subscriptions in the table.

use std::collections::BTreeSet;

use table::Table;
use table::condition::{absent, equals, exists};
use table::item::{Item, Key, optional_number, optional_text, text};
use table::name::{
    DIRECTORY, DUE, PK, REVISION, SEQUENCE, SINCE, SK, STATE, SUBSCRIPTION, TOKEN_SUBSCRIPTIONS,
};
use table::query::Range;
use table::transaction::{Committed, Transaction};
use table::write::{Delete, Put, Update};

use super::dead_letter::DeadLetter;
use super::record::{State as Sending, Subscription, SubscriptionId};
use crate::clock::seconds;
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys;
use crate::registry::record::check_not_erasing;
use crate::registry::state::State;

/// How many subscriptions a directory may have.
pub const MOST: usize = 20;

/// A subscription in the list of all of the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its directory.
    pub directory: DirectoryId,
    /// Its id.
    pub id: SubscriptionId,
    /// Whether it is paused.
    pub is_paused: bool,
    /// Since when it is paused, or something could not be delivered, in seconds since 1970.
    pub since: Option<i64>,
    /// When it has something to do even without a new event, in seconds since 1970.
    pub due: Option<i64>,
}

impl Entry {
    fn of(directory: &DirectoryId, subscription: &Subscription) -> Self {
        let paused = match subscription.state {
            Sending::Paused { since, .. } => Some(since),
            Sending::Active => None,
        };
        Self {
            directory: directory.clone(),
            id: subscription.id.clone(),
            is_paused: paused.is_some(),
            // A receiver that polls comes by itself, and the function that answers it may not write this list.
            since: paused.or(subscription.behind_since().filter(|_| subscription.channel.is_sent())),
            due: subscription.due.filter(|_| subscription.channel.is_sent()),
        }
    }

    fn put(&self) -> Put {
        let put = Put::of(keys::subscription_entry(&self.id)).set(DIRECTORY, self.directory.to_string());
        let put = if self.is_paused { put.set(STATE, "paused") } else { put };
        let put = self.since.iter().fold(put, |put, since| put.set(SINCE, *since));
        self.due.iter().fold(put, |put, due| put.set(DUE, *due))
    }

    fn read(item: &Item) -> Result<Self, Error> {
        Ok(Self {
            directory: text(item, DIRECTORY)?.parse().map_err(|_| Error::corrupt(DIRECTORY))?,
            id: text(item, SK)?.parse().map_err(|_| Error::corrupt(SK))?,
            is_paused: optional_text(item, STATE).is_some(),
            since: optional_number(item, SINCE),
            due: optional_number(item, DUE),
        })
    }
}

/// Creates `subscription`.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory, or it is being erased; [`Error::TooMany`] when it
/// has [`MOST`] subscriptions; [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn create(
    table: &Table,
    directory: &DirectoryId,
    subscription: &Subscription,
) -> Result<(), Error> {
    if list(table, directory).await?.len() >= MOST {
        return Err(Error::TooMany(format!("a directory has {MOST} subscriptions at most")));
    }
    let mut transaction = Transaction::new(WriteId::new().token());
    let key = keys::subscription(directory, &subscription.id);
    let put = Put::of(key).set(REVISION, subscription.revision).set(SUBSCRIPTION, encode(subscription)?);
    transaction.push(put.when(absent(PK)));
    transaction.push(Entry::of(directory, subscription).put());
    if subscription.channel.has_tokens() {
        let counted = Update::of(keys::directory(directory)).add(TOKEN_SUBSCRIPTIONS, 1);
        transaction.push(counted.when(State::is_not_erasing()));
    } else {
        transaction.push(check_not_erasing(directory));
    }
    match table.commit(&transaction).await? {
        Committed::Done(_) => Ok(()),
        Committed::Refused(_) => Err(Error::NotFound),
    }
}

/// All subscriptions of `directory`, in the order of creation.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn list(table: &Table, directory: &DirectoryId) -> Result<Vec<Subscription>, Error> {
    let range = Range::BeginsWith(keys::SUBSCRIPTION.to_owned());
    let items = table.range(&keys::subscriptions(directory), range).all().await?;
    items.iter().map(decode).collect()
}

/// Reads the subscription `id`; `None` when there is none.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn read(
    table: &Table,
    directory: &DirectoryId,
    id: &SubscriptionId,
) -> Result<Option<Subscription>, Error> {
    table.get(&keys::subscription(directory, id)).await?.as_ref().map(decode).transpose()
}

/// Writes `after` over `before`, which was read, together with `dead` letters. Returns the record as it
/// is stored; `None` when it has changed since it was read, or does not exist any more: nothing is
/// written then.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`]: it may have been written.
pub async fn save(
    table: &Table,
    directory: &DirectoryId,
    before: &Subscription,
    after: Subscription,
    dead: &[DeadLetter],
) -> Result<Option<Subscription>, Error> {
    let after = Subscription { revision: before.revision + 1, ..after };
    let mut transaction = Transaction::new(WriteId::new().token());
    let update = Update::of(keys::subscription(directory, &after.id))
        .set(REVISION, after.revision)
        .set(SUBSCRIPTION, encode(&after)?);
    transaction.push(update.when(equals(REVISION, before.revision)));
    let entry = Entry::of(directory, &after);
    if entry != Entry::of(directory, before) {
        transaction.push(entry.put().when(exists(PK)));
    }
    for letter in dead {
        transaction.push(letter.put(directory, &after.id)?);
    }
    Ok(matches!(table.commit(&transaction).await?, Committed::Done(_)).then_some(after))
}

/// Changes the subscription `id` as `change` says. Returns the changed one.
///
/// # Errors
/// [`Error::NotFound`] when there is none; the error of `change`; [`Error::Throttled`], [`Error::Busy`],
/// [`Error::Unavailable`].
pub async fn change<T>(
    table: &Table,
    directory: &DirectoryId,
    id: &SubscriptionId,
    change: impl Fn(&mut Subscription) -> Result<T, Error>,
) -> Result<(Subscription, T), Error> {
    for _ in 0..CHANGES {
        let before = read(table, directory, id).await?.ok_or(Error::NotFound)?;
        let mut after = before.clone();
        let made = change(&mut after)?;
        if let Some(saved) = save(table, directory, &before, after, &[]).await? {
            return Ok((saved, made));
        }
    }
    Err(Error::Busy)
}

/// Attempts at a change while runs change the record.
const CHANGES: usize = 20;

/// Removes the subscription `id` and its dead letters.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn delete(table: &Table, directory: &DirectoryId, id: &SubscriptionId) -> Result<(), Error> {
    let subscription = read(table, directory, id).await?.ok_or(Error::NotFound)?;
    // First: a run that is under way can add no dead letter after that.
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(Delete::of(keys::subscription(directory, id)).when(exists(PK)));
    transaction.push(Delete::of(keys::subscription_entry(id)));
    if subscription.channel.has_tokens() {
        let counted = Update::of(keys::directory(directory)).add(TOKEN_SUBSCRIPTIONS, -1);
        transaction.push(counted.when(exists(PK)));
    }
    if let Committed::Refused(_) = table.commit(&transaction).await? {
        return Err(Error::NotFound);
    }
    let range = Range::BeginsWith(keys::dead_letters(id));
    let letters = table.range(&keys::subscriptions(directory), range).all().await?;
    let letters = letters.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
    Ok(table.delete_many(letters).await?)
}

/// Removes what receivers said of the events `sequences` from their dead letters: the events are about a
/// person who was erased.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`]: a part may be done.
pub async fn erase_reasons(table: &Table, directory: &DirectoryId, sequences: &[u64]) -> Result<(), Error> {
    let subscriptions = list(table, directory).await?;
    let letters = subscriptions
        .iter()
        .flat_map(|of| sequences.iter().map(|sequence| keys::dead_letter(directory, &of.id, *sequence)));
    for item in table.get_many(letters.collect()).await?.values() {
        table.write(DeadLetter::erased(item)?).await?;
    }
    Ok(())
}

/// The entries of all subscriptions of the deployment.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn entries(table: &Table) -> Result<Vec<Entry>, Error> {
    let items = table.range(keys::SUBSCRIPTIONS, Range::All).all().await?;
    items.iter().map(Entry::read).collect()
}

/// Those of `entries` whose log has events after their cursor. Each costs two reads.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn behind<'a>(table: &Table, entries: &[&'a Entry]) -> Result<Vec<&'a Entry>, Error> {
    let heads = entries.iter().map(|entry| keys::log_head(&entry.directory));
    let records = entries.iter().map(|entry| keys::subscription(&entry.directory, &entry.id));
    let heads: BTreeSet<Key> = heads.collect();
    // Two calls: a role may allow different actions for logs and for subscriptions.
    let heads = table.get_many(heads.into_iter().collect()).await?;
    let records = table.get_many(records.collect()).await?;
    let mut behind = Vec::new();
    for entry in entries {
        let Some(record) = records.get(&keys::subscription(&entry.directory, &entry.id)) else { continue };
        let head = heads.get(&keys::log_head(&entry.directory));
        let head = head.and_then(|head| optional_number(head, SEQUENCE)).unwrap_or(0);
        let record = decode(record)?;
        if record.cursor < head && record.may_send(seconds()) {
            behind.push(*entry);
        }
    }
    Ok(behind)
}

fn encode(subscription: &Subscription) -> Result<String, Error> {
    serde_json::to_string(subscription).map_err(|error| Error::Unavailable(error.into()))
}

fn decode(item: &Item) -> Result<Subscription, Error> {
    serde_json::from_str(text(item, SUBSCRIPTION)?).map_err(|_| Error::corrupt(SUBSCRIPTION))
}
