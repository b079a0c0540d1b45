//! A rate for each directory, shared by all instances: one customer's storm does not slow the
//! others. Over it is 429 with `Retry-After` (RFC 6585 §4).
//!
//! An instance decides by itself, from what it has learned of the others ([`mod@budget`]), and never
//! waits for it: once a second it tells, beside a request, what it was asked and admitted, and
//! learns what the others told. The first second of an instance tells nothing, and so little
//! traffic that the rate is no question does not, either: no cold start and no single request
//! costs anything. Where the table cannot be reached, an instance has the whole rate for itself.
//!
//! The operations of a bulk request are known only after it was let in, and may be a thousand.
//! They are told at once, and what is more than the instance had left is its own debt: until it
//! is paid the instance takes no other bulk request, so that a row of them comes to the rate, too.

mod account;
pub mod budget;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use directory::access::usage::{self, Reported, Requests};
use directory::clock;
use directory::id::DirectoryId;
use directory::registry::settings::Settings;
use scim::error::{Error, Kind};
use serde_json::Value;

use self::account::{Account, Report};
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
/// Directories that one instance remembers.
const CAPACITY: usize = 1024;
/// How long a client that is over the rate should wait, in seconds; one that sends bulk requests
/// at most so long, because another instance may take it sooner.
const RETRY_SECONDS: u64 = 1;
const LONGEST_RETRY_SECONDS: u64 = 60;
/// The path, in normal form, that operations are sent to.
const BULK: &str = "/scim/v2/Bulk";

/// What this instance knows of the directories' rates.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<DirectoryId, Account>>);

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
enum Counted {
    Admitted,
    /// Over the rate.
    Refused,
    /// A bulk request, whose instance has yet to pay for so many seconds.
    Owing(u64),
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
    let (counted, report) = app.rates.count(&access.directory, rate, path == BULK, now());
    tell(app, access, rate, report);
    let (detail, seconds) = match counted {
        Counted::Admitted => return Ok(()),
        Counted::Refused => (
            format!("the directory has used up its {rate} requests a second: wait a moment, and send fewer"),
            RETRY_SECONDS,
        ),
        Counted::Owing(seconds) => (
            format!(
                "the operations of earlier bulk requests were more than the directory's {rate} a second: \
                 wait, or send fewer at once"
            ),
            seconds.min(LONGEST_RETRY_SECONDS),
        ),
    };
    Err(Failure::later(Kind::TooManyRequests, detail, seconds))
}

/// Counts what one request does beyond one request's work: `operations` of a bulk request. They
/// are admitted, and paid for by those that follow.
pub fn charge(app: &App, access: &Access, operations: usize) {
    let rate = u64::from(of(app, access));
    if rate == 0 {
        return;
    }
    let operations = u64::try_from(operations).unwrap_or(u64::MAX);
    let report = app.rates.charge(&access.directory, rate, operations, now());
    tell(app, access, rate, report);
}

/// The rate that a directory is set to, when it is.
pub(crate) fn own(settings: &Settings) -> Option<u32> {
    settings.get(SETTING).and_then(read)
}

/// Checks the setting, for who sets it.
///
/// # Errors
/// `invalidValue` saying what it must look like.
pub fn check(settings: &Settings) -> Result<(), Error> {
    if settings.get(SETTING).is_none_or(|rate| read(rate).is_some()) {
        return Ok(());
    }
    let most = u32::MAX;
    let detail = format!("`{SETTING}` must be a whole number from 0, which is any number, to {most}");
    Err(Error::new(Kind::InvalidValue, detail))
}

fn read(rate: &Value) -> Option<u32> {
    rate.as_u64()?.try_into().ok()
}

/// The rate of the directory of `access`; 0 for none.
fn of(app: &App, access: &Access) -> u32 {
    access.requests_per_second.unwrap_or(app.settings.requests_per_second)
}

/// Tells beside the request, which does not wait for it.
fn tell(app: &App, access: &Access, rate: u64, report: Option<Report>) {
    let Some(Report { second, requests, last }) = report else { return };
    let (rates, store, directory) = (Arc::clone(&app.rates), app.store.clone(), access.directory.clone());
    tokio::spawn(async move {
        let telling = usage::report(&store, &directory, second, requests, &last);
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
    /// Counts one request at `now`. Returns what becomes of it, and what is to be told.
    fn count(&self, directory: &DirectoryId, rate: u64, bulk: bool, now: u64) -> (Counted, Option<Report>) {
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rates.len() >= CAPACITY && !rates.contains_key(directory) {
            rates.retain(|_, account| account.is_needed(now));
            if rates.len() >= CAPACITY {
                rates.clear();
            }
        }
        rates.entry(directory.clone()).or_default().count(rate, bulk, now)
    }

    /// Counts `operations` at `now`, of a request that was admitted. Returns what is to be told.
    fn charge(&self, directory: &DirectoryId, rate: u64, operations: u64, now: u64) -> Option<Report> {
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rates.get_mut(directory)?.charge(rate, operations, now)
    }

    /// Takes in what all have told in `second`.
    fn learn(&self, directory: &DirectoryId, rate: u64, second: u64, own: Requests, told: Reported) {
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = rates.get_mut(directory) {
            account.learn(rate, second, own, told);
        }
    }
}

fn now() -> u64 {
    u64::try_from(clock::seconds()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
