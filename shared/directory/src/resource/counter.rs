//! How many resources there are: counters that change in the resources' transactions.
//!
//! Thirty-two of them per type, because two transactions cannot change one item at a time.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};

use scim::model::resource_type::ResourceType;

use crate::error::Error;
use crate::keys::{self, COUNTER_SHARDS, Item, Key, n, optional_number};
use crate::store::Change;
use crate::tenant::Tenant;
use table::name;

/// The counters take turns, so that writes of one process that are under way at once do
/// not meet; each process begins somewhere else.
static TURN: LazyLock<AtomicU8> = LazyLock::new(|| AtomicU8::new(fastrand::u8(..)));

impl Tenant {
    /// Adds `by` to one of the counters of `kind`.
    pub(crate) fn count(&self, kind: &ResourceType, by: i8) -> Change {
        self.count_many(kind, by.into())
    }

    /// As [`count`](Self::count), by many.
    pub(crate) fn count_many(&self, kind: &ResourceType, by: i64) -> Change {
        let shard = TURN.fetch_add(1, Ordering::Relaxed) % COUNTER_SHARDS;
        let key = Key::new(keys::counters(&self.directory), format!("{}#{shard:02}", kind.name));
        Change::update(key, "ADD #n :by").name("#n", name::N).value(":by", n(by))
    }

    /// The counters of `kind`, as of now.
    pub(crate) async fn counters(&self, kind: &ResourceType) -> Result<Vec<Item>, Error> {
        let prefix = format!("{}#", kind.name);
        let pk = keys::counters(&self.directory);
        self.store.range(&pk, Some(("begins_with(#sk, :type)", &[(":type", &prefix)]))).all().await
    }

    /// The number of resources of `kind`, as of now.
    pub(crate) async fn total(&self, kind: &ResourceType) -> Result<u64, Error> {
        let shards = self.counters(kind).await?;
        let sum: i64 = shards.iter().filter_map(|shard| optional_number::<i64>(shard, name::N)).sum();
        Ok(u64::try_from(sum).unwrap_or(0))
    }
}
