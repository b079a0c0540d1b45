//! The result of a run.

use std::fmt::Write as _;
use std::time::Duration;

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use super::engine::Tally;
use super::verify::Verification;

/// A whole run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The cycles, in order.
    pub cycles: Vec<Cycle>,
    /// Why it was stopped.
    pub quarantine: Option<String>,
    /// What still has to be retried at the end.
    pub escrows: Vec<String>,
    /// The result of reading the target back, if requested.
    pub verification: Option<Verification>,
}

/// One cycle.
#[derive(Clone, Debug)]
pub struct Cycle {
    /// Its number; 0 is the initial one.
    pub number: u32,
    /// Users and groups that were due.
    pub due: usize,
    /// How often each action happened.
    pub tally: Tally,
    /// What has to be retried.
    pub escrows: usize,
    /// Requests sent.
    pub requests: u64,
    /// How long it took.
    pub took: Duration,
}

impl Cycle {
    pub(crate) fn new(tally: Tally, due: usize, escrows: usize, requests: u64, took: Duration) -> Self {
        Self { number: tally.cycle, due, tally, escrows, requests, took }
    }

    /// How often an action happened: `created`, `updated`, `members added`, …
    #[must_use]
    pub fn count(&self, what: &str) -> u64 {
        self.tally.counts.get(what).copied().unwrap_or_default()
    }
}

/// The table's columns: heading and count.
const COLUMNS: [(&str, &str); 13] = [
    ("created", "created"),
    ("matched", "matched"),
    ("updated", "updated"),
    ("disabled", "disabled"),
    ("restored", "restored"),
    ("deleted", "deleted"),
    ("unchanged", "unchanged"),
    ("skipped", "skipped"),
    ("managers", "managers"),
    ("members +", "members added"),
    ("members −", "members removed"),
    ("retries", "retries"),
    ("failed", "failed"),
];

impl Report {
    /// Whether no work is left and nothing differs.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let verified = self.verification.as_ref().is_none_or(|it| it.differences.is_empty());
        self.quarantine.is_none() && self.escrows.is_empty() && verified
    }

    /// The summary as text.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = String::new();
        if !self.cycles.is_empty() {
            let _ = writeln!(text, "{}", self.table());
        }
        let failed = self.cycles.last().map(|cycle| cycle.tally.failed.iter().chain(&cycle.tally.references));
        for ((kind, source), failure) in failed.into_iter().flatten().take(10) {
            let _ = writeln!(text, "failed: {} {source}: {}: {}", kind.name(), failure.code, failure.message);
        }
        if !self.escrows.is_empty() {
            let _ = writeln!(text, "{} objects are still to be retried", self.escrows.len());
        }
        if let Some(reason) = &self.quarantine {
            let _ = writeln!(text, "in quarantine: {reason}");
        }
        if let Some(verification) = &self.verification {
            text.push_str(&verification.summary());
        }
        text
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_preset(NOTHING);
        // Columns with only zeros are left out.
        let shown: Vec<&(&str, &str)> = COLUMNS
            .iter()
            .filter(|(_, what)| self.cycles.iter().any(|cycle| cycle.count(what) > 0))
            .collect();
        let heads = ["cycle", "due"].into_iter().chain(shown.iter().map(|(head, _)| *head));
        table.set_header(heads.chain(["to retry", "requests", "seconds", "per second"]));
        for cycle in &self.cycles {
            let name = if cycle.number == 0 { "initial".to_owned() } else { cycle.number.to_string() };
            let counts = shown.iter().map(|(_, what)| cycle.count(what).to_string());
            let seconds = cycle.took.as_secs_f64();
            let rate = cycle.requests as f64 / seconds.max(0.001);
            let end = [
                cycle.escrows.to_string(),
                cycle.requests.to_string(),
                format!("{seconds:.1}"),
                format!("{rate:.0}"),
            ];
            table.add_row([name, cycle.due.to_string()].into_iter().chain(counts).chain(end));
        }
        table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        table
    }
}
