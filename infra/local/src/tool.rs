//! The command-line tool: directories, credentials and what is in them, of a server on this
//! machine or of a deployed one, by its administration API.

pub mod args;

mod api;
mod client;
mod credential;
mod csv;
mod directory;
mod export;
mod import;
mod table;
mod verify;

use std::io::Write;

use serde_json::{Map, Value};

use self::api::Api;
use self::args::Command;
use self::table::{one, rows};

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
        source: std::io::Error,
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

/// Where a command's answer goes: a table for people or JSON for scripts, on stdout.
struct Out {
    json: bool,
}

impl Out {
    /// All that is known of one thing.
    fn one(&self, value: &Value) {
        if self.json { self.line(value) } else { self.text(&one(value)) }
    }

    /// Many things, with these columns: the heading and the name in JSON.
    fn many(&self, items: &[Value], columns: &[(&str, &str)]) {
        if self.json {
            items.iter().for_each(|item| self.line(item))
        } else {
            self.text(&rows(items, columns))
        }
    }

    fn line(&self, value: &Value) {
        self.text(&value.to_string());
    }

    /// Nobody has to read it (any more): no reason to fail.
    fn text(&self, text: &str) {
        let mut stdout = std::io::stdout();
        let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
    }

    /// A word for people, on stderr.
    fn note(&self, text: &str) {
        let mut stderr = std::io::stderr();
        let _ = writeln!(stderr, "{text}");
    }
}

/// Carries out one command. Returns the exit code.
///
/// # Errors
/// [`ToolError`], which tells its exit code.
pub fn run(command: Command) -> Result<u8, ToolError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| ToolError::Unreachable(error.to_string()))?;
    runtime.block_on(async {
        let connection = command.connection();
        let out = Out { json: connection.json };
        let api = Api::new(connection)?;
        match command {
            Command::Directory(of) => directory::run(&api, &out, of.command).await,
            Command::Credential(of) => credential::run(&api, &out, of.command).await,
            Command::Client(of) => client::run(&api, &out, of.command).await,
            Command::Import(with) => import::run(&api, &out, with.args).await,
            Command::Verify(with) => verify::run(&api, &out, with.args).await,
        }
    })
}

/// An object of those fields that are given.
fn object(fields: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(given.collect::<Map<_, _>>())
}

/// A text, where it is given.
fn text(given: Option<String>) -> Option<Value> {
    given.map(Value::from)
}

/// A list of texts, where there are any.
fn list(given: Vec<String>) -> Option<Value> {
    (!given.is_empty()).then(|| Value::from(given))
}
