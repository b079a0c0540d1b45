//! The command line.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser};

use crate::stack::{Data, Options};

/// A SCIM 2.0 endpoint on this machine, on an embedded DynamoDB
///
/// Prints the Tenant URL and the Secret Token that a SCIM client wants, and
/// serves until Ctrl-C. A token is made at the first start and kept in the
/// file `token` of the data directory, readable by you alone: a restart has
/// the same token and the same data.
///
/// Each request is one line on stderr; RUST_LOG=warn keeps it quiet.
#[derive(Debug, Parser)]
#[command(version, verbatim_doc_comment)]
pub struct Args {
    /// The port to listen on; 0 takes any free one
    #[arg(long, default_value_t = 3000)]
    port: u16,

    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    host: IpAddr,

    /// Where data and token are kept; made when there is none
    #[arg(long, value_name = "DIR", default_value = ".rollcall")]
    data: PathBuf,

    /// Keep nothing: data in a temporary directory, a new token at each start
    #[arg(long, conflicts_with = "data")]
    ephemeral: bool,

    /// The secret token, any text that is not empty, instead of one that is made
    #[arg(long)]
    token: Option<String>,

    /// A DynamoDB to use instead of the embedded one
    ///
    /// Over http it is one like DynamoDB Local (http://localhost:8000). Over
    /// https it is AWS: region and credentials come from the environment.
    #[arg(long, value_name = "URL", verbatim_doc_comment)]
    dynamodb_url: Option<String>,

    /// Where the embedded DynamoDB listens, for programs beside this one
    ///
    /// It asks for no credentials: whoever reaches the address has the data.
    /// Without it, any free port of this machine.
    #[arg(long, value_name = "ADDRESS:PORT", verbatim_doc_comment, conflicts_with = "dynamodb_url")]
    dynamodb_listen: Option<SocketAddr>,

    /// The table's name; made when there is none
    #[arg(long, value_name = "NAME", default_value = "rollcall")]
    table: String,
}

/// A command line that asks for something else than to start.
#[derive(Debug)]
pub enum Other {
    /// `--help` or `--version`: its text belongs on stdout.
    Answer(clap::Error),
    /// It is wrong: this line on stderr.
    Wrong(String),
}

impl Args {
    /// Reads the process's command line.
    ///
    /// # Errors
    /// [`Other`], when there is nothing to start.
    pub fn read() -> Result<Self, Other> {
        let matches = Self::command().try_get_matches();
        matches.and_then(|matches| Self::from_arg_matches(&matches)).map_err(|error| match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Other::Answer(error),
            _ => Other::Wrong(one_line(&error.render().to_string())),
        })
    }

    /// What to start.
    #[must_use]
    pub fn options(self) -> Options {
        let data = if self.ephemeral { Data::Ephemeral } else { Data::Dir(self.data) };
        Options {
            host: self.host,
            port: self.port,
            data,
            token: self.token,
            dynamodb_url: self.dynamodb_url,
            dynamodb_listen: self.dynamodb_listen,
            table: self.table,
        }
    }
}

/// clap's message without the usage and tips that follow it.
fn one_line(text: &str) -> String {
    let message = text.split("\n\n").next().unwrap_or(text);
    let message: Vec<&str> = message.split_whitespace().collect();
    let message = message.join(" ");
    format!("{} (see `--help`)", message.strip_prefix("error: ").unwrap_or(&message))
}
