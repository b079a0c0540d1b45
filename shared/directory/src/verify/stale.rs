//! Whether an index entry is wrong.

use scim::model::resource_type::ResourceType;
use table::item::{Item, Key, number, optional_text};
use table::name::{ID, VERSION};

use crate::error::Error;
use crate::resource::index::{entries, entry_key};
use crate::resource::stored::Stored;
use crate::tenant::Tenant;

/// How often an entry of a resource that changes all the time is read.
const LOOKS: usize = 8;

/// An entry that is wrong, and the version of the resource that does not have the value:
/// `None` when there is no resource.
pub(super) struct Stale {
    pub(super) version: Option<u64>,
}

/// Whether the resource in `item` has the value of the entry at `key`. A resource that cannot be
/// read may have it.
pub(super) fn has_entry(tenant: &Tenant, kind: &ResourceType, item: &Item, id: &str, key: &Key) -> bool {
    Stored::read(item).map_or(true, |stored| {
        entries(kind, &stored.resource.doc).iter().any(|entry| entry_key(tenant, kind, entry, id) == *key)
    })
}

/// Whether the entry at `key` exists while the resource `id` does not have its value, at one
/// version of it.
///
/// # Errors
/// The table's own.
pub(super) async fn stale(
    tenant: &Tenant,
    kind: &ResourceType,
    key: &Key,
    id: &str,
) -> Result<Option<Stale>, Error> {
    let table = tenant.table();
    let version = |item: &Option<Item>| -> Result<Option<u64>, Error> {
        item.as_ref().map(|item| Ok(number(item, VERSION)?)).transpose()
    };
    let resource = tenant.key(kind, if id.is_empty() { "-" } else { id });
    let mut item = table.get(&resource).await?;
    for _ in 0..LOOKS {
        if item.as_ref().is_some_and(|item| has_entry(tenant, kind, item, id, key)) {
            return Ok(None);
        }
        let entry = table.get(key).await?;
        if entry.is_none_or(|entry| optional_text(&entry, ID).unwrap_or_default() != id) {
            return Ok(None);
        }
        let again = table.get(&resource).await?;
        if version(&again)? == version(&item)? {
            return Ok(Some(Stale { version: version(&again)? }));
        }
        item = again;
    }
    Ok(None)
}
