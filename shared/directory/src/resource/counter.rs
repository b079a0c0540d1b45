//! How many resources there are: counters that change in the resources' transactions.
//!
//! Each type has 32 of them, because two transactions cannot change one item at the same time.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};

use scim::model::resource_type::ResourceType;
use table::item::{Item, Key, optional_number};
use table::name::N;
use table::query::Range;
use table::write::Update;

use crate::error::Error;
use crate::keys::{self, COUNTER_SHARDS};
use crate::tenant::Tenant;

/// The counters are used in turn, so that concurrent writes of one process use different ones;
/// each process begins with another one.
static TURN: LazyLock<AtomicU8> = LazyLock::new(|| AtomicU8::new(fastrand::u8(..)));

/// Adds `count` to one of the counters of the type called `kind`.
pub(crate) fn add(tenant: &Tenant, kind: &str, count: i64) -> Update {
    let shard = TURN.fetch_add(1, Ordering::Relaxed) % COUNTER_SHARDS;
    Update::of(Key::new(keys::counters(&tenant.directory), format!("{kind}#{shard:02}"))).add(N, count)
}

/// The items of the counters of `kind`.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn read_all(tenant: &Tenant, kind: &ResourceType) -> Result<Vec<Item>, Error> {
    let range = Range::BeginsWith(format!("{}#", kind.name));
    Ok(tenant.table().range(&keys::counters(&tenant.directory), range).all().await?)
}

/// The number of resources of `kind`.
///
/// # Errors
/// As [`read_all`].
pub(crate) async fn total(tenant: &Tenant, kind: &ResourceType) -> Result<u64, Error> {
    let shards = read_all(tenant, kind).await?;
    let sum: i64 = shards.iter().filter_map(|shard| optional_number::<i64>(shard, N)).sum();
    Ok(u64::try_from(sum).unwrap_or(0))
}
