//! What one instance knows of one directory's rate.

use directory::access::usage::{Reported, Requests};

use super::Counted;
use super::budget::{budget, debt};

/// Less than this part of the rate need not be told.
const TELLING: u64 = 20;

#[derive(Debug, Default)]
pub(super) struct Account {
    /// The second, since 1970, that `admitted` and `budget` are of.
    second: u64,
    admitted: u64,
    budget: u64,
    /// When the budget was last learned.
    learned: Option<u64>,
    /// The second in which was told last.
    reported: Option<u64>,
    /// What has yet to be told.
    untold: Requests,
    told: Reported,
    /// Operations of bulk requests that were more than there was left.
    debt: u64,
    /// How much of that is paid in a second.
    part: u64,
}

/// Something to tell.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) second: u64,
    pub(super) requests: Requests,
    pub(super) last: Reported,
}

impl Account {
    /// Whether it would be missed.
    pub(super) fn is_needed(&self, now: u64) -> bool {
        self.second + 1 >= now || self.debt > 0
    }

    pub(super) fn count(&mut self, rate: u64, bulk: bool, now: u64) -> (Counted, Option<Report>) {
        let report = if self.turn(rate, now) { self.report(rate) } else { None };
        self.untold.asked += 1;
        if bulk && self.debt > 0 {
            return (Counted::Owing(self.debt.div_ceil(self.part.max(1))), report);
        }
        if self.admitted >= self.budget {
            return (Counted::Refused, report);
        }
        self.admitted += 1;
        self.untold.admitted += 1;
        (Counted::Admitted, report)
    }

    pub(super) fn charge(&mut self, rate: u64, operations: u64, now: u64) -> Option<Report> {
        self.turn(rate, now);
        let left = self.budget.saturating_sub(self.admitted);
        self.debt = self.debt.saturating_add(operations.saturating_sub(left));
        self.admitted = self.admitted.saturating_add(operations);
        self.untold.asked = self.untold.asked.saturating_add(operations);
        self.untold.admitted = self.untold.admitted.saturating_add(operations);
        // Not with the next request: an instance works at one, and the others would hear of it
        // when it is done.
        if self.reported == Some(now) { None } else { self.report(rate) }
    }

    pub(super) fn learn(&mut self, rate: u64, second: u64, own: Requests, told: Reported) {
        if self.second == second {
            self.budget = budget(rate, second, own.asked, &told);
            self.learned = Some(second);
        }
        if self.debt > 0 {
            // Others pay as well: all together with the rate. Not more again when the others'
            // debts are forgotten.
            let all = debt(rate, second, &told).max(self.debt);
            self.part = self.part.min(rate.saturating_mul(self.debt) / all).max(1);
        }
        self.told = told;
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
        let paid = now.saturating_sub(self.second).saturating_mul(self.part);
        self.debt = self.debt.saturating_sub(paid);
        if self.debt == 0 {
            self.part = rate;
        }
        (self.second, self.admitted) = (now, 0);
        true
    }

    /// What is to be told in this second, where it is enough.
    fn report(&mut self, rate: u64) -> Option<Report> {
        if self.untold.asked <= rate / TELLING {
            return None;
        }
        self.reported = Some(self.second);
        let requests = std::mem::take(&mut self.untold);
        Some(Report { second: self.second, requests, last: self.told.clone() })
    }
}
