//! Why a command fails, and its exit code.

use std::error::Error;
use std::io;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The command line cannot be carried out.
    #[error("{0}")]
    Wrong(String),
    /// The server refused, with this status.
    #[error("{detail}")]
    Refused {
        /// The status.
        status: u16,
        /// Why.
        detail: String,
    },
    /// The server cannot be reached, or does not answer as one.
    #[error("{0}")]
    Unreachable(String),
    /// A file cannot be read or written.
    #[error("cannot use `{path}`: {source}")]
    File {
        /// The file.
        path: String,
        /// What the operating system said.
        source: io::Error,
    },
}

impl ToolError {
    /// The exit code: 1 refused by the server, 2 wrong command line or file, 3 no server.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Refused { .. } => 1,
            Self::Wrong(_) | Self::File { .. } => 2,
            Self::Unreachable(_) => 3,
        }
    }
}

/// An error and its causes in one line. Where the operating system says something, that is all
/// there is to say: the layers in between only wrap it.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        if cause.is::<io::Error>() && cause.source().is_none() {
            return cause.to_string();
        }
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text.replace(['\n', '\r'], " ")
}
