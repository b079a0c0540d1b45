//! Reports progress to the progress bar and to the caller.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Event, Observer};

/// The progress of the current cycle.
pub(crate) struct Progress {
    bar: ProgressBar,
    observer: Option<Observer>,
    cycle: AtomicU32,
    done: AtomicU64,
    planned: AtomicU64,
}

const TEMPLATE: &str = "{prefix:>10} {bar:32} {pos}/{len}  {per_sec}, {eta} left  {msg}";

impl Progress {
    /// On standard error, if that is a terminal and a bar is wanted.
    pub(crate) fn new(shown: bool, observer: Option<Observer>) -> Self {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        let zero = || AtomicU64::new(0);
        Self { bar, observer, cycle: AtomicU32::new(0), done: zero(), planned: zero() }
    }

    /// A cycle with this many steps begins.
    pub(crate) fn begin(&self, cycle: u32, planned: usize) {
        self.cycle.store(cycle, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.planned.store(planned as u64, Ordering::Relaxed);
        self.bar.reset();
        self.bar.set_length(planned as u64);
        self.bar.set_prefix(if cycle == 0 { "initial".to_owned() } else { format!("cycle {cycle}") });
        self.tell(Event::Cycle(cycle));
    }

    /// Sets the label of the current work.
    pub(crate) fn doing(&self, what: &'static str) {
        self.bar.set_message(what);
    }

    /// Adds steps that were not planned.
    pub(crate) fn more(&self, steps: usize) {
        self.planned.fetch_add(steps as u64, Ordering::Relaxed);
        self.bar.inc_length(steps as u64);
    }

    /// One step is done.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let planned = self.planned.load(Ordering::Relaxed);
        self.tell(Event::Step { cycle: self.cycle.load(Ordering::Relaxed), done, planned });
    }

    /// Removes the bar.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn tell(&self, event: Event) {
        if let Some(observer) = &self.observer {
            observer(event);
        }
    }
}
