//! How long one run works on one directory, and how long a change of its record takes to settle.

use std::time::Duration;

use crate::clock::seconds;

/// How long after the record has changed every instance has read it, and has ended the requests that
/// it began before, in seconds: a record is believed for 30, and a request may take 30.
pub const SETTLE: i64 = 60;

/// One run's part of a long job.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// How long instances may act on an old record, in seconds.
    pub settle: i64,
    /// How long to work, about.
    pub time: Duration,
}

impl Slice {
    /// 20 seconds, where other instances serve the directory.
    #[must_use]
    pub fn new() -> Self {
        Self { settle: SETTLE, time: Duration::from_secs(20) }
    }

    /// 20 seconds, where no other instance serves the directory: nothing has to settle.
    #[must_use]
    pub fn alone() -> Self {
        Self { settle: 0, ..Self::new() }
    }

    /// Whether every instance knows a record that changed at `since`.
    pub(crate) fn is_settled(&self, since: i64) -> bool {
        seconds() >= since.saturating_add(self.settle)
    }
}

impl Default for Slice {
    fn default() -> Self {
        Self::new()
    }
}
