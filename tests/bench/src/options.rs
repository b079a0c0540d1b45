//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Measures a SCIM endpoint: requests per second, latencies, DynamoDB units, memory.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
pub(crate) struct Options {
    /// What to measure instead of a server.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Tenant URL of a running server; without it, `rollcall` beside this program is started.
    #[arg(long, requires = "token")]
    pub(crate) url: Option<String>,
    /// The running server's secret token.
    #[arg(long, requires = "url")]
    pub(crate) token: Option<String>,
    /// Users to load before anything is measured.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) users: usize,
    /// Members of the large group.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) members: usize,
    /// Connections that ask at the same time.
    #[arg(long, default_value_t = 8)]
    pub(crate) connections: usize,
    /// Seconds for each operation.
    #[arg(long, default_value_t = 8)]
    pub(crate) seconds: u64,
    /// Members added and removed one by one, in each group.
    #[arg(long, default_value_t = 300)]
    pub(crate) rounds: usize,
    /// Writes the figures to this file, too.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
}

/// What else can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The users function, driven through a stand-in of the Lambda Runtime API.
    Lambda(Lambda),
    /// Cold starts of the users function beside those of an empty one.
    ColdStart(ColdStart),
}

/// Which functions are started, and how often.
#[derive(Debug, Args)]
pub(crate) struct ColdStart {
    /// Starts of each kind; the median counts.
    #[arg(long, default_value_t = 30)]
    pub(crate) starts: usize,
    /// Where `cargo lambda build` put the functions.
    #[arg(long, default_value = "target/lambda")]
    pub(crate) functions: PathBuf,
    /// Milliseconds that a round trip to DynamoDB takes.
    #[arg(long, default_value_t = 10)]
    pub(crate) round_trip: u64,
    /// Fails when a target is missed: 1.5 times the empty function without DynamoDB, one
    /// round trip more for what is opened ahead.
    #[arg(long)]
    pub(crate) check: bool,
    /// Writes the figures to this file, too.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
}

/// How the function is driven.
#[derive(Debug, Args)]
pub(crate) struct Lambda {
    /// Requests to send.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) requests: usize,
    /// The function's binary; without it, `users` beside this program.
    #[arg(long)]
    pub(crate) function: Option<PathBuf>,
    /// Writes the figures to this file, too.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
}
