//! A rate for each directory, shared by all instances: one customer's storm does not slow the
//! others. Over it is 429 with `Retry-After` (RFC 6585 §4).
//!
//! An instance decides by itself, from what it has learned of the others ([`mod@budget`]), and never
//! waits for it: once a second it tells, beside a request, what it was asked and admitted, and
//! learns what the others told. The first second of an instance tells nothing, and so little
//! traffic that the rate is no question does not, either: no cold start and no single request
//! costs anything. Where the table cannot be reached, an instance has the whole rate for itself.

pub mod budget;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use directory::id::DirectoryId;
use directory::rate::{Requests, Told};
use directory::record::Settings;
use directory::store::Store;
use scim::error::Kind;

use self::budget::budget;
use crate::app::App;
use crate::auth::Access;
use crate::error::Failure;
use crate::path;

/// The setting of a directory with its own rate.
const SETTING: &str = "requestsPerSecond";
/// Requests a second of a directory that names no other number, in AWS.
pub const DEFAULT: u32 = 100;
/// What is told may be late by so much; then it is old.
const PATIENCE: Duration = Duration::from_secs(1);
/// Less than this part of the rate need not be told.
const TELLING: u32 = 20;
/// Directories that one instance remembers.
const CAPACITY: usize = 1024;
/// How long a client that is over the rate should wait, in seconds.
const RETRY_SECONDS: u64 = 1;

/// What this instance knows of the directories' rates.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<DirectoryId, Rate>>);

#[derive(Debug, Default)]
struct Rate {
    /// The second, since 1970, that `admitted` and `budget` are of.
    second: u64,
    admitted: u64,
    budget: u64,
    /// When the budget was last learned.
    learned: Option<u64>,
    /// What has yet to be told.
    untold: Requests,
    told: Told,
}

/// Something to tell.
#[derive(Debug, PartialEq, Eq)]
struct Report {
    second: u64,
    requests: Requests,
    last: Told,
}

/// Counts a request of `access` for `path`, in normal form. Discovery is free: it reads nothing
/// but the credential, and may not write.
///
/// # Errors
/// 429 when the directory has used up its rate.
pub fn admit(app: &App, access: &Access, path: &str) -> Result<(), Failure> {
    let rate = u64::from(of(app, access));
    if rate == 0 || path::is_discovery(path) {
        return Ok(());
    }
    let (admitted, report) = app.rates.count(&access.directory, rate, now());
    if let Some(report) = report {
        tell(Arc::clone(&app.rates), app.store.clone(), access.directory.clone(), rate, report);
    }
    if admitted {
        return Ok(());
    }
    let detail =
        format!("the directory has used up its {rate} requests a second: wait a moment, and send fewer");
    Err(Failure::later(Kind::TooManyRequests, detail, RETRY_SECONDS))
}

/// Counts what one request does beyond one request's work: `operations` of a bulk request. They
/// are admitted, and paid for by those that follow.
pub fn charge(app: &App, access: &Access, operations: usize) {
    if of(app, access) > 0 {
        app.rates.charge(&access.directory, u64::try_from(operations).unwrap_or(u64::MAX));
    }
}

/// The rate that a directory is set to, when it is.
pub(crate) fn own(settings: &Settings) -> Option<u32> {
    settings.get(SETTING)?.as_u64()?.try_into().ok()
}

/// The rate of the directory of `access`; 0 for none.
fn of(app: &App, access: &Access) -> u32 {
    access.requests_per_second.unwrap_or(app.settings.requests_per_second)
}

/// Tells beside the request, which does not wait for it.
fn tell(rates: Arc<Rates>, store: Store, directory: DirectoryId, rate: u64, report: Report) {
    tokio::spawn(async move {
        let Report { second, requests, last } = report;
        let telling = store.tell_rate(&directory, second, requests, &last);
        match tokio::time::timeout(PATIENCE, telling).await {
            Ok(Ok(told)) => rates.learn(&directory, rate, second, requests, told),
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the rate could not be told");
            }
            Err(_) => tracing::warn!("the rate could not be told in time"),
        }
    });
}

impl Rates {
    /// Counts one request at `now`. Returns whether it is admitted, and what is to be told.
    fn count(&self, directory: &DirectoryId, rate: u64, now: u64) -> (bool, Option<Report>) {
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rates.len() >= CAPACITY && !rates.contains_key(directory) {
            rates.retain(|_, rate| rate.second + 1 >= now);
            if rates.len() >= CAPACITY {
                rates.clear();
            }
        }
        let known = rates.entry(directory.clone()).or_default();
        let mut report = None;
        if known.second != now {
            // As long as nothing newer is known: what it was, if that was just now.
            if known.learned.is_none_or(|learned| learned + 2 < now) {
                known.budget = rate;
            }
            (known.second, known.admitted) = (now, 0);
            if known.untold.asked > rate / u64::from(TELLING) {
                let requests = std::mem::take(&mut known.untold);
                report = Some(Report { second: now, requests, last: known.told.clone() });
            }
        }
        known.untold.asked += 1;
        let admitted = known.admitted < known.budget;
        if admitted {
            known.admitted += 1;
            known.untold.admitted += 1;
        }
        (admitted, report)
    }

    fn charge(&self, directory: &DirectoryId, operations: u64) {
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = rates.get_mut(directory) {
            known.admitted = known.admitted.saturating_add(operations);
            known.untold.asked = known.untold.asked.saturating_add(operations);
            known.untold.admitted = known.untold.admitted.saturating_add(operations);
        }
    }

    /// Takes in what all have told in `second`.
    fn learn(&self, directory: &DirectoryId, rate: u64, second: u64, own: Requests, told: Told) {
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = rates.get_mut(directory) else { return };
        if known.second == second {
            known.budget = budget(rate, second, own.asked, &told);
            known.learned = Some(second);
        }
        known.told = told;
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests;
