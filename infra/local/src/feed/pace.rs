//! How long the feed waits before it looks again: not at all while records
//! pile up, a second while nothing happens, longer while something fails.

use std::time::Duration;

/// After a batch that was not full: soon more.
const BUSY: Duration = Duration::from_millis(50);
/// Nothing to do.
const IDLE: Duration = Duration::from_secs(1);
/// Something fails over and over.
const BROKEN: Duration = Duration::from_secs(30);

/// The current pace.
#[derive(Debug)]
pub(super) struct Pace {
    pause: Duration,
    healthy: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self { pause: BUSY, healthy: true }
    }
}

impl Pace {
    /// Whether the last round succeeded.
    pub(super) fn healthy(&self) -> bool {
        self.healthy
    }

    /// Notes a success; true when it ends a failure.
    pub(super) fn recovered(&mut self) -> bool {
        let recovered = !self.healthy;
        if recovered {
            *self = Self::default();
        }
        recovered
    }

    /// The pause after a look at the stream.
    pub(super) fn after(&mut self, progress: Progress) -> Duration {
        match progress {
            Progress::Full => {
                self.pause = BUSY;
                Duration::ZERO
            }
            Progress::Some => {
                self.pause = BUSY;
                BUSY
            }
            Progress::Nothing => self.double(IDLE),
        }
    }

    /// The pause after a failure.
    pub(super) fn after_failure(&mut self) -> Duration {
        if self.healthy {
            *self = Self { pause: BUSY, healthy: false };
        }
        self.double(BROKEN)
    }

    fn double(&mut self, most: Duration) -> Duration {
        self.pause = (self.pause * 2).min(most);
        self.pause
    }
}

/// What one look at the stream found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// No records.
    Nothing,
    /// Fewer records than fit: no more at the moment.
    Some,
    /// As many as fit: more are waiting.
    Full,
}

#[cfg(test)]
mod tests {
    use super::{BROKEN, BUSY, IDLE, Pace, Progress};

    #[test]
    fn an_idle_feed_slows_down_to_a_second_and_wakes_up_at_the_first_record() {
        let mut pace = Pace::default();
        let pauses: Vec<_> = (0..6).map(|_| pace.after(Progress::Nothing)).collect();
        assert!(pauses.is_sorted());
        assert_eq!(pauses.last(), Some(&IDLE));
        assert_eq!(pace.after(Progress::Some), BUSY);
        assert!(pace.after(Progress::Full).is_zero());
    }

    #[test]
    fn failures_back_off_and_their_end_is_noticed_once() {
        let mut pace = Pace::default();
        assert!(!pace.recovered());
        let last = (0..20).map(|_| pace.after_failure()).last();
        assert_eq!(last, Some(BROKEN));
        assert!(pace.recovered());
        assert!(!pace.recovered());
        assert!(pace.after(Progress::Nothing) < IDLE);
    }
}
