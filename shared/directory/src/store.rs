//! The table behind a client: the few kinds of call that everything else is made of.
//!
//! Errors are mapped here, where the call is made; what a refused condition means is
//! for the caller to say.

mod read;
mod write;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::types::TimeToLiveSpecification;

use crate::error::{Error, fault};
use crate::id::{CredentialId, DirectoryId};
use crate::scope::Scope;
use crate::table::{definition, name};

pub(crate) use read::{Batch, Pages};
pub(crate) use write::{Change, Written};

/// One table, reached through one client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: Arc<str>,
}

impl Store {
    /// The table called `table`, reached through `client`.
    #[must_use]
    pub fn new(client: Client, table: &str) -> Self {
        Self { client, table: table.into() }
    }

    /// One directory of the table, on behalf of one of its credentials.
    #[must_use]
    pub fn scope(&self, directory: &DirectoryId, by: &CredentialId) -> Scope {
        Scope::new(self.clone(), directory.clone(), by.clone())
    }

    /// Creates the table when there is none, for development and tests. Returns whether
    /// it was created.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when DynamoDB cannot be reached or refuses.
    pub async fn ensure_table(&self) -> Result<bool, Error> {
        let unusable = |e: Box<dyn std::error::Error + Send + Sync>| Error::Unavailable(e);
        match self.client.describe_table().table_name(&*self.table).send().await {
            Ok(_) => return Ok(false),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {}
            Err(e) => return Err(fault(e)),
        }
        let create = definition::create(&self.client, &self.table).map_err(|e| unusable(e.into()))?;
        match create.send().await {
            Ok(_) => {}
            // Another process was a moment earlier.
            Err(e) if e.as_service_error().is_some_and(|e| e.is_resource_in_use_exception()) => {}
            Err(e) => return Err(fault(e)),
        }
        self.client
            .wait_until_table_exists()
            .table_name(&*self.table)
            .wait(std::time::Duration::from_secs(60))
            .await
            .map_err(|e| unusable(e.into()))?;
        let ttl = TimeToLiveSpecification::builder()
            .enabled(true)
            .attribute_name(name::EXPIRES)
            .build()
            .map_err(|e| unusable(e.into()))?;
        let enable =
            self.client.update_time_to_live().table_name(&*self.table).time_to_live_specification(ttl);
        enable.send().await.map_err(fault)?;
        Ok(true)
    }
}
