//! What one request may read to find its page.

use std::time::Duration;

use scim::model::resource_type::ResourceType;

use super::query::{Allowance, FREE, Query};
use super::slot::{self, Slot};
use crate::clock::Moment;
use crate::error::Error;
use crate::tenant::Tenant;

/// How long one request may search: well inside the 30 s of API Gateway.
pub(super) const LONGEST: Duration = Duration::from_millis(slot::SEARCH);

/// What a request has used up, in all its attempts.
pub(super) struct Budget {
    tenant: Tenant,
    started: Moment,
    max_candidates: usize,
    candidates: usize,
    /// Candidates that may be evaluated without a slot.
    free: usize,
    allowance: Allowance,
    slot: Option<Slot>,
    /// Whether this attempt has read anything. Every attempt may read one batch: a page that ended before
    /// its first candidate would have no position to continue after.
    has_read: bool,
}

impl Budget {
    pub(super) fn new(tenant: &Tenant, query: &Query) -> Self {
        Self {
            tenant: tenant.clone(),
            started: Moment::now(),
            max_candidates: query.max_candidates,
            candidates: 0,
            free: FREE.saturating_add(usize::try_from(query.count).unwrap_or(usize::MAX)),
            allowance: query.allowance,
            slot: None,
            has_read: false,
        }
    }

    /// The next attempt begins.
    pub(super) fn next_attempt(&mut self) {
        self.has_read = false;
    }

    /// Makes sure that a further batch of `kind` may be read, and takes a slot when that needs one.
    ///
    /// # Errors
    /// [`Error::Costly`] when none is free, or the directory has used up its rate; the table's own.
    pub(super) async fn admit(&mut self, kind: &ResourceType) -> Result<(), Error> {
        if self.candidates < self.free || self.slot.is_some() || self.allowance == Allowance::Unlimited {
            return Ok(());
        }
        let (why, after_seconds) = match self.allowance {
            Allowance::Spent(seconds) => ("the directory has used up its rate", seconds),
            _ => match slot::take(&self.tenant).await? {
                Ok(slot) => {
                    self.slot = Some(slot);
                    return Ok(());
                }
                Err(seconds) => ("other such requests of the directory are running", seconds),
            },
        };
        let detail = format!(
            "evaluates more than {} resources, and {why}: wait as `Retry-After` says, or compare one of the indexed \
             attributes ({}) or `id` with `eq` or `sw`",
            self.free,
            kind.indexed().join(", ")
        );
        Err(Error::Costly { detail, after_seconds })
    }

    /// The request ends.
    pub(super) async fn end(self) {
        if let Some(slot) = self.slot {
            slot.give_back(&self.tenant).await;
        }
    }

    /// How many of `wanted` items may still be read; at least one. Without a slot these are few: of many
    /// queries at once, most are refused after their first batch.
    pub(super) fn limit(&self, wanted: Option<i32>) -> Option<i32> {
        let needs_slot = self.slot.is_none() && self.allowance != Allowance::Unlimited;
        let most = if needs_slot { self.free.min(self.max_candidates) } else { self.max_candidates };
        let left = most.saturating_sub(self.candidates);
        let left = i32::try_from(left).unwrap_or(i32::MAX).max(1);
        Some(wanted.map_or(left, |wanted| wanted.min(left)))
    }

    /// Adds what has been read.
    pub(super) fn add(&mut self, items: usize) {
        self.candidates += items;
        self.has_read |= items > 0;
    }

    /// Whether no further batch may be read.
    pub(super) fn is_used_up(&self) -> bool {
        self.has_read && (self.candidates >= self.max_candidates || self.is_late())
    }

    /// Whether the time is used up.
    pub(super) fn is_late(&self) -> bool {
        self.started.elapsed(Moment::now()) > LONGEST
    }
}
