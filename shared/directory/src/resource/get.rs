//! Reading one resource by its id.

use scim::model::resource_type::ResourceType;

use super::stored::Stored;
use crate::error::Error;
use crate::id::is_resource_id;
use crate::recent::RecentList;
use crate::tenant::Tenant;

/// The resource `id` without its members and groups; `None` when there is none.
///
/// # Errors
/// [`Error::Throttled`]; [`Error::Unavailable`], also when it cannot be read.
pub(crate) async fn find(tenant: &Tenant, kind: &ResourceType, id: &str) -> Result<Option<Stored>, Error> {
    // An id that Rollcall did not issue needs no read, and may not fit a key.
    if !is_resource_id(id) {
        return Ok(None);
    }
    let item = tenant.table().get(&tenant.key(kind, id)).await?;
    let stored = item.as_ref().map(Stored::read).transpose()?;
    if let Some(stored) = &stored {
        remember(tenant, stored);
    }
    Ok(stored)
}

/// Remembers the member list of `stored`, if it is a group.
pub(crate) fn remember(tenant: &Tenant, stored: &Stored) {
    let Stored { resource, list, size, .. } = stored;
    if let (Some(version), Some(changes)) = (list.clone(), resource.version.members) {
        let list = RecentList { version, changes, size: *size };
        tenant.remember(&resource.id, list);
    }
}

/// The resource `id` without its members and groups.
///
/// # Errors
/// [`Error::NotFound`]; those of [`find`].
pub(crate) async fn read(tenant: &Tenant, kind: &ResourceType, id: &str) -> Result<Stored, Error> {
    find(tenant, kind, id).await?.ok_or(Error::NotFound)
}
