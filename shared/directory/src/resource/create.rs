//! Creating a resource (RFC 7644 §3.3).

use scim::model::resource_type::ResourceType;
use table::name::{BY, CREATED, DOC, LAST_MODIFIED, USER_NAME_KEY, VERSION, WRITE};
use table::write::{Put, Write};

use super::content::Content;
use super::index::user_name_key;
use super::transaction::{Change, Outcome, Refusal, commit};
use crate::id::WriteId;
use crate::tenant::Tenant;

/// When and by which write a resource is created.
#[derive(Debug)]
pub(crate) struct Created<'a> {
    /// RFC 3339 in UTC.
    pub(crate) created: &'a str,
    /// RFC 3339 in UTC.
    pub(crate) last_modified: &'a str,
    pub(crate) write: &'a WriteId,
}

/// The item of the new resource `id`. The caller adds the other attributes of a group.
pub(crate) fn item(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    content: &Content,
    created: &Created<'_>,
) -> Put {
    let item = Put::of(tenant.key(kind, id))
        .set(DOC, &content.text)
        .set(VERSION, 1)
        .set(CREATED, created.created)
        .set(LAST_MODIFIED, created.last_modified)
        .set(BY, tenant.by.to_string())
        .set(WRITE, created.write.token());
    match user_name_key(&content.entries) {
        Some(key) => item.set(USER_NAME_KEY, key),
        None => item,
    }
}

/// Creates the resource `id` from `item`, with its index entries, its count and `others` in one transaction.
/// The id is new, so that an item with this id can only come from an attempt of this call whose
/// answer was lost.
///
/// # Errors
/// [`Error::Busy`](crate::error::Error::Busy), [`Error::Throttled`](crate::error::Error::Throttled),
/// [`Error::Unavailable`](crate::error::Error::Unavailable): it may have been created.
pub(crate) async fn create(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    item: Put,
    content: &Content,
    others: Vec<Write>,
    write: &WriteId,
) -> Outcome<()> {
    let change = Change::create(tenant, kind, id, item, &content.entries).with(others);
    Ok(match commit(tenant, change, write).await? {
        Ok(_) | Err(Refusal::Exists(_)) => Ok(()),
        Err(refusal) => Err(refusal),
    })
}
