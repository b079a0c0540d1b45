//! One instance's part of a directory's rate.

use directory::access::usage::{REMEMBERED, Reported};

/// How many requests an instance may admit in `second`. It received `own` requests in the second
/// before; `reported` holds the sums of all instances.
///
/// All instances together may admit `rate` a second, and as much again while they have no debt.
/// What they admit beyond the rate is a debt that the following seconds pay; at least a quarter of
/// the rate is left to them. If more requests arrive than that, each instance may admit a part in
/// proportion to what it receives.
#[must_use]
pub fn budget(rate: u64, second: u64, own: u64, reported: &Reported) -> u64 {
    let all = rate.saturating_mul(2).saturating_sub(debt(rate, second, reported)).max(rate / 4).max(1);
    // Some instances have not reported in this second yet.
    let asked = |at: u64| reported.get(&at).map_or(0, |sums| sums.asked);
    let asked = asked(second).max(asked(second.saturating_sub(1))).max(own).max(1);
    if asked <= all {
        return all - (asked - own);
    }
    (all.saturating_mul(own) / asked).max(1)
}

/// What all instances together have admitted beyond `rate` and not paid until `second`.
#[must_use]
pub fn debt(rate: u64, second: u64, reported: &Reported) -> u64 {
    let since = second.saturating_sub(REMEMBERED);
    (since..=second).fold(0, |debt: u64, at| {
        let admitted = reported.get(&at).map_or(0, |sums| sums.admitted);
        debt.saturating_add(admitted).saturating_sub(rate)
    })
}
