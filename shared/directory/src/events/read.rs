//! Reading the log.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use table::Table;
use table::item::{optional_number, text};
use table::name::{EVENT, EVENT_TYPE, SEQUENCE};
use table::query::Range;
use tokio::time::sleep;

use super::retention::SHORTEST;
use super::summary::{is_kept, one, sequence};
use crate::clock::seconds;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// Events that are read at once to find the oldest one.
const FEW: i32 = 50;
/// How often a log in which an event seems to be missing is read again, and after which time each.
const LOOKS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(250);
/// By how much the clocks of two instances may differ, in milliseconds.
pub const SKEW: u64 = 5000;

/// Repeated looks at a log in which an event seems to be missing.
///
/// DynamoDB shows the items of a transaction one after another: for a moment a reader may see an event
/// without the one before it, or the head without its events. What is still missing after a second is not kept.
#[derive(Debug, Default)]
pub struct Looks(u32);

impl Looks {
    /// Waits a little; `false` when it has been looked at often enough.
    pub async fn again(&mut self) -> bool {
        if self.0 == LOOKS {
            return false;
        }
        self.0 += 1;
        sleep(PAUSE).await;
        true
    }
}

/// The sequence number of the last event, once readers see all up to it, with its marks.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(super) async fn visible_head(table: &Table, directory: &DirectoryId) -> Result<u64, Error> {
    let head = head(table, directory).await?;
    sleep(PAUSE).await;
    Ok(head)
}

/// Some events of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The events, as JSON objects, in order.
    pub events: Vec<Value>,
    /// The sequence number of the first event that was read, of whatever type.
    pub first: Option<u64>,
    /// The sequence number after which the next page begins.
    pub next: u64,
    /// Whether the log has events after `next`.
    pub has_more: bool,
}

/// The sequence number of the last event of `directory`; 0 without events.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn head(table: &Table, directory: &DirectoryId) -> Result<u64, Error> {
    let head = table.get(&keys::log_head(directory)).await?;
    Ok(head.and_then(|head| optional_number(&head, SEQUENCE)).unwrap_or(0))
}

/// Up to `limit` events of `directory` after the sequence number `after`; of the types that `wants`
/// accepts. A page may end early, and then has more. It has no gap; but if its `first` is not the one
/// after `after`, those in between are not kept.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn after(
    table: &Table,
    directory: &DirectoryId,
    after: u64,
    limit: u16,
    wants: impl Fn(&str) -> bool,
) -> Result<Page, Error> {
    let mut pages = table.range(&keys::log(directory), following(directory, after));
    let page = pages.next(Some(i32::from(limit))).await?.unwrap_or_default();
    let (mut first, mut next) = (None, after);
    let mut events = Vec::new();
    let now = seconds();
    for item in page.iter().filter(|item| is_kept(item, now)) {
        let number = sequence(item)?;
        if first.is_some() && number != next + 1 {
            // Between clocks that differ, DynamoDB may have deleted an event that follows kept ones.
            return Ok(Page { events, first, next, has_more: true });
        }
        next = number;
        first = first.or(Some(next));
        if wants(text(item, EVENT_TYPE)?) {
            events.push(serde_json::from_str(text(item, EVENT)?).map_err(|_| Error::corrupt(EVENT))?);
        }
    }
    Ok(Page { events, first, next, has_more: pages.has_more() })
}

/// Those of the events `sequences` of `directory` that are kept, by sequence number. The sequence numbers
/// are all different.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn many(
    table: &Table,
    directory: &DirectoryId,
    sequences: &[u64],
) -> Result<BTreeMap<u64, Value>, Error> {
    let keys = sequences.iter().map(|sequence| keys::event(directory, *sequence)).collect();
    let found = table.get_many(keys).await?;
    let now = seconds();
    let kept = found.values().filter(|item| is_kept(item, now));
    kept.map(|item| {
        let event = serde_json::from_str(text(item, EVENT)?).map_err(|_| Error::corrupt(EVENT))?;
        Ok((sequence(item)?, event))
    })
    .collect()
}

/// The sequence number of the first event of `directory` after `after` that is kept; if none is, that of
/// the next event.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn oldest(table: &Table, directory: &DirectoryId, after: u64) -> Result<u64, Error> {
    let head = head(table, directory).await?;
    let mut pages = table.range(&keys::log(directory), following(directory, after));
    let now = seconds();
    while let Some(page) = pages.next(Some(FEW)).await? {
        if let Some(item) = page.iter().find(|item| is_kept(item, now)) {
            return sequence(item);
        }
    }
    Ok(head + 1)
}

/// The sequence number after which `directory` has every event of a change at `time` or later; `time` is in
/// milliseconds since 1970. Events of the seconds before may follow as well, and any that were appended late.
///
/// An event is appended after its change, sometimes much later, so the times of events are not in order.
/// Those of appending are, and the ids of events contain them. If it is not known that all these events
/// are kept, it is 0, the beginning of the log.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn before(table: &Table, directory: &DirectoryId, time: u64) -> Result<u64, Error> {
    let time = time.saturating_sub(SKEW);
    let head = visible_head(table, directory).await?;
    let low = last_before(table, directory, time, head).await?;
    // Events that are not kept any more were perhaps appended after the time, unless it is so recent that
    // they would be kept.
    let is_recent = time / 1000 > u64::try_from(seconds() - SHORTEST).unwrap_or(0);
    let is_complete = is_recent || low == 0 || appended(table, directory, low).await?.is_some();
    Ok(if is_complete { low } else { 0 })
}

/// The sequence number of the last event of `directory` that may have been appended before `time`, in
/// milliseconds since 1970. Some that were appended in the seconds after may be before it.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn until(table: &Table, directory: &DirectoryId, time: u64) -> Result<u64, Error> {
    let head = head(table, directory).await?;
    last_before(table, directory, time.saturating_add(SKEW), head).await
}

/// The sequence number of the last event up to `head` that was appended before `time`, or is not kept any more;
/// 0 without one.
async fn last_before(table: &Table, directory: &DirectoryId, time: u64, head: u64) -> Result<u64, Error> {
    // Everything up to `low` was appended before, nothing after `high`.
    let (mut low, mut high) = (0, head);
    while low < high {
        let middle = high - (high - low) / 2;
        match appended(table, directory, middle).await? {
            Some(at) if at >= time => high = middle - 1,
            _ => low = middle,
        }
    }
    Ok(low)
}

/// When the event `sequence` was appended, in milliseconds since 1970; `None` if it is not kept any more.
async fn appended(table: &Table, directory: &DirectoryId, sequence: u64) -> Result<Option<u64>, Error> {
    let Some(event) = one(table, directory, sequence).await? else { return Ok(None) };
    event.appended().map(Some).ok_or_else(|| Error::corrupt(EVENT))
}

/// The events after the sequence number `after`.
fn following(directory: &DirectoryId, after: u64) -> Range {
    let from = keys::event(directory, after.saturating_add(1)).sk;
    // Sequence numbers are digits, and the head sorts after them.
    Range::Between(from, ":".to_owned())
}
