//! Repairs. Each is one conditional write, or one transaction, on what was found: what a client has
//! changed since is left alone, and a later run repairs it. Each returns whether it was done.

use std::collections::BTreeSet;

use scim::model::resource_type::ResourceType;
use table::condition::{absent, equals, exists};
use table::item::{Key, optional_number};
use table::name::{ID, MEMBER_KEY, N, PK, USER_NAME_KEY, VERSION};
use table::transaction::{Committed, Transaction};
use table::write::{Check, Delete, Update};

use super::stale::{Stale, stale};
use crate::error::Error;
use crate::id::WriteId;
use crate::keys;
use crate::resource::index::{Entry, entry_key, release_entry};
use crate::resource::stored::Stored;
use crate::resource::transaction::{Change, commit};
use crate::tenant::Tenant;

/// Writes the missing `entry` of a resource. Takes it from `owner`, a resource that does not have
/// the value.
pub(super) async fn add_entry(
    tenant: &Tenant,
    kind: &ResourceType,
    stored: &Stored,
    entry: &Entry,
    owner: Option<&str>,
) -> Result<bool, Error> {
    let id = &stored.resource.id;
    if let Some(owner) = owner {
        let key = entry_key(tenant, kind, entry, id);
        let Some(stale) = stale(tenant, kind, &key, owner).await? else { return Ok(false) };
        if !remove_entry(tenant, kind, &key, owner, &stale).await? {
            return Ok(false);
        }
    }
    let version = stored.resource.version.attributes;
    let change = Change::reindex(tenant, kind, id, Some(version), &BTreeSet::from([entry.clone()]));
    Ok(commit(tenant, change, &WriteId::new()).await?.is_ok())
}

/// Removes the entry at `key` of the resource `id`, which does not have its value.
pub(super) async fn remove_entry(
    tenant: &Tenant,
    kind: &ResourceType,
    key: &Key,
    id: &str,
    stale: &Stale,
) -> Result<bool, Error> {
    if id.is_empty() {
        let delete = Delete::of(key.clone()).when(absent(ID));
        return Ok(tenant.table().write(delete).await?.is_done());
    }
    let change = Change::reindex(tenant, kind, id, stale.version, &BTreeSet::new());
    let change = change.with([release_entry(key.clone(), id).into()]);
    Ok(commit(tenant, change, &WriteId::new()).await?.is_ok())
}

/// Writes `key`, the key of a user's name.
pub(super) async fn set_user_name_key(
    tenant: &Tenant,
    kind: &ResourceType,
    stored: &Stored,
    key: &str,
) -> Result<bool, Error> {
    let update = Update::of(tenant.key(kind, &stored.resource.id))
        .set(USER_NAME_KEY, key)
        .when(equals(VERSION, stored.resource.version.attributes));
    Ok(tenant.table().write(update).await?.is_done())
}

/// Subtracts `excess` from the counters of `kind`. A wrong sum stays wrong by the same amount,
/// whatever clients do.
pub(super) async fn correct_counter(
    tenant: &Tenant,
    kind: &ResourceType,
    excess: i64,
) -> Result<bool, Error> {
    let key = Key::new(keys::counters(&tenant.directory), format!("{}#00", kind.name));
    let now: Option<i64> = tenant.table().get(&key).await?.and_then(|item| optional_number(&item, N));
    // Not `add`, which a retry after a lost answer would do twice. For the same reason a refused
    // write is not tried again: it may be refused because it has been done.
    let update = Update::of(key)
        .set(N, now.unwrap_or(0) - excess)
        .when(now.map_or_else(|| absent(N), |now| equals(N, now)));
    Ok(tenant.table().write(update).await?.is_done())
}

/// Sets the key by which the index of members finds a membership to `right`.
pub(super) async fn set_member_key(tenant: &Tenant, membership: &Key, right: &str) -> Result<bool, Error> {
    let update = Update::of(membership.clone()).set(MEMBER_KEY, right).when(exists(PK));
    Ok(tenant.table().write(update).await?.is_done())
}

/// Removes the membership of a member who does not exist: only if there is no item at any of
/// `possible`, where the member would be. An import may bring the member back.
pub(super) async fn remove_membership(
    tenant: &Tenant,
    membership: &Key,
    possible: &[Key],
) -> Result<bool, Error> {
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(Delete::of(membership.clone()));
    for key in possible {
        transaction.push(Check::of(key.clone()).when(absent(PK)));
    }
    Ok(matches!(tenant.table().commit(&transaction).await?, Committed::Done(_)))
}
