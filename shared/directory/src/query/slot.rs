//! How many queries of one directory read much at a time.
//!
//! A query that evaluates many resources keeps the directory's partition busy, and in Lambda an instance
//! of the function. So it takes one of the directory's two slots once it has read more than a first
//! amount, gives it back at its end, and is refused when both are taken. A slot that is not given back,
//! because its process has ended, is free after a while. All slots are attributes of one item, in the
//! directory's partition.

use table::condition::{absent, equals, less};
use table::item::Key;
use table::name::{EXPIRES, SLOTS};
use table::write::Update;

use crate::clock::milliseconds;
use crate::error::Error;
use crate::keys;
use crate::tenant::Tenant;

/// How long one is good: longer than a query may take, in milliseconds.
const GOOD: u64 = 30_000;
/// How long the item stays after that, in seconds.
const VISIBLE: u64 = 3600;

/// A slot that a query has taken.
#[derive(Debug)]
pub(super) struct Slot {
    item: Key,
    attribute: &'static str,
    /// Until when, in microseconds since 1970, the last three digits of which are random: it identifies
    /// the query.
    until: u64,
}

/// Takes a slot; `None` when all are taken.
///
/// # Errors
/// The table's own.
pub(super) async fn take(tenant: &Tenant) -> Result<Option<Slot>, Error> {
    let (item, now) = (keys::slots(&tenant.directory), milliseconds());
    let until = (now + GOOD) * 1000 + fastrand::u64(..1000);
    let mut slots = SLOTS;
    fastrand::shuffle(&mut slots);
    for attribute in slots {
        // Also its own: the answer to the first attempt may have been lost.
        let free = absent(attribute).or(less(attribute, now * 1000)).or(equals(attribute, until));
        let update = Update::of(item.clone())
            .set(attribute, until)
            .set(EXPIRES, (now + GOOD) / 1000 + VISIBLE)
            .when(free);
        if tenant.table().write(update).await?.is_done() {
            return Ok(Some(Slot { item, attribute, until }));
        }
    }
    Ok(None)
}

impl Slot {
    /// Gives the slot back, unless it was not good any more and another query has taken it.
    pub(super) async fn give_back(self, tenant: &Tenant) {
        let Self { item, attribute, until } = self;
        let update = Update::of(item).remove(attribute).when(equals(attribute, until));
        if let Err(error) = tenant.table().write(update).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a query did not give its slot back");
        }
    }
}
