//! Reading the log.

use serde_json::Value;
use table::Table;
use table::item::text;
use table::name::{EVENT, EVENT_TYPE};
use table::query::Range;

use super::log::Head;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// Some events of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The events, as JSON objects, in order.
    pub events: Vec<Value>,
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
    Ok(Head::read(table, directory).await?.sequence)
}

/// Up to `limit` events of `directory` after the sequence number `after`; of the types that `wants`
/// accepts. A page may end early, and then has more.
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
    let from = keys::event(directory, after.saturating_add(1)).sk;
    // Sequence numbers are digits, and the head sorts after them.
    let range = Range::Between(from, ":".to_owned());
    let mut pages = table.range(&keys::log(directory), range);
    let page = pages.next(Some(i32::from(limit))).await?.unwrap_or_default();
    let mut next = after;
    let mut events = Vec::new();
    for item in &page {
        next = text(item, table::name::SK)?.parse().map_err(|_| Error::corrupt(EVENT))?;
        if wants(text(item, EVENT_TYPE)?) {
            events.push(serde_json::from_str(text(item, EVENT)?).map_err(|_| Error::corrupt(EVENT))?);
        }
    }
    Ok(Page { events, next, has_more: pages.has_more() })
}
