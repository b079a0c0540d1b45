//! The fate of a call: drawn from the seed, with more faults at some times than at others.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;

/// The number of calls after which the share of faults changes.
const WEATHER: u64 = 400;

/// The fate of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Through,
    /// Refused: throttled.
    Throttled,
    /// A server error; nothing was done.
    FailedBefore,
    /// A server error, although everything was done.
    FailedAfter,
    /// No response; nothing was done.
    LostBefore,
    /// No response, although everything was done.
    LostAfter,
    /// Only a part of a batch is done.
    InPart,
}

/// Operations of which all calls are throttled at some times.
const OPERATIONS: [&str; 7] =
    ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems"];

/// The counted kinds, with their names.
const KINDS: [&str; 10] = [
    "through",
    "throttled",
    "failed before",
    "failed after",
    "lost before",
    "lost after",
    "in part",
    "conflicts",
    "answered by a lagging index",
    "of an operation that was throttled for a while",
];
/// Counted after the fates.
pub(super) const CONFLICT: usize = 7;
pub(super) const LAGGED: usize = 8;
const ALL_THROTTLED: usize = 9;

#[derive(Debug)]
pub(super) struct Fates {
    draw: Mutex<Draw>,
    counts: [AtomicU64; KINDS.len()],
}

#[derive(Debug)]
struct Draw {
    rng: Rng,
    calls: u64,
    /// The number of faults in a thousand calls.
    evil: u32,
    /// The operation that is throttled now.
    throttled: Option<&'static str>,
}

impl Fates {
    pub(super) fn new(seed: u64) -> Self {
        let draw = Draw { rng: Rng::with_seed(seed), calls: 0, evil: 0, throttled: None };
        Self { draw: Mutex::new(draw), counts: Default::default() }
    }

    /// For one call of `operation`: its fate, and the delays before and after it.
    pub(super) fn draw(&self, calm: bool, operation: &str, batch: bool) -> (Fate, [Duration; 2]) {
        let mut draw = self.draw.lock().unwrap_or_else(PoisonError::into_inner);
        let Draw { rng, calls, evil, throttled } = &mut *draw;
        if calls.is_multiple_of(WEATHER) {
            // Calm, rough, or a storm in which every repetition may fail, too.
            *evil = [0, 0, 30, 30, 60, 300][rng.usize(..6)];
            *throttled = (rng.u8(..8) == 0).then(|| OPERATIONS[rng.usize(..OPERATIONS.len())]);
        }
        *calls += 1;
        let fate = if !calm && *throttled == Some(operation) {
            self.count(ALL_THROTTLED);
            Fate::Throttled
        } else if calm || rng.u32(..1000) >= *evil {
            if batch && !calm && rng.u8(..10) == 0 { Fate::InPart } else { Fate::Through }
        } else {
            use Fate::{FailedAfter, FailedBefore, LostAfter, LostBefore, Throttled};
            // A response that is lost after the write is the worst case, and so the
            // most frequent.
            [Throttled, FailedBefore, FailedAfter, LostBefore, LostAfter, LostAfter, LostAfter]
                [rng.usize(..7)]
        };
        let mut pause = || {
            let long = !calm && rng.u8(..100) == 0;
            Duration::from_millis(if long { rng.u64(5..25) } else { rng.u64(..2) })
        };
        (fate, [pause(), pause()])
    }

    /// A number below `end`.
    pub(super) fn below(&self, end: usize) -> usize {
        self.draw.lock().unwrap_or_else(PoisonError::into_inner).rng.usize(..end)
    }

    pub(super) fn count(&self, kind: usize) {
        if let Some(count) = self.counts.get(kind) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn report(&self) -> String {
        let count = |(name, count): (&&str, &AtomicU64)| format!("{} {name}", count.load(Ordering::Relaxed));
        KINDS.iter().zip(&self.counts).map(count).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn did_everything(&self) -> bool {
        self.counts.iter().all(|count| count.load(Ordering::Relaxed) > 0)
    }
}
