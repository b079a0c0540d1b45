//! What one request may read to find its page.

use std::time::Duration;

use crate::clock::Moment;

/// How long one request may search: well inside the 30 s of API Gateway.
pub(super) const LONGEST: Duration = Duration::from_secs(20);

/// What a request has used up, in all its attempts.
pub(super) struct Budget {
    started: Moment,
    max_candidates: usize,
    candidates: usize,
    /// Whether this attempt has read anything. Every attempt may read one batch: a page that ended before
    /// its first candidate would have no position to continue after.
    has_read: bool,
}

impl Budget {
    pub(super) fn new(max_candidates: usize) -> Self {
        Self { started: Moment::now(), max_candidates, candidates: 0, has_read: false }
    }

    /// The next attempt begins.
    pub(super) fn next_attempt(&mut self) {
        self.has_read = false;
    }

    /// How many of `wanted` items may still be read; at least one.
    pub(super) fn limit(&self, wanted: Option<i32>) -> Option<i32> {
        let left = self.max_candidates.saturating_sub(self.candidates);
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
