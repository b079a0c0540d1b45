//! The command line.

mod sync;

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use entra::mapping::{Mapping, PROFILES};

/// Behaves like Microsoft Entra's provisioning service, for any SCIM 2.0 endpoint
///
/// `entra check` looks at an endpoint as Microsoft's validators do and says what to change.
/// `entra sync` provisions people and groups in cycles and compares the result.
///
/// Exit code 0: all is well. 1: the endpoint did something wrong. 2: it could not begin.
#[derive(Debug, Parser)]
#[command(name = "entra", version, verbatim_doc_comment)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Sync(Box<sync::Sync>),
}

/// Which endpoint, and what flows to it.
#[derive(Args, Debug)]
pub(crate) struct Endpoint {
    /// The Tenant URL, as pasted into Entra; with `?aadOptscim062020` the flag's dialect is sent
    #[arg(long, env = "ENTRA_URL", value_name = "URL")]
    pub(crate) url: String,

    /// The Secret Token; better in the environment, where no process list shows it
    #[arg(long, env = "ENTRA_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub(crate) token: String,

    /// A built-in attribute mapping
    #[arg(long, value_name = "NAME", default_value = "standard",
          value_parser = PossibleValuesParser::new(PROFILES), conflicts_with = "mapping")]
    profile: String,

    /// An attribute mapping of your own (its format: tests/entra/README.md)
    #[arg(long, value_name = "FILE.json")]
    mapping: Option<PathBuf>,

    /// How long an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    pub(crate) timeout: f64,
}

impl Endpoint {
    /// The mapping that was chosen.
    pub(crate) fn mapping(&self) -> Result<Mapping, String> {
        match &self.mapping {
            None => Mapping::builtin(&self.profile).ok_or_else(|| format!("no mapping `{}`", self.profile)),
            Some(path) => {
                let wrong = |error: String| format!("the mapping `{}`: {error}", Path::display(path));
                let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
                Mapping::parse(&text).map_err(wrong)
            }
        }
    }
}
