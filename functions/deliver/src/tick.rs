//! The schedule: which subscriptions have something to do without a notification.

use std::collections::BTreeSet;

use directory::clock::seconds;
use directory::error::Error;
use directory::subscription::store::{self, Entry};
use gateway::delivery::notify::Notification;

use crate::Delivery;

/// Subscriptions of which one tick checks whether their notification was lost. With more of them, each is
/// checked now and then.
const CHECKED: usize = 50;

/// What a tick found, for alarms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// How many subscriptions are paused.
    pub paused: usize,
    /// For how many seconds the oldest event that could not be delivered has waited.
    pub delay: u64,
}

/// Notifies the subscriptions that are due, and those whose notification was lost.
///
/// # Errors
/// The table's own; [`Error::Unavailable`] when a notification cannot be sent.
pub async fn tick(delivery: &Delivery) -> Result<Report, Error> {
    let (entries, now) = (store::entries(&delivery.table).await?, seconds());
    let active = || entries.iter().filter(|entry| !entry.is_paused);
    let (due, rest): (Vec<&Entry>, Vec<&Entry>) =
        active().partition(|entry| entry.due.is_some_and(|due| due <= now));
    let checked = fastrand::choose_multiple(rest, CHECKED);
    let behind = store::behind(&delivery.table, &checked).await?;
    let notification =
        |entry: &Entry| Notification { directory: entry.directory.clone(), subscription: entry.id.clone() };
    let notifications: Vec<_> = due.into_iter().chain(behind).map(notification).collect();
    delivery.notifier.send(&notifications).await?;
    let since: BTreeSet<i64> = active().filter_map(|entry| entry.since).collect();
    Ok(Report {
        paused: entries.iter().filter(|entry| entry.is_paused).count(),
        delay: since.first().map_or(0, |since| u64::try_from(now - since).unwrap_or(0)),
    })
}
