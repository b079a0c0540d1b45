//! What other issuers publish at an address: their keys, or how they are used.
//!
//! A document is cached for ten minutes, so that a key which the issuer removes becomes invalid here
//! too. An unknown key id fetches the keys again, at most six times a minute: a new key works at once,
//! and clients cannot make us call an issuer arbitrarily often. If an issuer cannot be reached, its
//! last document is used for up to an hour.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use directory::clock::Moment;
use http::StatusCode;
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use crate::http::fetch::{self, Limits, fetch};
use crate::settings::Reach;

/// How long a document is believed.
const FRESH: Duration = Duration::from_secs(600);
/// How long it is believed when the issuer cannot be reached.
const STALE: Duration = Duration::from_secs(3600);
/// How many fetches of a document may follow each other at once, and the time until one more is allowed.
const BURST: f64 = 6.0;
const AGAIN: Duration = Duration::from_secs(10);
/// How many addresses are remembered.
const CAPACITY: usize = 256;
/// What fetching a document may take. Entra's keys have some 20 KB.
const LIMITS: Limits = Limits { time: Duration::from_secs(6), bytes: 256 * 1024, needs_body: true };

/// Why there is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The issuer does not publish it.
    Unknown,
    /// The issuer's document cannot be had.
    Unreachable,
}

/// The documents of all issuers that were asked for. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Published<T> {
    addresses: Arc<Cache<String, Arc<Mutex<Address<T>>>>>,
    parse: fn(&[u8]) -> Option<T>,
}

/// One address, asked by one request at a time.
#[derive(Debug)]
struct Address<T> {
    document: Option<(T, Moment)>,
    allowance: f64,
    counted: Moment,
}

impl<T> Published<T> {
    /// Documents that `parse` reads; it returns `None` for what is not one.
    #[must_use]
    pub fn new(parse: fn(&[u8]) -> Option<T>) -> Self {
        Self { addresses: Arc::new(Cache::new(CAPACITY)), parse }
    }

    /// What `pick` finds in the document at `url`, which is fetched if `reach` allows it.
    ///
    /// # Errors
    /// [`Lost`].
    pub async fn find<R>(&self, url: &str, reach: Reach, pick: impl Fn(&T) -> Option<R>) -> Result<R, Lost> {
        let address = self.address(url);
        let mut address = address.lock().await;
        let now = Moment::now();
        if let Some(found) = address.known(FRESH, now).and_then(&pick) {
            return Ok(found);
        }
        if address.may_fetch(now)
            && let Some(document) = self.fetched(url, reach).await
        {
            let found = pick(&document).ok_or(Lost::Unknown);
            address.document = Some((document, now));
            return found;
        }
        let reachable = address.known(FRESH, now).is_some();
        let lost = if reachable { Lost::Unknown } else { Lost::Unreachable };
        address.known(STALE, now).and_then(pick).ok_or(lost)
    }

    fn address(&self, url: &str) -> Arc<Mutex<Address<T>>> {
        let new = || Ok::<_, Infallible>(Arc::new(Mutex::new(Address::new())));
        let Ok(address) = self.addresses.get_or_insert_with(url, new);
        address
    }

    /// The document at `url`; without one, the log says why.
    async fn fetched(&self, url: &str, reach: Reach) -> Option<T> {
        let request = http::Request::get(url).header("accept", "application/json").body(Bytes::new());
        let answer = match request {
            Ok(request) => fetch(request, reach, LIMITS).await,
            Err(_) => Err(fetch::Error::Address),
        };
        let (status, document) = match answer {
            Ok(answer) if answer.status() == StatusCode::OK => (200, (self.parse)(answer.body())),
            Ok(answer) => (answer.status().as_u16(), None),
            Err(error) => {
                tracing::warn!(%error, "the keys or the settings of an issuer could not be fetched");
                return None;
            }
        };
        if document.is_none() {
            tracing::warn!(status, "the response of an issuer has not its keys or settings");
        }
        document
    }
}

impl<T> Address<T> {
    fn new() -> Self {
        Self { document: None, allowance: BURST, counted: Moment::now() }
    }

    fn known(&self, longest: Duration, now: Moment) -> Option<&T> {
        let (document, read) = self.document.as_ref()?;
        read.is_within(longest, now).then_some(document)
    }

    /// Whether the issuer may be asked now; counts it.
    fn may_fetch(&mut self, now: Moment) -> bool {
        let passed = self.counted.elapsed(now);
        self.allowance = (self.allowance + passed.as_secs_f64() / AGAIN.as_secs_f64()).min(BURST);
        self.counted = now;
        let may = self.allowance >= 1.0;
        if may {
            self.allowance -= 1.0;
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Instant, SystemTime};

    use super::*;

    fn read_at(read: Moment) -> Address<&'static str> {
        Address { document: Some(("one", read)), ..Address::new() }
    }

    #[test]
    fn a_document_is_believed_for_ten_minutes_and_for_an_hour_when_there_is_no_other() {
        let start = Moment::now();
        let address = read_at(start);
        let at = |seconds| start.after(Duration::from_secs(seconds));
        assert!(address.known(FRESH, at(599)).is_some());
        assert!(address.known(FRESH, at(600)).is_none());
        assert!(address.known(STALE, at(3599)).is_some());
        assert!(address.known(STALE, at(3600)).is_none());
    }

    #[test]
    fn a_document_is_not_believed_longer_because_the_process_was_suspended() {
        let (wall, monotonic, second) = (SystemTime::now(), Instant::now(), Duration::from_secs(1));
        let address = read_at(Moment::new(wall, monotonic));
        let resumed = |seconds: u32| Moment::new(wall + second * seconds, monotonic + second);
        assert!(address.known(FRESH, resumed(1)).is_some());
        assert!(address.known(FRESH, resumed(700)).is_none());
        assert!(address.known(STALE, resumed(4000)).is_none());
    }

    #[test]
    fn an_issuer_is_asked_six_times_at_once_and_then_every_ten_seconds() {
        let mut address = Address::<()>::new();
        let start = address.counted;
        let asked = (0..20).filter(|_| address.may_fetch(start)).count();
        assert_eq!(asked, 6);
        assert!(!address.may_fetch(start.after(Duration::from_secs(9))));
        assert!(address.may_fetch(start.after(Duration::from_secs(11))));
        let later = start.after(Duration::from_secs(3600));
        assert_eq!((0..20).filter(|_| address.may_fetch(later)).count(), 6);
    }
}
