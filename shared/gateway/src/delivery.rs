//! Sends events to the endpoints of subscriptions, for the functions that do.

pub mod by_hand;
pub mod notify;
pub mod push;

mod event_bridge;
mod webhook;

use std::time::Duration;

use directory::subscription::advance::Outcome;
use directory::subscription::{Channel, Subscription};
use serde_json::Value;
use tokio::time::Instant;

use self::push::Tokens;
use self::webhook::unusable;
use crate::app::App;
use crate::settings::{EventBus, Reach};

/// Sends events. It is the same for all subscriptions.
#[derive(Debug, Clone)]
pub struct Sender {
    reach: Reach,
    tokens: Option<Tokens>,
    bus: Option<EventBus>,
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

impl Sent {
    /// Why the event was not delivered; `None` if it was.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Delivered => None,
            Outcome::Refused { reason, .. }
            | Outcome::Rejected { reason }
            | Outcome::Unusable { reason, .. } => Some(reason),
            Outcome::Gone => Some("the endpoint answered 410"),
        }
    }
}

impl Sender {
    /// Calls endpoints that `reach` allows, and sends neither tokens nor to EventBridge.
    #[must_use]
    pub fn new(reach: Reach) -> Self {
        Self { reach, tokens: None, bus: None }
    }

    /// The same, which also sends tokens.
    #[must_use]
    pub fn with_tokens(self, tokens: Tokens) -> Self {
        Self { tokens: Some(tokens), ..self }
    }

    /// The same, which also puts events on `bus`.
    #[must_use]
    pub fn with_bus(self, bus: Option<EventBus>) -> Self {
        Self { bus, ..self }
    }

    /// Sends as `app` is set.
    #[must_use]
    pub fn of(app: &App) -> Self {
        let tokens = Tokens::new(app.table.clone(), app.deployment.clone(), app.profiles.clone());
        Self::new(app.settings.reach).with_tokens(tokens).with_bus(app.settings.event_bus.clone())
    }

    /// Sends `event` as `subscription` says. It takes 15 seconds at most.
    pub async fn send(&self, subscription: &Subscription, event: &Value) -> Sent {
        let start = Instant::now();
        let (outcome, status) = match &subscription.channel {
            Channel::Webhook { url } => webhook::send(self.reach, url, &subscription.secrets, event).await,
            Channel::Push { url, authorization, tokens } => match &self.tokens {
                Some(maker) => {
                    let authorization = authorization.as_deref();
                    push::send(maker, self.reach, url, authorization, tokens, event).await
                }
                None => (unusable("no tokens are made here"), None),
            },
            Channel::Poll { .. } => (unusable("the receiver polls: nothing is sent to it"), None),
            Channel::EventBridge {} => match &self.bus {
                Some(bus) => event_bridge::send(bus, event).await,
                None => (unusable("the deployment has no event bus any more"), None),
            },
        };
        Sent { outcome, status, time: start.elapsed() }
    }
}
