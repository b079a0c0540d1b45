//! What one instance knows of one directory's rate.

use directory::access::usage::{Reported, Requests};

use super::budget::{budget, debt};

/// Less than this part of the rate is not reported.
const REPORTED: u64 = 20;
/// The longest time that a client is asked to wait, in seconds: another instance may admit it sooner.
const LONGEST_WAIT: u64 = 60;

/// Whether a request is admitted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Admitted,
    /// Over the rate.
    Refused,
    /// A bulk request, and the debt of earlier requests is paid after this number of seconds.
    Owing(u64),
}

#[derive(Debug, Default)]
pub(super) struct Account {
    /// The second, since 1970, that `admitted` and `budget` are about.
    second: u64,
    admitted: u64,
    budget: u64,
    /// When the budget was last learned.
    learned: Option<u64>,
    /// The second of the last report.
    last_report: Option<u64>,
    /// What is not reported yet.
    unreported: Requests,
    last: Reported,
    /// What the directory still owes for what requests cost more than one each, as far as this instance
    /// knows. Each second pays one second's rate. Less than that holds up nothing.
    debt: u64,
}

/// What is to be reported to the table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) second: u64,
    pub(super) requests: Requests,
    pub(super) last: Reported,
}

impl Account {
    pub(super) fn count(&mut self, rate: u64, bulk: bool, now: u64) -> (Counted, Option<Report>) {
        let report = if self.turn(rate, now) { self.report(rate) } else { None };
        self.unreported.asked += 1;
        if let (true, Some(seconds)) = (bulk, self.owing(rate, now)) {
            return (Counted::Owing(seconds), report);
        }
        if self.admitted >= self.budget {
            return (Counted::Refused, report);
        }
        self.admitted += 1;
        self.unreported.admitted += 1;
        (Counted::Admitted, report)
    }

    /// How many seconds it takes from `now` to pay the debt; `None` when it is less than one second's
    /// rate.
    pub(super) fn owing(&self, rate: u64, now: u64) -> Option<u64> {
        let debt = self.debt.saturating_sub(self.paid(rate, now));
        (debt >= rate).then(|| (debt / rate.max(1)).min(LONGEST_WAIT))
    }

    /// What is paid from this second until `now`.
    fn paid(&self, rate: u64, now: u64) -> u64 {
        now.saturating_sub(self.second).saturating_mul(rate)
    }

    pub(super) fn charge(&mut self, rate: u64, requests: u64, now: u64) -> Option<Report> {
        self.turn(rate, now);
        self.debt = self.debt.saturating_add(requests);
        self.admitted = self.admitted.saturating_add(requests);
        self.unreported.asked = self.unreported.asked.saturating_add(requests);
        self.unreported.admitted = self.unreported.admitted.saturating_add(requests);
        // At once: a Lambda instance has no next request before this one is answered.
        if self.last_report == Some(now) { None } else { self.report(rate) }
    }

    pub(super) fn learn(&mut self, rate: u64, second: u64, own: Requests, reported: Reported) {
        if self.second == second {
            self.budget = budget(rate, second, own.asked, &reported);
            self.learned = Some(second);
        }
        if self.debt >= rate {
            self.debt = self.debt.max(debt(rate, second, &reported));
        }
        self.last = reported;
    }

    /// Begins the second `now`; returns whether it is another one.
    fn turn(&mut self, rate: u64, now: u64) -> bool {
        if self.second == now {
            return false;
        }
        // As long as nothing newer is known: what it was, if that was just now.
        if self.learned.is_none_or(|learned| learned + 2 < now) {
            self.budget = rate;
        }
        self.debt = self.debt.saturating_sub(self.paid(rate, now));
        (self.second, self.admitted) = (now, 0);
        true
    }

    /// The report of this second, if there is enough to report.
    fn report(&mut self, rate: u64) -> Option<Report> {
        if self.unreported.asked <= rate / REPORTED {
            return None;
        }
        self.last_report = Some(self.second);
        let requests = std::mem::take(&mut self.unreported);
        Some(Report { second: self.second, requests, last: self.last.clone() })
    }
}
