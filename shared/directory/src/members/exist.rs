//! Whether members exist. RFC 7644 does not demand it, and a member may be out of a client's
//! scope; so it is checked only where the profile says so.

use scim::error::{Error as ScimError, Kind};
use table::item::Key;

use crate::error::Error;
use crate::id::is_resource_id;
use crate::keys;
use crate::tenant::Tenant;

/// The types that can be members (RFC 7643 §4.2).
const TYPES: [&str; 2] = ["User", "Group"];
/// Ids that an error names.
const SHOWN: usize = 3;

/// Whether a user or group has the id `id`.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn exists(tenant: &Tenant, id: &str) -> Result<bool, Error> {
    // One by one: the function that calls this may not read many items at once, and has time.
    for kind in TYPES {
        let key = Key::new(keys::resources(&tenant.directory, kind), id);
        if tenant.table().get(&key).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Checks that all `ids` are users or groups, where the directory demands it. Those that are
/// expected count as existing.
///
/// # Errors
/// `invalidValue` naming some that are not; [`Error::Throttled`], [`Error::Busy`],
/// [`Error::Unavailable`].
pub(crate) async fn check(tenant: &Tenant, ids: impl Iterator<Item = &str>) -> Result<(), Error> {
    if !tenant.members_must_exist {
        return Ok(());
    }
    let ids: Vec<&str> = ids.filter(|id| !tenant.expected.contains(*id)).collect();
    let key = |kind: &str, id: &str| Key::new(keys::resources(&tenant.directory, kind), id);
    let possible = ids.iter().filter(|id| is_resource_id(id));
    let keys = possible.flat_map(|id| TYPES.map(|kind| key(kind, id))).collect();
    let found = tenant.table().get_many(keys).await?;
    let missing = ids.iter().filter(|id| !TYPES.iter().any(|kind| found.contains_key(&key(kind, id))));
    let missing: Vec<&&str> = missing.collect();
    if missing.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = missing.iter().take(SHOWN).map(|id| format!("`{id}`")).collect();
    let more = missing.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let detail = format!("no user or group has the id {}{more}: create the members first", shown.join(", "));
    Err(ScimError::new(Kind::InvalidValue, detail).into())
}
