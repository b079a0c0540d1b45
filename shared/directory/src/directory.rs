//! The handle of one directory: every operation that a request may ask for, in one place. Each
//! delegates to the module that does it.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;

use crate::error::Error;
use crate::id::{CredentialId, DirectoryId};
use crate::query::{self, Page, Query};
use crate::store::Store;
use crate::tenant::Tenant;

/// One directory, on behalf of one credential. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Directory {
    tenant: Tenant,
}

// In transition: until every operation stands here.
impl Deref for Directory {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

impl Directory {
    /// The directory `id` in `table`, on behalf of the credential `by`.
    #[must_use]
    pub fn open(table: &Store, id: &DirectoryId, by: &CredentialId) -> Self {
        Self { tenant: Tenant::new(table.clone(), id.clone(), by.clone()) }
    }

    /// Accepts only existing users and groups of this directory as members of a group.
    #[must_use]
    pub fn demanding_members(self) -> Self {
        Self { tenant: Tenant { members_must_exist: true, ..self.tenant } }
    }

    /// Accepts the users and groups `ids` as members, although they are yet to be created. The
    /// caller makes sure that a member that was not created does not stay.
    #[must_use]
    pub fn expecting(self, ids: HashSet<String>) -> Self {
        Self { tenant: Tenant { expected: Arc::new(ids), ..self.tenant } }
    }

    /// Lists the resources that `query` asks for, one page of them, in a stable order.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the page would have to evaluate more than 200,000 resources or take more
    /// than 20 s, except that an unsorted page by cursor is short instead; [`Error::Scim`] for a cursor that
    /// the service did not issue, that has expired, or that belongs to another query; the table's own.
    pub async fn list(&self, query: &Query) -> Result<Page, Error> {
        query::page::list(&self.tenant, query).await
    }
}
