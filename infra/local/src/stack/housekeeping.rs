//! What DynamoDB does in the background and the embedded engine only when it
//! is asked: items whose time to live has passed are deleted.

use std::time::Duration;

use dynoxide::Database;
use tokio::task::{self, JoinHandle};
use tokio::time;

/// How often. A sweep reads the whole table (about 5 ms for 1,000 items, other
/// requests taking their turn in between); DynamoDB itself promises days.
const PERIOD: Duration = Duration::from_secs(600);

/// The running task; ends when dropped.
#[derive(Debug)]
pub(super) struct Housekeeping {
    task: JoinHandle<()>,
}

impl Housekeeping {
    pub(super) fn start(database: Database) -> Self {
        let task = tokio::spawn(async move {
            loop {
                time::sleep(PERIOD).await;
                let database = database.clone();
                match task::spawn_blocking(move || database.sweep_ttl()).await {
                    Ok(Ok(expired)) => tracing::debug!(expired, "expired items deleted"),
                    Ok(Err(error)) => tracing::warn!(%error, "expired items cannot be deleted"),
                    Err(_) => return,
                }
            }
        });
        Self { task }
    }
}

impl Drop for Housekeeping {
    fn drop(&mut self) {
        self.task.abort();
    }
}
