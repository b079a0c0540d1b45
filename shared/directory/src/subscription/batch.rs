//! The events that are to be sent next.

use std::collections::BTreeMap;

use serde_json::Value;
use table::Table;

use super::record::Subscription;
use crate::error::Error;
use crate::events::{self, Looks, Page};
use crate::id::DirectoryId;

/// Events of the log that are read at once.
const PAGE: u16 = 100;
/// With this number of open events, the log is not read further: they are sent or given up first.
const MOST_OPEN: usize = 200;

/// An event that is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// Its sequence number.
    pub sequence: u64,
    /// What it is about: events about the same are sent in order.
    pub about: String,
    /// It is not sent before this time, in seconds since 1970.
    pub after: i64,
    /// The event, as the log has it.
    pub event: Value,
}

/// The events that are to be sent next.
#[derive(Debug, Default)]
pub struct Batch {
    /// Those that are to be sent, in order. The open ones come first.
    pub events: Vec<Pending>,
    /// Up to this sequence number the log was read: events in between are in `events`, or are of a type
    /// that is not wanted, or are lost.
    pub through: u64,
    /// Ranges of events that are not kept any more.
    pub lost: Vec<(u64, u64)>,
    /// Whether the log may have more events.
    pub has_more: bool,
}

impl Pending {
    fn new(event: Value, after: i64) -> Result<Self, Error> {
        let sequence = event.get("sequence").and_then(Value::as_u64);
        let text = |pointer| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let about = format!("{}/{}", text("/resource/type"), text("/resource/id"));
        Ok(Self { sequence: sequence.ok_or_else(|| Error::corrupt("event"))?, about, after, event })
    }
}

/// Reads what `subscription` of `directory` is to send next.
///
/// # Errors
/// The table's own.
pub async fn next(
    table: &Table,
    directory: &DirectoryId,
    subscription: &Subscription,
) -> Result<Batch, Error> {
    let mut batch = Batch { through: subscription.cursor, ..Batch::default() };
    let open: Vec<u64> = subscription.open.keys().copied().collect();
    let mut found = events::many(table, directory, &open).await?;
    for (sequence, open) in &subscription.open {
        match found.remove(sequence) {
            Some(event) => batch.events.push(Pending::new(event, open.after)?),
            None => batch.lost.push((*sequence, *sequence)),
        }
    }
    if open.len() >= MOST_OPEN {
        // Whether the log has more is not known: it is read when some of these are delivered or given up.
        batch.has_more = true;
        return Ok(batch);
    }
    let page = page(table, directory, subscription, &mut batch).await?;
    (batch.through, batch.has_more) = (page.next, page.has_more);
    for event in page.events {
        batch.events.push(Pending::new(event, 0)?);
    }
    Ok(batch)
}

/// The events after the cursor. What is not kept any more goes into `batch`.
async fn page(
    table: &Table,
    directory: &DirectoryId,
    subscription: &Subscription,
    batch: &mut Batch,
) -> Result<Page, Error> {
    let (mut after, mut looks) = (subscription.cursor, Looks::default());
    loop {
        let page = events::after(table, directory, after, PAGE, |kind| subscription.wants(kind)).await?;
        let expected = after.saturating_add(1);
        let first = match page.first {
            Some(first) => first,
            // Nothing new, or nothing of it is kept.
            None => events::oldest(table, directory, after).await?,
        };
        if first > expected {
            if looks.again().await {
                continue;
            }
            batch.lost.push((expected, first - 1));
        }
        if page.first.is_some() || first <= expected {
            return Ok(page);
        }
        after = first - 1;
    }
}

impl Batch {
    /// The events in lanes: those about the same, in order. Without those of a lane that must wait at
    /// `now`, in seconds since 1970, and all that follow them.
    #[must_use]
    pub fn lanes(&self, now: i64) -> Vec<Vec<&Pending>> {
        let mut lanes: Vec<(Vec<&Pending>, bool)> = Vec::new();
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        for event in &self.events {
            let number = *numbers.entry(&event.about).or_insert(lanes.len());
            if number == lanes.len() {
                lanes.push((Vec::new(), false));
            }
            if let Some((lane, waits)) = lanes.get_mut(number) {
                *waits |= event.after > now;
                if !*waits {
                    lane.push(event);
                }
            }
        }
        lanes.into_iter().map(|(lane, _)| lane).filter(|lane| !lane.is_empty()).collect()
    }
}
