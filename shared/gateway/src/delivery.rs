//! Sends events to the endpoints of subscriptions, for the functions that do.

pub mod notify;

mod webhook;

use std::time::Duration;

use directory::subscription::advance::Outcome;
use directory::subscription::{Channel, Subscription};
use serde_json::Value;
use tokio::time::Instant;

use crate::settings::Reach;

/// Sends events. It is the same for all subscriptions.
#[derive(Debug, Clone)]
pub struct Sender {
    reach: Reach,
}

/// What became of one event that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What it means for the subscription.
    pub outcome: Outcome,
    /// The status of the response, if there was one.
    pub status: Option<u16>,
    /// How long it took.
    pub time: Duration,
}

impl Sender {
    /// Calls endpoints that `reach` allows.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        Self { reach }
    }

    /// Sends `event` as `subscription` says. It takes 15 seconds at most.
    pub async fn send(&self, subscription: &Subscription, event: &Value) -> Sent {
        let start = Instant::now();
        let (outcome, status) = match &subscription.channel {
            Channel::Webhook { url } => webhook::send(self.reach, url, &subscription.secrets, event).await,
        };
        Sent { outcome, status, time: start.elapsed() }
    }
}
