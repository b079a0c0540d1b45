//! `functions/changes` as the feed's consumer.

use std::sync::Arc;

use aws_lambda_events::event::dynamodb::Event;
use cli::error::chain;
use directory::Table;
use gateway::delivery::notify::Notifier;
use scim::profile::Profiles;
use serde_json::Value;

use crate::feed::{Consumer, RUN};

/// `functions/changes` on one table.
pub(super) struct Changes {
    table: Table,
    profiles: Arc<Profiles>,
    notifier: Notifier,
}

impl Changes {
    pub(super) fn new(table: Table, profiles: Arc<Profiles>, notifier: Notifier) -> Self {
        Self { table, profiles, notifier }
    }
}

impl Consumer for Changes {
    async fn handle(&self, event: Event) -> Option<String> {
        let answer = changes::handle(&self.table, &self.notifier, event).await;
        // Lambda's partial batch response.
        answer.pointer("/batchItemFailures/0/itemIdentifier").and_then(Value::as_str).map(str::to_owned)
    }

    async fn tick(&self) -> Result<(), String> {
        changes::tick(&self.table, &self.profiles, RUN).await.map(drop).map_err(|error| chain(&error))
    }
}
