//! Reading one resource by its id.

use scim::model::resource_type::ResourceType;

use crate::error::Error;
use crate::id::is_resource_id;
use crate::resource::stored::{Resource, Stored};
use crate::tenant::{Tenant, Wants};

impl Tenant {
    /// The resource `id`, as of now.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::TooMany`] when it has more members than an answer
    /// can hold; the table's own.
    pub async fn get(&self, kind: &ResourceType, id: &str, wants: Wants) -> Result<Resource, Error> {
        let stored = self.stored(kind, id).await?;
        self.complete(kind, stored, wants).await
    }

    /// The resource `id` without its members and groups.
    pub(crate) async fn stored(&self, kind: &ResourceType, id: &str) -> Result<Stored, Error> {
        // What we cannot have given as an id needs no read, and may not fit a key.
        if !is_resource_id(id) {
            return Err(Error::NotFound);
        }
        let item = self.store.read(&self.key(kind, id)).await?.ok_or(Error::NotFound)?;
        Stored::read(&item)
    }
}

/// `None` for what is not there.
///
/// # Errors
/// Every other one.
pub(crate) fn found<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}
