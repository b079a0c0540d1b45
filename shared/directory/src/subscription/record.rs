//! The record of one subscription.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use super::secret::SigningSecret;
use super::tokens::TokenStream;
use crate::clock;
use crate::id::InvalidId;
use crate::keys::SUBSCRIPTION;

/// The longest id, in characters.
const LONGEST: usize = 40;
/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// The id of a subscription: `sub_` and letters and digits. Ids are in the order of creation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriptionId(String);

/// Where the events of a directory are sent, and how far that has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// What people call it.
    pub label: String,
    /// Where events go.
    pub channel: Channel,
    /// The types of events that are sent; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// What requests are signed with. There may be several, so that one can replace another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SigningSecret>,
    /// Whether events are sent.
    pub state: State,
    /// Every event up to this sequence number is delivered, is a dead letter, or is in `open`.
    pub cursor: u64,
    /// Events up to the cursor that are not delivered yet, by sequence number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub open: BTreeMap<u64, Open>,
    /// How often in a row the endpoint could not be used.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attempt: u32,
    /// Since when the endpoint cannot be used, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<i64>,
    /// Why an event could not be delivered the last time, in the words of this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<LastError>,
    /// When there is something to do even without a new event, in seconds since 1970. While `attempt` is
    /// not 0, nothing is sent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<i64>,
    /// When it was created, RFC 3339.
    pub created: String,
    /// How often the record was written.
    pub revision: u64,
}

/// Why an event could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastError {
    /// When, in seconds since 1970.
    pub at: i64,
    /// Why.
    pub reason: String,
}

/// Where events go.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Channel {
    /// An HTTP endpoint that takes one event per request, with the headers of Standard Webhooks.
    Webhook {
        /// The address of the endpoint.
        url: String,
    },
    /// An HTTP endpoint that takes one security event token per request (RFC 8935).
    Push {
        /// The address of the endpoint.
        url: String,
        /// The header `Authorization` of the requests. It is never shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authorization: Option<String>,
        /// What the tokens have in common.
        #[serde(default)]
        tokens: TokenStream,
    },
    /// A receiver that polls for security event tokens (RFC 8936): nothing is sent.
    Poll {
        /// What the tokens have in common.
        #[serde(default)]
        tokens: TokenStream,
    },
    /// The deployment's bus of Amazon EventBridge.
    EventBridge {},
}

/// Only the kind: addresses and headers may hold secrets.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Webhook { .. } => "Webhook",
            Self::Push { .. } => "Push",
            Self::Poll { .. } => "Poll",
            Self::EventBridge {} => "EventBridge",
        })
    }
}

impl Channel {
    /// Whether events are sent, and not fetched.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        !matches!(self, Self::Poll { .. })
    }

    /// Whether events are reported by security event tokens.
    #[must_use]
    pub fn has_tokens(&self) -> bool {
        matches!(self, Self::Push { .. } | Self::Poll { .. })
    }

    /// The same without what is never shown.
    #[must_use]
    pub fn shown(&self) -> Self {
        match self.clone() {
            Self::Push { url, tokens, .. } => Self::Push { url, authorization: None, tokens },
            other => other,
        }
    }
}

/// Whether events are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "camelCase")]
pub enum State {
    /// They are sent.
    Active,
    /// They wait in the log.
    Paused {
        /// Why.
        reason: String,
        /// Since when, in seconds since 1970.
        since: i64,
    },
}

/// An event that is not delivered yet, although later ones are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// How often the endpoint refused it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refused: u32,
    /// It is not sent before this time, in seconds since 1970.
    #[serde(default, skip_serializing_if = "is_past")]
    pub after: i64,
    /// Since when it is open, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
}

/// The first characters of `reason`, which a receiver may have written: enough to read, and always small
/// enough for an item.
pub(super) fn shortened(reason: &str) -> String {
    reason.chars().take(LONGEST_REASON).collect()
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_past(time: &i64) -> bool {
    *time == 0
}

impl Subscription {
    /// A subscription created now, to events after the sequence number `cursor`.
    #[must_use]
    pub fn new(label: &str, channel: Channel, cursor: u64) -> Self {
        Self {
            id: SubscriptionId(format!("{SUBSCRIPTION}{}", Uuid::now_v7().simple())),
            label: label.to_owned(),
            channel,
            types: Vec::new(),
            secrets: Vec::new(),
            state: State::Active,
            cursor,
            open: BTreeMap::new(),
            attempt: 0,
            failing_since: None,
            last_error: None,
            due: None,
            created: clock::now(),
            revision: 0,
        }
    }

    /// Whether events of the type `kind` are sent.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|wanted| wanted == kind)
    }

    /// Whether a run at `now`, in seconds since 1970, may send something.
    #[must_use]
    pub fn may_send(&self, now: i64) -> bool {
        self.channel.is_sent()
            && self.state == State::Active
            && (self.attempt == 0 || self.due.is_none_or(|due| due <= now))
    }

    /// Since when something could not be delivered, in seconds since 1970: the endpoint cannot be used, or an
    /// event is open.
    #[must_use]
    pub fn behind_since(&self) -> Option<i64> {
        self.open.values().filter_map(|open| open.since).chain(self.failing_since).min()
    }

    /// Pauses it: events wait in the log.
    pub fn pause(&mut self, reason: &str, now: i64) {
        self.state = State::Paused { reason: shortened(reason), since: now };
        self.due = None;
    }

    /// Sends events again from `now` on, also after a failure.
    pub fn resume(&mut self, now: i64) {
        self.state = State::Active;
        (self.attempt, self.failing_since) = (0, None);
        self.open.values_mut().for_each(|open| open.after = 0);
        self.due = Some(now);
    }

    /// Sends the events after the sequence number `cursor` again, from `now` on. No event is skipped that is
    /// not delivered yet.
    pub fn recover(&mut self, cursor: u64, now: i64) {
        self.cursor = self.cursor.min(cursor);
        // Later ones are read from the log again.
        let cursor = self.cursor;
        self.open.retain(|sequence, _| *sequence <= cursor);
        if self.state == State::Active {
            self.resume(now);
        }
    }
}

impl FromStr for SubscriptionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let rest = text.strip_prefix(SUBSCRIPTION).filter(|rest| !rest.is_empty()).ok_or(InvalidId)?;
        let plain = rest.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if plain && text.len() <= LONGEST { Ok(Self(text.to_owned())) } else { Err(InvalidId) }
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for SubscriptionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SubscriptionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_skips_nothing_that_is_not_delivered() {
        let mut of = Subscription::new("x", Channel::Poll { tokens: TokenStream::default() }, 100);
        of.open = [5, 70].map(|sequence| (sequence, Open::default())).into();
        of.recover(50, 7);
        assert_eq!((of.cursor, of.open.keys().copied().collect::<Vec<_>>()), (50, vec![5]));
        of.recover(80, 7);
        assert_eq!((of.cursor, of.open.len(), of.due), (50, 1, Some(7)));
    }
    #[test]
    fn a_log_shows_no_secret_of_a_channel() {
        let (url, secret) = ("https://ex.io/?key=hidden".to_owned(), "Bearer hidden".to_owned());
        let push = Channel::Push { url, authorization: Some(secret), tokens: TokenStream::default() };
        let shown = format!("{:?}", Subscription::new("x", push, 0));
        assert!(shown.contains("Push") && !shown.contains("hidden"), "{shown}");
    }
}
