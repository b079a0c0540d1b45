//! How many queries of one directory read much at a time.
//!
//! A query that evaluates many resources keeps the directory's partition busy, and in Lambda an instance
//! of the function. So it takes one of the directory's two slots once it has read more than a first
//! amount, gives it back at its end, and is refused when both are taken. A slot that is not given back,
//! because its process has ended, is free after a while. All slots are attributes of one item.

use table::condition::{absent, equals, less};
use table::item::{Key, optional_number};
use table::name::{EXPIRES, SLOTS};
use table::write::{Update, Written};

use crate::clock::milliseconds;
use crate::error::Error;
use crate::keys;
use crate::tenant::Tenant;

/// How long one is good: longer than a query may take, in milliseconds.
const GOOD: u64 = 30_000;
/// How long a query that has one may search, in milliseconds.
pub(super) const SEARCH: u64 = 20_000;
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

/// Takes a slot. When all are taken: after how many seconds one will be free at the latest, from 1 to 20.
///
/// # Errors
/// The table's own.
pub(super) async fn take(tenant: &Tenant) -> Result<Result<Slot, u64>, Error> {
    let mut taken = Vec::new();
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
        match tenant.table().write(update).await? {
            Written::Done(_) => return Ok(Ok(Slot { item, attribute, until })),
            Written::Refused(stored) => {
                let until = stored.and_then(|stored| optional_number::<u64>(&stored, attribute));
                taken.push(until.map_or(0, |until| until / 1000));
            }
        }
    }
    Ok(Err(taken.into_iter().map(|until| wait(until, now)).min().unwrap_or(1)))
}

/// After how many seconds a slot will be free that is taken until `until`, both in milliseconds since 1970:
/// when its query ends at the latest. A query that has not given it back by then has failed.
fn wait(until: u64, now: u64) -> u64 {
    let left = until.saturating_sub(now);
    let search = left.saturating_sub(GOOD - SEARCH);
    let left = if search > 0 { search } else { left };
    left.div_ceil(1000).clamp(1, SEARCH / 1000)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_waits_until_a_slot_is_free() {
        let now = 1_000_000_000;
        for (left, seconds) in
            [(GOOD, 20), (GOOD - 500, 20), (15_000, 5), (10_001, 1), (10_000, 10), (800, 1), (0, 1)]
        {
            assert_eq!(wait(now + left, now), seconds, "{left}");
        }
        // Not free any more, or not a time of ours.
        assert_eq!((wait(now - 1, now), wait(u64::MAX, now)), (1, 20));
    }
}
