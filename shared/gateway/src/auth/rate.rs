//! A rate for each directory, shared by all instances: one customer's load does not slow the
//! others. A request over the rate gets 429 with `Retry-After` (RFC 6585 §4).
//!
//! An instance decides by itself, from what it has learned about the others ([`mod@budget`]), and
//! never waits for the table. Once a second, alongside a request, it reports how many requests it
//! received and admitted, and learns the sums of all instances. It reports nothing in its first
//! second, and nothing while there is little traffic: cold starts and single requests cost no
//! write. If the table cannot be reached, each instance has the whole rate.
//!
//! What a request costs is known only after it was admitted: a bulk request counts as many requests as
//! it has operations, and any request as many as there are times [`UNITS`] in the capacity units that
//! it used. What exceeds the rate is a debt of the directory, which later requests pay for. An instance
//! that knows of a debt refuses bulk requests, and queries that evaluate many resources, until it is
//! paid: a series of them comes to the rate, too. Other requests go on at a quarter of the rate.

mod account;
pub mod budget;

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use directory::Table;
use directory::access::usage::{self, Reported, Requests};
use directory::clock;
use directory::id::DirectoryId;
use directory::meter::Units;
use directory::query::Allowance;
use directory::registry::settings::Settings;
use quick_cache::sync::Cache;
use scim::error::{Error, Kind};
use serde_json::Value;
use tokio::task::JoinHandle;

use self::account::{Account, Counted, Report};
use super::access::Access;
use crate::http::error::Failure;
use crate::http::path;

/// The setting of a directory with its own rate.
const SETTING: &str = "requestsPerSecond";
/// Requests a second of a directory that names no other number, in AWS.
pub const DEFAULT: u32 = 100;
/// Capacity units of one request. At the default rate this is a little more than one partition of
/// DynamoDB has in a second: 3,000 read units and 1,000 write units. A page of 100 users costs up to
/// 63, a new user about 15.
pub const UNITS: u64 = 50;
/// A usage report that takes longer than this is discarded.
const PATIENCE: Duration = Duration::from_secs(1);
/// Directories that one instance counts.
const CAPACITY: usize = 1024;
/// How long a client that is over the rate should wait, in seconds.
const RETRY_SECONDS: u64 = 1;
/// The path of bulk requests, in normal form.
const BULK: &str = "/scim/v2/Bulk";

/// How many requests a bulk request was counted as, in an extension of its response.
#[derive(Debug, Clone, Copy)]
pub struct Operations(pub u64);

/// The rates of all directories, as this instance counts them.
#[derive(Debug)]
pub struct Rates {
    accounts: Arc<Accounts>,
    table: Table,
    default: u32,
}

impl Rates {
    /// Counts in `store`; a directory without its own rate has `default` requests a second, 0 for
    /// any number.
    #[must_use]
    pub fn new(table: Table, default: u32) -> Self {
        Self { accounts: Arc::default(), table, default }
    }

    /// Counts a request of `access` for `path`, in normal form. Discovery is free: it reads nothing
    /// but the credential, and may not write.
    ///
    /// # Errors
    /// 429 when the directory has used up its rate.
    pub fn admit(&self, access: &Access, path: &str) -> Result<(), Failure> {
        let rate = self.of(access);
        if rate == 0 || path::is_discovery(path) {
            return Ok(());
        }
        let (counted, report) = self.accounts.count(&access.directory, rate, path == BULK, now());
        self.report(access, rate, report);
        let (detail, seconds) = match counted {
            Counted::Admitted => return Ok(()),
            Counted::Refused => (
                format!(
                    "the directory has used up its {rate} requests a second: wait a moment and send fewer"
                ),
                RETRY_SECONDS,
            ),
            Counted::Owing(seconds) => (
                format!(
                    "earlier requests cost more than the directory's {rate} requests a second, of which each bulk \
                     operation and each {UNITS} capacity units of a query count as one: wait, send fewer operations \
                     per request, or filter by indexed attributes"
                ),
                seconds,
            ),
        };
        Err(Failure::later(Kind::TooManyRequests, detail, seconds))
    }

    /// Counts `requests` more for one that was admitted. Later requests pay for them. Returns the report
    /// to the other instances, if there is one: it must be written before the process is frozen.
    pub fn charge(&self, access: &Access, requests: u64) -> Option<JoinHandle<()>> {
        let rate = self.of(access);
        if rate == 0 || requests == 0 {
            return None;
        }
        let report = self.accounts.charge(&access.directory, rate, requests, now());
        self.report(access, rate, report)
    }

    /// Whether the directory's queries may evaluate many resources now.
    #[must_use]
    pub fn allowance(&self, access: &Access) -> Allowance {
        match self.of(access) {
            0 => Allowance::Unlimited,
            rate => {
                self.accounts.owing(&access.directory, rate, now()).map_or(Allowance::Slots, Allowance::Spent)
            }
        }
    }

    /// The rate of the directory of `access`; 0 for none.
    fn of(&self, access: &Access) -> u64 {
        u64::from(access.requests_per_second.unwrap_or(self.default))
    }

    /// Writes `report` to the table alongside the request, which does not wait for it.
    fn report(&self, access: &Access, rate: u64, report: Option<Report>) -> Option<JoinHandle<()>> {
        let Report { second, requests, last } = report?;
        let (accounts, table) = (Arc::clone(&self.accounts), self.table.clone());
        let directory = access.directory.clone();
        Some(tokio::spawn(async move {
            let written = usage::report(&table, &directory, second, requests, &last);
            match tokio::time::timeout(PATIENCE, written).await {
                Ok(Ok(reported)) => accounts.learn(&directory, rate, second, requests, reported),
                Ok(Err(error)) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the rate could not be reported"
                    );
                }
                Err(_) => tracing::warn!("the rate could not be reported in time"),
            }
        }))
    }
}

/// How many requests more than `counted` a request costs that used `units`.
#[must_use]
pub fn excess(units: Units, counted: u64) -> u64 {
    ((units.read + units.write) as u64 / UNITS).saturating_sub(counted)
}

/// The rate that a directory is set to, when it is.
pub(crate) fn own(settings: &Settings) -> Option<u32> {
    settings.get(SETTING).and_then(read)
}

/// Checks the setting before it is stored.
///
/// # Errors
/// `invalidValue` saying what it must look like.
pub fn check(settings: &Settings) -> Result<(), Error> {
    if settings.get(SETTING).is_none_or(|rate| read(rate).is_some()) {
        return Ok(());
    }
    let most = u32::MAX;
    let detail = format!("`{SETTING}` must be a whole number from 0 to {most}; 0 means no limit");
    Err(Error::new(Kind::InvalidValue, detail))
}

fn read(rate: &Value) -> Option<u32> {
    rate.as_u64()?.try_into().ok()
}

/// What this instance knows of the directories' rates.
#[derive(Debug)]
struct Accounts(Cache<DirectoryId, Arc<Mutex<Account>>>);

impl Default for Accounts {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl Accounts {
    /// Counts one request at `now`. Returns whether it is admitted, and what is to be reported.
    fn count(&self, directory: &DirectoryId, rate: u64, bulk: bool, now: u64) -> (Counted, Option<Report>) {
        let new = || Ok::<_, Infallible>(Arc::default());
        let Ok(account) = self.0.get_or_insert_with(directory, new);
        locked(&account).count(rate, bulk, now)
    }

    /// Counts `requests` more for an admitted one at `now`. Returns what is to be reported.
    fn charge(&self, directory: &DirectoryId, rate: u64, requests: u64, now: u64) -> Option<Report> {
        locked(&*self.0.get(directory)?).charge(rate, requests, now)
    }

    /// How many seconds it takes to pay the debt at `now`; `None` when there is none that matters.
    fn owing(&self, directory: &DirectoryId, rate: u64, now: u64) -> Option<u64> {
        locked(&*self.0.get(directory)?).owing(rate, now)
    }

    /// Takes in what all instances reported until `second`.
    fn learn(&self, directory: &DirectoryId, rate: u64, second: u64, own: Requests, reported: Reported) {
        if let Some(account) = self.0.get(directory) {
            locked(&account).learn(rate, second, own, reported);
        }
    }
}

fn locked(account: &Mutex<Account>) -> MutexGuard<'_, Account> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> u64 {
    u64::try_from(clock::seconds()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
