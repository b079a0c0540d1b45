//! The public keys of other issuers (RFC 7517), by address and id.
//!
//! A key set is cached for ten minutes, so that a key which the issuer removes becomes invalid here
//! too. An unknown key id fetches the set again, at most six times a minute: a new key works at once,
//! and clients cannot make us call an issuer arbitrarily often. If an issuer cannot be reached, its
//! last key set is used for up to an hour.

mod set;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use directory::clock::Moment;
use gateway::http::fetch::{self, Limits, fetch};
use gateway::settings::Reach;
use http::StatusCode;
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

pub use set::Key;

use self::set::Set;

/// How long a set is believed.
const FRESH: Duration = Duration::from_secs(600);
/// How long it is believed when the issuer cannot be reached.
const STALE: Duration = Duration::from_secs(3600);
/// How many fetches of a set may follow each other at once, and the time until one more is allowed.
const BURST: f64 = 6.0;
const AGAIN: Duration = Duration::from_secs(10);
/// How many issuers are remembered.
const CAPACITY: usize = 256;
/// What fetching a set may take. Entra's set has some 20 KB.
const LIMITS: Limits = Limits { time: Duration::from_secs(6), bytes: 256 * 1024, needs_body: true };

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The issuer does not publish it.
    Unknown,
    /// The issuer's keys cannot be had.
    Unreachable,
}

/// The keys of all issuers that were asked for. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Keys(Arc<Cache<String, Arc<Mutex<Issuer>>>>);

impl Default for Keys {
    fn default() -> Self {
        Self(Arc::new(Cache::new(CAPACITY)))
    }
}

/// One issuer, asked by one request at a time.
#[derive(Debug)]
struct Issuer {
    set: Option<(Set, Moment)>,
    allowance: f64,
    counted: Moment,
}

impl Keys {
    /// The key `id` of those that are published at `url`, which is fetched if `reach` allows it.
    ///
    /// # Errors
    /// [`Lost`].
    pub async fn get(&self, url: &str, id: &str, reach: Reach) -> Result<Key, Lost> {
        let issuer = self.issuer(url);
        let mut issuer = issuer.lock().await;
        let now = Moment::now();
        if let Some(key) = issuer.known(id, FRESH, now) {
            return Ok(key);
        }
        if issuer.may_fetch(now)
            && let Some(set) = published(url, reach).await
        {
            issuer.set = Some((set, now));
            return issuer.known(id, FRESH, now).ok_or(Lost::Unknown);
        }
        let reachable = issuer.is_fresh(now);
        issuer.known(id, STALE, now).ok_or(if reachable { Lost::Unknown } else { Lost::Unreachable })
    }

    fn issuer(&self, url: &str) -> Arc<Mutex<Issuer>> {
        let new = || Ok::<_, Infallible>(Arc::new(Mutex::new(Issuer::new())));
        let Ok(issuer) = self.0.get_or_insert_with(url, new);
        issuer
    }
}

/// The set of keys at `url`; without one, the log says why.
async fn published(url: &str, reach: Reach) -> Option<Set> {
    let request = http::Request::get(url).header("accept", "application/json").body(Bytes::new());
    let answer = match request {
        Ok(request) => fetch(request, reach, LIMITS).await,
        Err(_) => Err(fetch::Error::Address),
    };
    let (status, set) = match answer {
        Ok(answer) if answer.status() == StatusCode::OK => (200, Set::parse(answer.body())),
        Ok(answer) => (answer.status().as_u16(), None),
        Err(error) => {
            tracing::warn!(%error, "the keys of an issuer could not be fetched");
            return None;
        }
    };
    if set.is_none() {
        tracing::warn!(status, "the response of an issuer is not a set of keys");
    }
    set
}

impl Issuer {
    fn new() -> Self {
        Self { set: None, allowance: BURST, counted: Moment::now() }
    }

    fn known(&self, id: &str, longest: Duration, now: Moment) -> Option<Key> {
        let (set, read) = self.set.as_ref()?;
        read.is_within(longest, now).then(|| set.get(id)).flatten()
    }

    fn is_fresh(&self, now: Moment) -> bool {
        self.set.as_ref().is_some_and(|(_, read)| read.is_within(FRESH, now))
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
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::time::{Instant, SystemTime};

    use super::*;

    const SET: &[u8] = br#"{"keys":[{"kty":"EC","crv":"P-256","kid":"one","use":"sig","alg":"ES256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

    #[test]
    fn a_set_is_believed_for_ten_minutes_and_for_an_hour_when_there_is_no_other() {
        let start = Moment::now();
        let issuer = Issuer { set: Some((Set::parse(SET).unwrap(), start)), ..Issuer::new() };
        let at = |seconds| start.after(Duration::from_secs(seconds));
        assert!(issuer.known("one", FRESH, at(599)).is_some());
        assert!(issuer.known("one", FRESH, at(600)).is_none());
        assert!(issuer.known("one", STALE, at(3599)).is_some());
        assert!(issuer.known("one", STALE, at(3600)).is_none());
        assert!(issuer.known("two", FRESH, start).is_none());
    }

    #[test]
    fn a_set_is_not_believed_longer_because_the_process_was_suspended() {
        let (wall, monotonic, second) = (SystemTime::now(), Instant::now(), Duration::from_secs(1));
        let read = Moment::new(wall, monotonic);
        let issuer = Issuer { set: Some((Set::parse(SET).unwrap(), read)), ..Issuer::new() };
        let resumed = |seconds: u32| Moment::new(wall + second * seconds, monotonic + second);
        assert!(issuer.known("one", FRESH, resumed(1)).is_some());
        assert!(issuer.known("one", FRESH, resumed(700)).is_none());
        assert!(issuer.known("one", STALE, resumed(4000)).is_none());
    }

    #[test]
    fn an_issuer_is_asked_six_times_at_once_and_then_every_ten_seconds() {
        let mut issuer = Issuer::new();
        let start = issuer.counted;
        let asked = (0..20).filter(|_| issuer.may_fetch(start)).count();
        assert_eq!(asked, 6);
        assert!(!issuer.may_fetch(start.after(Duration::from_secs(9))));
        assert!(issuer.may_fetch(start.after(Duration::from_secs(11))));
        let later = start.after(Duration::from_secs(3600));
        assert_eq!((0..20).filter(|_| issuer.may_fetch(later)).count(), 6);
    }
}
