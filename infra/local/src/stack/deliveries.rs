//! `functions/deliver` as a task: what AWS does with a FIFO queue and a schedule.

use std::collections::HashMap;
use std::time::Duration;

use cli::error::chain;
use deliver::Delivery;
use directory::Table;
use gateway::delivery::Sender;
use gateway::delivery::notify::{Notification, Notifier};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::interval;

/// How often the function's tick is called; AWS's schedule has a minute.
const TICK: Duration = Duration::from_secs(1);
/// How long a run works.
const RUN: Duration = Duration::from_secs(45);

/// The running task; ends when dropped. What it was sending is sent again after the next start.
#[derive(Debug)]
pub(super) struct Deliveries {
    notifier: Notifier,
    task: JoinHandle<()>,
}

impl Deliveries {
    pub(super) fn start(table: Table, sender: Sender) -> Self {
        let (queue, notifications) = unbounded_channel();
        let notifier = Notifier::Task(queue);
        let delivery = Delivery { table, sender, notifier: notifier.clone() };
        Self { notifier, task: tokio::spawn(work(delivery, notifications)) }
    }

    /// Where notifications go.
    pub(super) fn notifier(&self) -> Notifier {
        self.notifier.clone()
    }
}

impl Drop for Deliveries {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Runs for each notification, one at a time for each subscription.
async fn work(delivery: Delivery, mut notifications: UnboundedReceiver<Notification>) {
    let mut runs = JoinSet::new();
    // Those that run, and whether they were notified again meanwhile.
    let mut running: HashMap<Notification, bool> = HashMap::new();
    let mut ticks = interval(TICK);
    loop {
        let next = tokio::select! {
            Some(notification) = notifications.recv() => Some(notification),
            Some(ended) = runs.join_next() => match ended {
                Ok(notification) => running.remove(&notification).filter(|again| *again).map(|_| notification),
                Err(_) => {
                    // A run that panicked. Which one is not known; that another one runs twice does no harm.
                    running.clear();
                    None
                }
            },
            _ = ticks.tick() => {
                if let Err(error) = deliver::tick(&delivery).await {
                    tracing::warn!(error = chain(&error), "subscriptions cannot be read; trying again");
                }
                None
            }
        };
        let Some(notification) = next else { continue };
        if let Some(again) = running.get_mut(&notification) {
            *again = true;
            continue;
        }
        running.insert(notification.clone(), false);
        let delivery = delivery.clone();
        runs.spawn(async move {
            if let Err(error) = deliver::handle(&delivery, [notification.clone()], RUN).await {
                tracing::warn!(error = chain(&error), "events cannot be delivered; trying again");
            }
            notification
        });
    }
}
