//! Dead letters: events that were given up. The events themselves stay in the log.

use serde::{Deserialize, Serialize};
use table::Table;
use table::condition::exists;
use table::item::{Item, Key, text};
use table::name::{DEAD_LETTER, EXPIRES, PK};
use table::query::Range;
use table::write::{Delete, Put, Update};

use super::record::{SubscriptionId, shortened};
use crate::clock::{now, seconds};
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// How long a dead letter is kept, in seconds: as long as events.
const RETENTION: i64 = 365 * 24 * 3600;

/// An event that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its sequence number; of several events the first one.
    pub sequence: u64,
    /// The last one of several events that were not kept any more when they were to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<u64>,
    /// The last status with which the endpoint refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why it was given up.
    pub reason: String,
    /// When, RFC 3339.
    pub time: String,
}

impl DeadLetter {
    /// The endpoint refused the event `sequence`, the last time with `status`.
    pub(super) fn refused(sequence: u64, status: Option<u16>, reason: &str) -> Self {
        Self { sequence, through: None, status, reason: shortened(reason), time: now() }
    }

    /// The events from `first` to `last` were not kept any more.
    pub(super) fn lost(first: u64, last: u64) -> Self {
        Self {
            sequence: first,
            through: (last > first).then_some(last),
            status: None,
            reason: "not kept any more when it was to be sent".to_owned(),
            time: now(),
        }
    }

    pub(super) fn put(&self, directory: &DirectoryId, of: &SubscriptionId) -> Result<Put, Error> {
        let put = Put::of(keys::dead_letter(directory, of, self.sequence)).set(DEAD_LETTER, self.text()?);
        Ok(put.set(EXPIRES, seconds() + RETENTION))
    }

    /// Removes the words of the receiver from the dead letter in `item`.
    pub(super) fn erased(item: &Item) -> Result<Update, Error> {
        let letter = Self { reason: "the person was erased".to_owned(), ..Self::of(item)? };
        Ok(Update::of(Key::of(item)?).set(DEAD_LETTER, letter.text()?).when(exists(PK)))
    }

    fn text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| Error::Unavailable(error.into()))
    }

    fn of(item: &Item) -> Result<Self, Error> {
        serde_json::from_str(text(item, DEAD_LETTER)?).map_err(|_| Error::corrupt(DEAD_LETTER))
    }
}

/// At most `count` dead letters of the subscription `of` after the sequence number `after`; and whether
/// there may be more.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn list(
    table: &Table,
    directory: &DirectoryId,
    of: &SubscriptionId,
    after: Option<u64>,
    count: u16,
) -> Result<(Vec<DeadLetter>, bool), Error> {
    let range = Range::BeginsWith(keys::dead_letters(of));
    let mut pages = table.range(&keys::subscriptions(directory), range);
    if let Some(after) = after {
        pages = pages.after(&keys::dead_letter(directory, of, after));
    }
    let items = pages.next(Some(i32::from(count))).await?.unwrap_or_default();
    Ok((items.iter().map(DeadLetter::of).collect::<Result<_, _>>()?, pages.has_more()))
}

/// The dead letter `sequence`; `None` when there is none.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn read(
    table: &Table,
    directory: &DirectoryId,
    of: &SubscriptionId,
    sequence: u64,
) -> Result<Option<DeadLetter>, Error> {
    let item = table.get(&keys::dead_letter(directory, of, sequence)).await?;
    item.as_ref().map(DeadLetter::of).transpose()
}

/// Removes the dead letter `sequence`: it was delivered.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn remove(
    table: &Table,
    directory: &DirectoryId,
    of: &SubscriptionId,
    sequence: u64,
) -> Result<(), Error> {
    table.write(Delete::of(keys::dead_letter(directory, of, sequence))).await?;
    Ok(())
}
