//! What the callers of the embedded DynamoDB do, for the feed: it starts at a write, and lets
//! requests go first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// Counts the calls, and wakes who waits for a write.
#[derive(Clone, Debug, Default)]
pub struct Activity(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    calls: AtomicU64,
    written: Notify,
}

impl Activity {
    /// Notes a call that has ended.
    pub(super) fn note(&self, operation: &str) {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
        if ["Put", "Update", "Delete", "BatchWrite", "TransactWrite"]
            .iter()
            .any(|verb| operation.starts_with(verb))
        {
            self.0.written.notify_one();
        }
    }

    /// How many calls have ended.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.0.calls.load(Ordering::Relaxed)
    }

    /// Waits for a write. Returns at once if there was one since the last wait.
    pub async fn written(&self) {
        self.0.written.notified().await;
    }
}
