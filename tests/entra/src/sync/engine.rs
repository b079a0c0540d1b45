//! State shared by all steps of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Options;
use super::failure::Failure;
use super::log::Log;
use super::progress::Progress;
use super::state::Store;
use crate::mapping::Kind;
use crate::wire::Dialect;
use crate::wire::client::Client;

/// A run: endpoint, memory, log.
pub struct Engine {
    pub(crate) client: Client,
    pub(crate) dialect: Dialect,
    pub(crate) options: Options,
    pub(crate) store: Store,
    pub(crate) log: Log,
    pub(crate) progress: Progress,
    pub(crate) requests: AtomicU64,
    pub(crate) tally: Mutex<Tally>,
}

/// The counts of the current cycle.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Its number.
    pub cycle: u32,
    /// How often each action happened.
    pub counts: BTreeMap<&'static str, u64>,
    /// Objects that failed.
    pub failed: BTreeMap<(Kind, String), Failure>,
    /// Objects whose references failed: these do not count for a quarantine.
    pub references: BTreeMap<(Kind, String), Failure>,
    /// People who were linked in this cycle.
    pub appeared: BTreeSet<String>,
    /// Objects that have been evaluated.
    pub evaluated: u64,
    /// The reason to stop.
    pub quarantine: Option<String>,
}

/// The share of failures counts from this number of objects on.
const ENOUGH: u64 = 5_000;
/// The share, in per cent.
const SHARE: u64 = 40;

impl Engine {
    /// The current cycle.
    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an action.
    pub(crate) fn count(&self, what: &'static str, by: usize) {
        *self.tally().counts.entry(what).or_insert(0) += by as u64;
    }

    /// Whether no more requests may be sent.
    pub(crate) fn quarantined(&self) -> bool {
        self.tally().quarantine.is_some()
    }

    /// Counts an evaluated object.
    pub(crate) fn evaluated(&self) {
        self.tally().evaluated();
    }

    /// Records a failed object: it is retried in the next cycle.
    pub(crate) fn fail(&self, kind: Kind, source: &str, failure: Failure) {
        self.tally().fail(kind, source, failure);
    }

    /// Records an object whose references failed.
    pub(crate) fn fail_reference(&self, kind: Kind, source: &str, failure: Failure) {
        let mut tally = self.tally();
        tally.consider(&failure);
        tally.references.insert((kind, source.to_owned()), failure);
    }

    /// The number of requests sent.
    pub(crate) fn sent(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Tally {
    fn evaluated(&mut self) {
        self.evaluated += 1;
        let failed = self.failed.len() as u64;
        if self.evaluated >= ENOUGH && failed * 100 > self.evaluated * SHARE && self.quarantine.is_none() {
            self.quarantine = Some(format!(
                "EncounteredEscrowProportionThreshold: {failed} of {} objects failed, more than {SHARE} %",
                self.evaluated
            ));
        }
    }

    fn consider(&mut self, failure: &Failure) {
        if failure.quarantine && self.quarantine.is_none() {
            self.quarantine = Some(format!("EncounteredQuarantineException: {}", failure.message));
        }
    }

    fn fail(&mut self, kind: Kind, source: &str, failure: Failure) {
        self.consider(&failure);
        self.failed.insert((kind, source.to_owned()), failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::request::{Request, Trouble};

    #[test]
    fn more_than_forty_in_a_hundred_of_five_thousand_end_it() {
        let failure = Failure::trouble(&Trouble::Connection("x".to_owned()), &Request::get("/Users"));
        for (failures, ends) in [(2_000, false), (2_001, true)] {
            let mut tally = Tally::default();
            for number in 0..5_000 {
                if number < failures {
                    tally.fail(Kind::User, &number.to_string(), failure.clone());
                }
                // Fewer than five thousand objects never cause a quarantine,
                // whatever their share.
                assert!(tally.quarantine.is_none());
                tally.evaluated();
            }
            assert_eq!(tally.quarantine.is_some(), ends, "{failures}");
        }
    }
}
