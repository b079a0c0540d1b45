//! Whether Microsoft Entra ID is about to put the provisioning job of a directory into quarantine.
//!
//! Entra does so when it is refused with its token, or when more than 40 % of the objects of a cycle fail
//! and more than 5,000 of them, or more than 40,000 in any case. A job in quarantine runs once a day, and
//! is disabled after four weeks. What a cycle is only Entra knows, so this looks at the last two hours.

/// Failures of a cycle below which Entra waits.
const FEWEST: u64 = 5_000;
/// Failures of a cycle that are too many in any case.
const MOST: u64 = 40_000;
/// Failures after which a forecast makes sense.
const WORTH: u64 = 100;

/// What is to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forecast {
    /// No quarantine.
    Fine,
    /// Entra's token does not work.
    Rejected,
    /// There will be a quarantine if it goes on like this: what failed, and of how many.
    Coming(u64, u64),
    /// The limit is reached.
    Due(u64, u64),
}

/// The forecast for a cycle in which `done` changes were made and `failed` requests refused. `rejected`:
/// the last requests were refused because of their token, or because the directory was closed.
pub(crate) fn forecast(done: u64, failed: u64, rejected: bool) -> Forecast {
    let all = done.saturating_add(failed);
    // More than 40 of 100.
    let is_much = u128::from(failed) * 100 > u128::from(all) * 40;
    match failed {
        _ if rejected => Forecast::Rejected,
        failed if failed > MOST || (failed > FEWEST && is_much) => Forecast::Due(failed, all),
        failed if failed >= WORTH && is_much => Forecast::Coming(failed, all),
        _ => Forecast::Fine,
    }
}

impl Forecast {
    /// As a sentence; `None` when there is nothing to say.
    pub(crate) fn sentence(self) -> Option<String> {
        let after = "In quarantine it tries once a day, and after four weeks it disables the job.";
        let failed = |failed, all| {
            format!("{failed} of the last {all} changes were refused. Entra puts a job into quarantine")
        };
        match self {
            Self::Fine => None,
            Self::Rejected => Some(format!(
                "The last requests were refused as a whole. Entra puts a job with such answers into quarantine at once. {after}"
            )),
            Self::Coming(refused, all) => Some(format!(
                "{} when more than {FEWEST} of a cycle, and more than 40 %, have failed. {after}",
                failed(refused, all)
            )),
            Self::Due(refused, all) => {
                Some(format!("{} with so many failures. {after}", failed(refused, all)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forecast_follows_the_limits_of_entra() {
        for (done, failed, rejected, expected) in [
            (0, 0, false, Forecast::Fine),
            (10_000, 0, true, Forecast::Rejected),
            (0, 99, false, Forecast::Fine),
            (0, 100, false, Forecast::Coming(100, 100)),
            (150, 100, false, Forecast::Fine),
            (149, 100, false, Forecast::Coming(100, 249)),
            (4_000, 5_000, false, Forecast::Coming(5_000, 9_000)),
            (4_000, 5_001, false, Forecast::Due(5_001, 9_001)),
            (8_000, 5_001, false, Forecast::Fine),
            (900_000, 40_000, false, Forecast::Fine),
            (900_000, 40_001, false, Forecast::Due(40_001, 940_001)),
        ] {
            assert_eq!(forecast(done, failed, rejected), expected, "{done} {failed}");
        }
    }
}
