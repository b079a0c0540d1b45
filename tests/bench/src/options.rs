//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Measures a SCIM endpoint: requests per second, latencies, DynamoDB units, dollars, memory.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
pub(crate) struct Options {
    /// What to measure instead of every operation.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Tenant URL of a running server; without it, `rollcall` from the same folder is started.
    #[arg(long, requires = "token")]
    pub(crate) url: Option<String>,
    /// The running server's secret token.
    #[arg(long, requires = "url")]
    pub(crate) token: Option<String>,
    /// A DynamoDB for the server that is started, instead of the embedded one.
    #[arg(long, conflicts_with = "url")]
    pub(crate) dynamodb_url: Option<String>,
    /// Users to load before anything is measured.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) users: usize,
    /// Members of the large group.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) members: usize,
    /// Groups of a user who is deleted.
    #[arg(long, default_value_t = 5)]
    pub(crate) groups: usize,
    /// Connections that ask at the same time: each operation is measured with each number.
    #[arg(long, value_delimiter = ',', default_value = "1,8,32")]
    pub(crate) connections: Vec<usize>,
    /// Seconds for each operation.
    #[arg(long, default_value_t = 4)]
    pub(crate) seconds: u64,
    /// Resources made ahead for each operation that uses them up.
    #[arg(long, default_value_t = 400)]
    pub(crate) stock: usize,
    /// Changes groups without `excludedAttributes=members`: there are servers that then lose the
    /// members.
    #[arg(long)]
    pub(crate) plain: bool,
    /// Only operations whose name contains this.
    #[arg(long)]
    pub(crate) only: Option<String>,
    /// How users and groups are loaded.
    #[arg(long, value_enum, default_value = "http")]
    pub(crate) load: Load,
    /// Fails when an operation takes longer in a large directory or group than in a small one.
    #[arg(long, conflicts_with_all = ["url", "dynamodb_url"])]
    pub(crate) check: bool,
    /// Also writes the figures to this file.
    #[arg(long, global = true)]
    pub(crate) json: Option<PathBuf>,
}

/// How users and groups are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Load {
    /// By requests, like a client.
    Http,
    /// Into the table, through the store, before the server starts.
    Direct,
}

/// What else can be measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// How times grow with the directory and with the group.
    Growth(Growth),
    /// Draws what `growth` wrote.
    Plot(Plot),
    /// The users function, driven through a stand-in of the Lambda Runtime API.
    Lambda(Lambda),
    /// Cold starts of the users function compared with an empty one.
    ColdStart(ColdStart),
    /// What scans of one directory cost another one.
    Isolation(Isolation),
}

/// How many clients scan, and what.
#[derive(Clone, Debug, Args)]
pub(crate) struct Isolation {
    /// Users of the directory that is scanned.
    #[arg(long, default_value_t = 30_000)]
    pub(crate) users: usize,
    /// Clients that scan it at the same time.
    #[arg(long, default_value_t = 90)]
    pub(crate) scans: usize,
    /// Seconds without scans, and with them.
    #[arg(long, default_value_t = 60)]
    pub(crate) seconds: u64,
}

/// Which sizes are measured.
#[derive(Debug, Args)]
pub(crate) struct Growth {
    /// Sizes of the directory.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    pub(crate) users: Vec<usize>,
    /// Sizes of groups.
    #[arg(long, value_delimiter = ',', default_value = "10,100,1000,10000,100000")]
    pub(crate) members: Vec<usize>,
    /// Connections that ask at the same time.
    #[arg(long, default_value_t = 8)]
    pub(crate) connections: usize,
    /// Seconds for each operation and size.
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u64,
}

/// The input and output of the plot.
#[derive(Debug, Args)]
pub(crate) struct Plot {
    /// The figures that `growth --json` wrote.
    pub(crate) figures: PathBuf,
    /// The picture, an SVG.
    pub(crate) picture: PathBuf,
}

/// Which functions are started, and how often.
#[derive(Debug, Args)]
pub(crate) struct ColdStart {
    /// Starts of each kind; the median counts.
    #[arg(long, default_value_t = 30)]
    pub(crate) starts: usize,
    /// The folder where `cargo lambda build` put the functions.
    #[arg(long, default_value = "target/lambda")]
    pub(crate) functions: PathBuf,
    /// Milliseconds that a round trip to DynamoDB takes.
    #[arg(long, default_value_t = 10)]
    pub(crate) round_trip: u64,
    /// Fails when a target is missed: 1.5 times the empty function without DynamoDB, one
    /// round trip more for what is opened ahead.
    #[arg(long)]
    pub(crate) check: bool,
}

/// How the function is driven.
#[derive(Debug, Args)]
pub(crate) struct Lambda {
    /// Requests to send.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) requests: usize,
    /// The function's binary; without it, `users` from the same folder.
    #[arg(long)]
    pub(crate) function: Option<PathBuf>,
}
