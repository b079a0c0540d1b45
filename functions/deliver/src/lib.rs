//! Sends the events of directories to the endpoints of their subscriptions.
//!
//! A [notification](gateway::delivery::notify) says that a subscription has something to do; [`handle`]
//! does it. Once a minute the schedule calls [`tick()`], which notifies the subscriptions that are due, and
//! those whose notification was lost. What is to be sent, and what follows from the results, is in
//! [`directory::subscription`].

mod run;
mod tick;

use std::collections::HashSet;
use std::time::Duration;

use directory::Table;
use directory::error::Error;
use futures_util::future::join_all;
use gateway::delivery::Sender;
use gateway::delivery::notify::{Notification, Notifier};

pub use run::{Clock, run};
pub use tick::{Report, tick};

/// What runs need.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The table.
    pub table: Table,
    /// Sends events.
    pub sender: Sender,
    /// Where notifications go.
    pub notifier: Notifier,
}

/// Works for the subscriptions of `notifications` for about `time`. Those that have more to do are
/// notified again.
///
/// # Errors
/// The table's own; [`Error::Unavailable`] when a notification cannot be sent.
pub async fn handle(
    delivery: &Delivery,
    notifications: impl IntoIterator<Item = Notification>,
    time: Duration,
) -> Result<(), Error> {
    let different: HashSet<Notification> = notifications.into_iter().collect();
    // All of them end, also when one fails: a request that is cut off would be sent again.
    let runs = join_all(different.iter().map(|notification| one(delivery, notification, time))).await;
    runs.into_iter().collect()
}

async fn one(delivery: &Delivery, notification: &Notification, time: Duration) -> Result<(), Error> {
    if run(delivery, notification, Clock::default(), time).await? {
        delivery.notifier.send(std::slice::from_ref(notification)).await?;
    }
    Ok(())
}
