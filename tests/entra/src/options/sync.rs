//! `entra sync`

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use entra::sync::{Options, Restart, Source, run};
use entra::wire::Dialect;

use super::{Endpoint, say};

/// Provisions people and groups: an initial cycle, then incremental ones
///
/// People and groups come from a file, or are generated from a seed; generated people join, move,
/// leave, come back, and change names, managers and groups between the cycles. Exit code 1 when
/// work is left at the end, when the run ends in quarantine, or when --verify finds a difference.
#[derive(Args, Debug)]
pub(crate) struct Sync {
    #[command(flatten)]
    endpoint: Endpoint,

    /// People and groups: a CSV or JSON file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["users", "groups", "seed"])]
    source: Option<PathBuf>,

    /// Generate this many people
    #[arg(long, value_name = "N", default_value_t = 100)]
    users: usize,

    /// Generate this many groups
    #[arg(long, value_name = "M", default_value_t = 10)]
    groups: usize,

    /// Decides who is generated and what changes: the same seed gives the same run
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Incremental cycles after the initial one, or after those in --state
    #[arg(long, value_name = "K", default_value_t = 3)]
    cycles: u32,

    /// More cycles, without new changes, while something has to be retried
    #[arg(long, value_name = "N", default_value_t = 3)]
    settle: u32,

    /// The PATCH dialect; by default, the one that the flag in the URL selects
    #[arg(long, value_parser = PossibleValuesParser::new(["default", "flag"]))]
    dialect: Option<String>,

    /// Concurrent requests
    #[arg(long, value_name = "C", default_value_t = 5)]
    concurrency: usize,

    /// Members in one PATCH, at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    members_per_request: usize,

    /// Attempts after a 5xx, a timeout or a lost connection, within the cycle
    #[arg(long, value_name = "N", default_value_t = 3)]
    retries: u32,

    /// A file that keeps links, exported values and failures for the next run
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Forget the exported values in --state (watermark), or also the target ids (full)
    #[arg(long, requires = "state")]
    restart: Option<Forget>,

    /// The file for the provisioning log: one JSON line for each step
    #[arg(long, value_name = "FILE.jsonl")]
    log: Option<PathBuf>,

    /// Read the target back at the end and compare every attribute and membership
    #[arg(long)]
    verify: bool,

    /// Do not report resources at the target that this run does not know
    #[arg(long, requires = "verify")]
    allow_strays: bool,

    /// Hold back all deletes and disables of a cycle when there are more than this
    #[arg(long, value_name = "N")]
    accidental_deletion_threshold: Option<usize>,

    /// No progress bar and no summary
    #[arg(long, short)]
    quiet: bool,
}

/// What to forget.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Forget {
    Watermark,
    Full,
}

impl Sync {
    /// Whether the run succeeded.
    pub(crate) async fn run(self) -> Result<bool, String> {
        let mapping = self.endpoint.mapping()?;
        let source = match self.source {
            Some(path) => Source::File(path),
            None => Source::Generated { users: self.users, groups: self.groups, seed: self.seed },
        };
        let options = Options {
            cycles: self.cycles,
            settle: self.settle,
            dialect: self.dialect.map(|name| if name == "flag" { Dialect::Flag } else { Dialect::Default }),
            concurrency: self.concurrency.max(1),
            members: self.members_per_request,
            retries: self.retries,
            timeout: self.endpoint.timeout()?,
            state: self.state,
            restart: self.restart.map(|forget| match forget {
                Forget::Watermark => Restart::Watermark,
                Forget::Full => Restart::Full,
            }),
            log: self.log,
            verify: self.verify,
            allow_strays: self.allow_strays,
            deletion_threshold: self.accidental_deletion_threshold,
            progress: !self.quiet,
            tokens: self.endpoint.tokens()?,
            ..Options::new(&self.endpoint.url, "", mapping, source)
        };
        let report = run(options).await.map_err(|error| error.to_string())?;
        if !self.quiet {
            say(&report.summary());
        }
        Ok(report.is_good())
    }
}
