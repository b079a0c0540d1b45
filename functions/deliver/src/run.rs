//! A run for one subscription.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use directory::clock::seconds;
use directory::error::Error;
use directory::subscription::advance::Outcome;
use directory::subscription::batch::{self, Batch, Pending};
use directory::subscription::{Subscription, store};
use futures_util::{FutureExt, StreamExt, stream};
use gateway::delivery::notify::Notification;

use crate::Delivery;

/// Events that are sent at the same time, each about something else.
const LANES: usize = 8;

/// By which clock a run waits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    /// By how many seconds it is ahead of the system's clock: 0 except in tests.
    pub ahead: i64,
}

impl Clock {
    /// Now, in seconds since 1970.
    fn now(self) -> i64 {
        seconds() + self.ahead
    }
}

/// Sends what the subscription of `notification` has to send, for about `time`. Returns whether there is
/// more that can be sent now.
///
/// # Errors
/// The table's own. Events that were sent since the record was last saved are sent again later.
pub async fn run(
    delivery: &Delivery,
    notification: &Notification,
    clock: Clock,
    time: Duration,
) -> Result<bool, Error> {
    let Delivery { table, .. } = delivery;
    let Notification { directory, subscription: id } = notification;
    let end = Instant::now() + time;
    let mut stored = store::read(table, directory, id).await?;
    while let Some(before) = stored.filter(|subscription| subscription.may_send(clock.now())) {
        if Instant::now() >= end {
            return Ok(true);
        }
        let batch = batch::next(table, directory, &before).await?;
        let outcomes = send(delivery, &before, &batch, clock.now(), end).await;
        let mut after = before.clone();
        let dead = after.advance(&batch, &outcomes, clock.now());
        let is_idle = outcomes.is_empty() && batch.through == before.cursor && dead.is_empty();
        if is_idle && after.due == before.due {
            return Ok(false);
        }
        let more = batch.has_more || after.due.is_some_and(|due| due <= clock.now());
        stored = match store::save(table, directory, &before, after, &dead).await? {
            Some(_) if !more => return Ok(false),
            Some(saved) => Some(saved),
            // It was changed meanwhile, or another run is faster: what was sent may be sent again.
            None => store::read(table, directory, id).await?,
        };
    }
    Ok(false)
}

/// Sends the events of `batch` that may be sent at `now`: those about the same one after another, others
/// at the same time. Stops at `end`, and when the endpoint cannot be used.
async fn send(
    delivery: &Delivery,
    subscription: &Subscription,
    batch: &Batch,
    now: i64,
    end: Instant,
) -> BTreeMap<u64, Outcome> {
    let stop = AtomicBool::new(false);
    let lanes = batch.lanes(now);
    let lanes: Vec<_> =
        lanes.into_iter().map(|lane| send_lane(delivery, subscription, lane, &stop, end).boxed()).collect();
    let outcomes: Vec<_> = stream::iter(lanes).buffer_unordered(LANES).collect().await;
    outcomes.into_iter().flatten().collect()
}

async fn send_lane(
    delivery: &Delivery,
    subscription: &Subscription,
    lane: Vec<&Pending>,
    stop: &AtomicBool,
    end: Instant,
) -> Vec<(u64, Outcome)> {
    let mut outcomes = Vec::new();
    for pending in lane {
        if stop.load(Ordering::Relaxed) || Instant::now() >= end {
            break;
        }
        let outcome = delivery.sender.send(subscription, &pending.event).await.outcome;
        let is_refused = matches!(outcome, Outcome::Refused { .. });
        let is_delivered = outcome == Outcome::Delivered;
        stop.fetch_or(!is_delivered && !is_refused, Ordering::Relaxed);
        outcomes.push((pending.sequence, outcome));
        if !is_delivered {
            break;
        }
    }
    outcomes
}
