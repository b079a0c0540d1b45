//! Provisioning in cycles, as Entra's service does it: users first, then groups, then the
//! references between them.

mod call;
mod cycle;
pub mod engine;
pub mod failure;
mod group;
pub mod log;
mod object;
mod plan;
mod progress;
mod references;
pub mod report;
mod run;
pub mod state;
mod user;
pub mod verify;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::object::{id_of, same};
pub use self::report::Report;
pub use self::run::run;
use crate::mapping::Mapping;
use crate::source::Directory;
use crate::wire::Dialect;
use crate::wire::secret::Secret;
use crate::wire::tokens::Tokens;

/// The source of people and groups.
#[derive(Clone, Debug)]
pub enum Source {
    /// A CSV or JSON file, read again before each cycle.
    File(PathBuf),
    /// Generated from a seed, including changes.
    Generated {
        /// People at the beginning.
        users: usize,
        /// Groups at the beginning.
        groups: usize,
        /// Decides everything.
        seed: u64,
    },
    /// A given tenant, in which nothing changes.
    Fixed(Arc<Directory>),
}

/// What to forget of an earlier run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Restart {
    /// The exported values: everything is evaluated again, with the known ids.
    Watermark,
    /// The ids as well: everything is matched again.
    Full,
}

/// Progress of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// A cycle begins; 0 is the initial one.
    Cycle(u32),
    /// Steps of this cycle that are done.
    Step {
        /// The cycle.
        cycle: u32,
        /// Done.
        done: u64,
        /// Planned; grows when references follow.
        planned: u64,
    },
}

/// Receives the events of a run, as they happen.
pub type Observer = Arc<dyn Fn(Event) + Send + Sync>;

/// Options of a run.
#[derive(Clone)]
pub struct Options {
    /// The Tenant URL, with or without a flag.
    pub url: String,
    /// The Secret Token, or the source of tokens.
    pub tokens: Tokens,
    /// The attribute mapping.
    pub mapping: Mapping,
    /// The source.
    pub source: Source,
    /// Incremental cycles after the initial one, or after those that the state knows.
    pub cycles: u32,
    /// Cycles without new changes that may follow while something has to be retried.
    pub settle: u32,
    /// The dialect; `None` takes the one that the URL's flag selects.
    pub dialect: Option<Dialect>,
    /// Concurrent requests.
    pub concurrency: usize,
    /// Members in one PATCH, at most.
    pub members: usize,
    /// Attempts after the first, within one cycle.
    pub retries: u32,
    /// The wait before the first of them; each further one waits twice as long.
    pub backoff: Duration,
    /// The timeout of a request.
    pub timeout: Duration,
    /// The file that remembers this run for the next one.
    pub state: Option<PathBuf>,
    /// What to forget of it.
    pub restart: Option<Restart>,
    /// The provisioning log.
    pub log: Option<PathBuf>,
    /// Read the target back at the end.
    pub verify: bool,
    /// Do not report resources at the target that this run did not link.
    pub allow_strays: bool,
    /// More deletes and disables than this in one cycle are held back.
    pub deletion_threshold: Option<usize>,
    /// Show a progress bar on a terminal.
    pub progress: bool,
    /// Receives the events of the run.
    pub observer: Option<Observer>,
}

impl Options {
    /// The defaults of the command.
    #[must_use]
    pub fn new(url: &str, token: &str, mapping: Mapping, source: Source) -> Self {
        Self {
            url: url.to_owned(),
            tokens: Tokens::secret(Secret::given(token)),
            mapping,
            source,
            cycles: 0,
            settle: 3,
            dialect: None,
            concurrency: 5,
            members: 20,
            retries: 3,
            backoff: Duration::from_millis(500),
            timeout: Duration::from_secs(30),
            state: None,
            restart: None,
            log: None,
            verify: false,
            allow_strays: false,
            deletion_threshold: None,
            progress: false,
            observer: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("url", &self.url)
            .field("mapping", &self.mapping.name)
            .finish_non_exhaustive()
    }
}

/// Why a run could not start or continue. Faults of the endpoint are not errors: they are in the
/// report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The Tenant URL is not valid.
    #[error("{0}")]
    Url(String),
    /// People and groups cannot be read.
    #[error("{0}")]
    Source(String),
    /// The state file cannot be used.
    #[error("the state file `{path}`: {reason}")]
    State {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The log cannot be written.
    #[error("the log `{path}`: {reason}")]
    Log {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}
