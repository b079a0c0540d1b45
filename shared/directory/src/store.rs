//! In transition: the untyped calls. New code uses [`table::Table`], which [`Store`] derefs to.

mod read;
mod write;

use std::ops::Deref;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use table::Table;

pub(crate) use read::Pages;
pub(crate) use write::{Change, Written};

/// One table, reached through one client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: Arc<str>,
    typed: Table,
}

impl Deref for Store {
    type Target = Table;

    fn deref(&self) -> &Table {
        &self.typed
    }
}

impl Store {
    /// The table called `table`, reached through `client`.
    #[must_use]
    pub fn new(client: Client, table: &str) -> Self {
        Self { typed: Table::new(client.clone(), table), client, table: table.into() }
    }

    // In transition: until every module reads records itself.
    pub(crate) async fn directory(
        &self,
        id: &crate::id::DirectoryId,
    ) -> Result<Option<crate::registry::record::DirectoryRecord>, crate::error::Error> {
        crate::registry::record::read(self, id).await
    }
}
