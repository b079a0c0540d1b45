//! Whether Microsoft Entra ID is about to put the provisioning job of a directory into quarantine.
//!
//! Entra does so
//!
//! - at once when its token is refused, or a look-up gets a 404 instead of an empty list;
//! - when more than 5,000 objects have failed and more than 40 % of all. References to managers and members do
//!   not count;
//! - when more than 40,000 objects have failed, or 60,000 with references.
//!
//! A job in quarantine runs once a day, and is disabled after 28 days. What a cycle is only Entra knows. A large
//! one takes hours, and what has failed fails again in the next one. So the limits are compared with each number
//! of hours up to 24, as long as requests still fail.

use directory::access::refusal::Refusal;
use scim::error::Kind;

/// Failures of a cycle below which Entra waits.
const FEWEST: u64 = 5_000;
/// Failures of a cycle that are too many in any case, without references, and with them.
const MOST: u64 = 40_000;
const MOST_WITH_REFERENCES: u64 = 60_000;
/// Failures after which a forecast makes sense.
const WORTH: u64 = 100;
/// Hours that say how it goes now: the current one is not complete.
const RECENT: usize = 2;

/// What some hours brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Changes.
    pub(crate) done: u64,
    /// Refused requests, those about references excepted.
    pub(crate) failed: u64,
    /// Refused requests about references.
    pub(crate) references: u64,
}

/// Why Entra is refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// Its token is not valid.
    Token,
    /// Its token does not allow what it does.
    Scope,
    /// The directory is not open.
    Closed,
    /// There is nothing at the address.
    Address,
}

/// What is to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forecast {
    /// A quarantine at once.
    Rejected(Rejected),
    /// A quarantine, if it goes on like this.
    Coming(Counts),
    /// A limit is reached.
    Due(Counts),
}

/// The forecast for these hours, the newest first, and for an identity provider that is refused as a whole for
/// this reason. `None`: no quarantine.
pub(crate) fn forecast(hours: &[Counts], rejected: Option<Rejected>) -> Option<Forecast> {
    let sum = |count: usize| hours.iter().take(count).copied().fold(Counts::default(), Counts::and);
    let recent = Counts::newest(hours);
    match (rejected, (RECENT..=hours.len()).map(sum).find(Counts::is_over)) {
        (Some(why), _) => Some(Forecast::Rejected(why)),
        (None, Some(counts)) if recent.all_failed() > 0 => Some(Forecast::Due(counts)),
        (None, None) if recent.failed >= WORTH && recent.is_much() => Some(Forecast::Coming(recent)),
        _ => None,
    }
}

impl Counts {
    /// The sum of the newest of these hours, which say how it goes now.
    pub(crate) fn newest(hours: &[Self]) -> Self {
        hours.iter().take(RECENT).copied().fold(Self::default(), Self::and)
    }

    /// Refused requests.
    pub(crate) fn all_failed(&self) -> u64 {
        self.failed.saturating_add(self.references)
    }

    fn and(self, other: Self) -> Self {
        Self {
            done: self.done.saturating_add(other.done),
            failed: self.failed.saturating_add(other.failed),
            references: self.references.saturating_add(other.references),
        }
    }

    /// Whether more than 40 % have failed.
    fn is_much(&self) -> bool {
        let all = u128::from(self.done) + u128::from(self.failed);
        u128::from(self.failed) * 100 > all * 40
    }

    fn is_over(&self) -> bool {
        self.failed > FEWEST && self.is_much()
            || self.failed > MOST
            || self.all_failed() > MOST_WITH_REFERENCES
    }
}

impl Rejected {
    /// What this refusal says of all requests of its sender; `None` if it is about one.
    pub(super) fn of(refusal: &Refusal) -> Option<Self> {
        match refusal.kind {
            Kind::Unauthorized => Some(Self::Token),
            Kind::MissingScope => Some(Self::Scope),
            Kind::Closed => Some(Self::Closed),
            Kind::NoEndpoint if !refusal.is_change() => Some(Self::Address),
            _ => None,
        }
    }
}

impl Forecast {
    /// As a sentence.
    pub(crate) fn sentence(self) -> String {
        let after = "In quarantine it tries once a day, and after 28 days it disables the job.";
        let failed = |counts: Counts| {
            let (failed, all) = (counts.all_failed(), counts.all_failed().saturating_add(counts.done));
            format!("{failed} of the last {all} changes were refused. Entra puts a job into quarantine")
        };
        match self {
            Self::Rejected(_) => format!(
                "The last requests were refused as a whole. Entra puts a job with such answers into quarantine at once. {after}"
            ),
            Self::Coming(counts) => format!(
                "{} when more than {FEWEST} of a cycle, and more than 40 %, have failed. {after}",
                failed(counts)
            ),
            Self::Due(counts) => format!("{} with so many failures. {after}", failed(counts)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(done: u64, failed: u64) -> Counts {
        Counts { done, failed, references: 0 }
    }

    #[test]
    fn the_forecast_follows_the_limits_of_entra() {
        let with = |references| Counts { references, ..counts(900_000, 30_000) };
        for (hour, expected) in [
            (counts(0, 0), None),
            (counts(0, 99), None),
            (counts(0, 100), Some(Forecast::Coming(counts(0, 100)))),
            (counts(150, 100), None),
            (counts(149, 100), Some(Forecast::Coming(counts(149, 100)))),
            (counts(4_000, 5_000), Some(Forecast::Coming(counts(4_000, 5_000)))),
            (counts(4_000, 5_001), Some(Forecast::Due(counts(4_000, 5_001)))),
            (counts(8_000, 5_001), None),
            (counts(900_000, 40_000), None),
            (counts(900_000, 40_001), Some(Forecast::Due(counts(900_000, 40_001)))),
            (with(30_000), None),
            (with(30_001), Some(Forecast::Due(with(30_001)))),
            (Counts { references: 9_000, ..counts(0, 99) }, None),
        ] {
            let mut hours = [Counts::default(); 24];
            hours[0] = hour;
            assert_eq!(forecast(&hours, None), expected, "{hour:?}");
            let rejected = forecast(&hours, Some(Rejected::Token));
            assert_eq!(rejected, Some(Forecast::Rejected(Rejected::Token)), "at once");
        }
    }

    #[test]
    fn a_cycle_of_many_hours_counts_as_a_whole_while_it_fails() {
        let mut hours = [counts(800, 1_200); 24];
        assert_eq!(forecast(&hours, None), Some(Forecast::Due(counts(4_000, 6_000))), "five hours");
        // What failed before does not matter any more.
        hours[..2].fill(counts(10, 0));
        assert_eq!(forecast(&hours, None), None);
        let mut late = [counts(9_000, 0); 24];
        late[0] = counts(10, 120);
        late[1] = counts(0, 0);
        assert_eq!(forecast(&late, None), Some(Forecast::Coming(counts(10, 120))), "a good day before");
    }
}
