//! Why the local server does not start. Each is one line for the person at
//! the terminal; `main` prints it and ends with exit code 2.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why [`crate::stack::Stack::start`] gave up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or may not be bound.
    #[error(
        "cannot listen on `{address}`: {source}; choose another port with `--port` (0 takes any free one)"
    )]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The data directory cannot be made, or not written into.
    #[error("cannot use the data directory `{}`: {source}", path.display())]
    DataDir {
        /// The directory, or the file in it.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Another server uses the same data directory.
    #[error("another server is using the data directory `{}`; stop it, or choose another with `--data`", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The database file is not one, or damaged.
    #[error("cannot use the data file `{}`: {reason}", path.display())]
    DataFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The kept token is not one.
    #[error("the file `{}` does not hold a token; delete it to have a new one made", path.display())]
    TokenFile {
        /// The file.
        path: PathBuf,
    },
    /// `--token` cannot be used as one.
    #[error("cannot use the value of `--token`: {0}")]
    Token(String),
    /// `--dynamodb-url` is not the address of a DynamoDB.
    #[error("cannot use the DynamoDB at `{url}`: not an address such as http://localhost:8000")]
    DynamodbUrl {
        /// What was given.
        url: String,
    },
    /// The embedded engine's thread or port.
    #[error("cannot start the embedded DynamoDB: {source}")]
    Engine {
        /// What the operating system said.
        source: io::Error,
    },
    /// The table cannot be reached, made or read.
    #[error("cannot use the table `{table}` at `{url}`: {reason}")]
    Table {
        /// The DynamoDB endpoint.
        url: String,
        /// The table's name.
        table: String,
        /// What went wrong, with its causes.
        reason: String,
    },
}

/// An error and what caused it, in one line. An error whose text repeats the
/// cause's is shown once.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text.replace(['\n', '\r'], " ")
}
