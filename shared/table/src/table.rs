//! One table, reached through one client.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::TimeToLiveSpecification;

use crate::error::Error;
use crate::{definition, name};

/// How long a new table may take until it can be used.
const CREATED_WITHIN: Duration = Duration::from_secs(60);

/// One table, reached through one client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    name: Arc<str>,
}

impl Table {
    /// The table called `name`, reached as `client` is configured, except that the SDK repeats no
    /// call: this crate does ([`retry`](crate::retry)).
    #[must_use]
    pub fn new(client: Client, name: &str) -> Self {
        let config = client.config().to_builder().retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(config), name: name.into() }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Creates the table when there is none, for development and tests. Returns whether it was
    /// created.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when DynamoDB cannot be reached or refuses.
    pub async fn ensure(&self) -> Result<bool, Error> {
        match self.client.describe_table().table_name(self.name()).send().await {
            Ok(_) => return Ok(false),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {}
            Err(e) => return Err(Error::unavailable(e)),
        }
        let create = definition::create(&self.client, &self.name).map_err(Error::unavailable)?;
        match create.send().await {
            Ok(_) => {}
            // Another process was a moment earlier.
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_in_use_exception()) => {}
            Err(e) => return Err(Error::unavailable(e)),
        }
        let exists = self.client.wait_until_table_exists().table_name(self.name());
        exists.wait(CREATED_WITHIN).await.map_err(Error::unavailable)?;
        let ttl = TimeToLiveSpecification::builder()
            .enabled(true)
            .attribute_name(name::EXPIRES)
            .build()
            .map_err(Error::unavailable)?;
        let enable = self.client.update_time_to_live().table_name(self.name());
        enable.time_to_live_specification(ttl).send().await.map_err(Error::unavailable)?;
        Ok(true)
    }
}
