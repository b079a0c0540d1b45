//! One instance's part of a directory's rate.

use directory::access::usage::{REMEMBERED, Reported};

/// How many requests an instance may admit in `second`, which was asked `own` in the second
/// before, when `told` is what all instances have told.
///
/// All together may admit `rate` a second, and as much again while they are not in debt: what
/// they admitted beyond it is a debt that the following seconds pay, at least a quarter of the
/// rate left to them. When more is asked than that, each has a part as large as its part of what
/// is asked.
#[must_use]
pub fn budget(rate: u64, second: u64, own: u64, told: &Reported) -> u64 {
    let all = rate.saturating_mul(2).saturating_sub(debt(rate, second, told)).max(rate / 4).max(1);
    // Not everybody has told in this second yet.
    let asked = |at: u64| told.get(&at).map_or(0, |told| told.asked);
    let asked = asked(second).max(asked(second.saturating_sub(1))).max(own).max(1);
    if asked <= all {
        return all - (asked - own);
    }
    (all.saturating_mul(own) / asked).max(1)
}

/// What all together have admitted beyond `rate` and not paid yet in `second`.
#[must_use]
pub fn debt(rate: u64, second: u64, told: &Reported) -> u64 {
    let since = second.saturating_sub(REMEMBERED);
    (since..=second).fold(0, |debt: u64, at| {
        let admitted = told.get(&at).map_or(0, |told| told.admitted);
        debt.saturating_add(admitted).saturating_sub(rate)
    })
}
