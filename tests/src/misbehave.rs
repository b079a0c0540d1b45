//! A DynamoDB with the faults that the real one may have and the embedded one never has.
//!
//! It is an HTTP connector of the SDK, in front of the connector to a DynamoDB without faults. So
//! the storage code under test is the code that ships. Its faults:
//!
//! - queries of both indexes are answered from a copy that receives the applied writes, each after a
//!   lag (`index`);
//! - two concurrent calls with a common key conflict when one of them is a transaction; a plain
//!   write gets a conflict error, too (`locks`);
//! - calls are throttled, fail, or time out, before or after they are applied; batches are done
//!   only partly; every call takes some time (`fate`);
//! - a repeated transaction with the same request token is done once (`tokens`).
//!
//! The fate of a call is drawn from a seed. The order of threads is not, so a seed repeats the plan
//! of a run, not each step.
//!
//! A [`Mutant`] removes a condition from the requests: a checker that does not notice it is
//! useless.

mod answer;
mod batch;
mod call;
mod connector;
mod fate;
mod index;
mod locks;
mod mutant;
mod tokens;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Config, Credentials, Region, SharedHttpClient, StalledStreamProtectionConfig,
};

use self::connector::Connector;
use self::fate::Fates;
use self::index::Indexes;
use self::locks::Locks;
pub use self::mutant::Mutant;
use self::tokens::Tokens;

/// A DynamoDB with faults. Cheap to clone: all clones share their state.
#[derive(Debug, Clone)]
pub struct Misbehaving(Arc<Shared>);

/// An operation that is always refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hostility {
    /// Every call of this operation is throttled.
    Throttled(&'static str),
    /// Every batch of this operation returns all of its items as unprocessed.
    Unprocessed(&'static str),
    /// Calls of this operation get no answer.
    Silent(&'static str),
}

#[derive(Debug)]
struct Shared {
    url: String,
    behaving: SharedHttpClient,
    mutant: Option<Mutant>,
    /// How often the mutant changed a call.
    mutated: AtomicU64,
    calm: AtomicBool,
    hostility: Mutex<Option<Hostility>>,
    refused: AtomicU64,
    fates: Fates,
    indexes: Indexes,
    locks: Locks,
    tokens: Tokens,
}

impl Misbehaving {
    /// In front of the DynamoDB at `url`. `lag` is the maximum lag of an index.
    #[must_use]
    pub fn start(url: &str, seed: u64, lag: Duration, mutant: Option<Mutant>) -> Self {
        Self(Arc::new(Shared {
            url: url.to_owned(),
            behaving: aws_smithy_http_client::Builder::new().build_http(),
            mutant,
            mutated: AtomicU64::new(0),
            calm: AtomicBool::new(false),
            hostility: Mutex::default(),
            refused: AtomicU64::new(0),
            fates: Fates::new(seed),
            indexes: Indexes::new(seed, lag),
            locks: Locks::default(),
            tokens: Tokens::default(),
        }))
    }

    /// A client of it.
    #[must_use]
    pub fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.0.url)
            .region(Region::from_static("eu-west-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .http_client(Connector::new(Arc::clone(&self.0)))
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Client::from_conf(config)
    }

    /// Refuses every call of one operation from now on, until the next call of this.
    pub fn refuse(&self, hostility: Option<Hostility>) {
        *self.0.hostility.lock().unwrap_or_else(PoisonError::into_inner) = hostility;
    }

    /// How many calls were refused because of [`refuse`](Self::refuse).
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::SeqCst)
    }

    /// Stops the faults from now on, except the lag of its indexes and the mutant.
    pub fn calm_down(&self) {
        self.0.calm.store(true, Ordering::SeqCst);
    }

    /// Waits for every call that is running now. Afterwards a call that its caller gave up has
    /// been applied, or never will be.
    pub async fn settle(&self) {
        self.0.locks.settle().await;
    }

    /// How often the mutant changed a call.
    #[must_use]
    pub fn mutated(&self) -> u64 {
        self.0.mutated.load(Ordering::SeqCst)
    }

    /// How often each kind of fault happened, as text.
    #[must_use]
    pub fn report(&self) -> String {
        self.0.fates.report()
    }

    /// Whether each kind of fault happened.
    #[must_use]
    pub fn did_everything(&self) -> bool {
        self.0.fates.did_everything()
    }
}
