//! Deleting a resource (RFC 7644 §3.6).

use scim::model::resource_type::ResourceType;
use table::condition::equals;
use table::name::{MEMBERS_VERSION, VERSION};
use table::retry::Attempts;
use table::write::Delete;

use super::index::entries;
use super::stored::Stored;
use super::transaction::{Change, commit};
use super::update::ChangeOptions;
use super::{get, prefetch};
use crate::error::Error;
use crate::id::WriteId;
use crate::tenant::Tenant;

/// Deletes the resource `id`, its index entries and its count in one transaction.
///
/// # Errors
/// [`Error::NotFound`], [`Error::PreconditionFailed`], [`Error::Excluded`], [`Error::Busy`],
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn delete(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    options: ChangeOptions,
) -> Result<(), Error> {
    let ChangeOptions { preconditions, prefetched, .. } = options;
    let mut stored = prefetch::read(tenant, kind, id, prefetched).await?;
    let mut write = WriteId::new();
    let mut attempts = Attempts::default();
    loop {
        preconditions.check(&stored.resource)?;
        let change = removal(tenant, kind, &stored, preconditions.names_versions());
        match commit(tenant, change, &write).await? {
            Ok(_) => return Ok(()),
            // DynamoDB carries out a repeated transaction once and reports success again. So a
            // resource that is gone was deleted by another request.
            Err(refusal) => stored = refusal.current()?,
        }
        write.advance();
        if !attempts.at_once().await? {
            stored = get::read(tenant, kind, id).await?;
        }
    }
}

/// `of_members`: refused as well when the members have changed.
fn removal(tenant: &Tenant, kind: &ResourceType, stored: &Stored, of_members: bool) -> Change {
    let resource = &stored.resource;
    let mut delete =
        Delete::of(tenant.key(kind, &resource.id)).when(equals(VERSION, resource.version.attributes));
    if let (true, Some(members)) = (of_members, resource.version.members) {
        delete = delete.when(equals(MEMBERS_VERSION, members));
    }
    Change::delete(tenant, kind, &resource.id, delete, &entries(kind, &resource.doc))
}
