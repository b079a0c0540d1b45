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

/// Up to this number of failures the share does not count.
const ENOUGH: usize = 5_000;
/// The share, in per cent.
const SHARE: u64 = 40;
/// Failures that are too many in any case, without references, and with them.
const MOST: usize = 40_000;
const MOST_WITH_REFERENCES: usize = 60_000;

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
        let failed = self.failed.len();
        let is_much = failed as u64 * 100 > self.evaluated * SHARE;
        let is_over = failed > ENOUGH && is_much
            || failed > MOST
            || failed + self.references.len() > MOST_WITH_REFERENCES;
        if is_over && self.quarantine.is_none() {
            self.quarantine = Some(format!(
                "EncounteredEscrowProportionThreshold: {failed} of {} objects failed",
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
    fn more_than_five_thousand_failures_end_it_if_they_are_more_than_forty_in_a_hundred() {
        let failure = Failure::trouble(&Trouble::Connection("x".to_owned()), &Request::get("/Users"));
        for (objects, failures, references, ends) in [
            (5_000, 5_000, 0, false),
            (5_001, 5_001, 0, true),
            (12_503, 5_001, 0, false),
            (12_502, 5_001, 0, true),
            (100_001, 40_000, 0, false),
            (100_003, 40_001, 0, true),
            (200_000, 40_000, 20_000, false),
            (200_000, 40_000, 20_001, true),
        ] {
            let failed = |count: u64| (0..count).map(|at| ((Kind::User, at.to_string()), failure.clone()));
            let mut tally = Tally {
                failed: failed(failures).collect(),
                references: failed(references).collect(),
                evaluated: objects - 1,
                ..Tally::default()
            };
            tally.evaluated();
            assert_eq!(tally.quarantine.is_some(), ends, "{failures} and {references} of {objects}");
        }
    }
}
