//! The command line.

mod check;
mod sync;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use entra::check::Credentials;
use entra::mapping::{Mapping, PROFILES};
use secrecy::SecretString;

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
    Check(Box<check::Check>),
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
    token: Option<String>,

    /// Where access tokens are had by client credentials (OAuth 2.0)
    #[arg(long, env = "ENTRA_TOKEN_ENDPOINT", value_name = "URL", requires = "client_id")]
    token_endpoint: Option<String>,

    /// The client identifier at the token endpoint
    #[arg(long, env = "ENTRA_CLIENT_ID", value_name = "ID", requires = "token_endpoint")]
    client_id: Option<String>,

    /// The client secret at the token endpoint
    #[arg(long, env = "ENTRA_CLIENT_SECRET", hide_env_values = true, value_name = "SECRET")]
    client_secret: Option<String>,

    /// A signed assertion instead of a secret (workload identity federation)
    #[arg(long, value_name = "FILE")]
    assertion_file: Option<PathBuf>,

    /// A built-in attribute mapping
    #[arg(long, value_name = "NAME", default_value = "standard",
          value_parser = PossibleValuesParser::new(PROFILES), conflicts_with = "mapping")]
    profile: String,

    /// An attribute mapping of your own (its format: tests/entra/README.md)
    #[arg(long, value_name = "FILE.json")]
    mapping: Option<PathBuf>,

    /// How long an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    timeout: f64,
}

impl Endpoint {
    /// How long an answer may take.
    pub(crate) fn timeout(&self) -> Result<Duration, String> {
        Duration::try_from_secs_f64(self.timeout).map_err(|error| format!("--timeout: {error}"))
    }

    /// How access tokens are had, if it was said.
    pub(crate) fn credentials(&self) -> Result<Option<Credentials>, String> {
        let (Some(endpoint), Some(client_id)) = (&self.token_endpoint, &self.client_id) else {
            return Ok(None);
        };
        let assertion = match &self.assertion_file {
            None => None,
            Some(path) => {
                let wrong = |error| format!("the assertion `{}`: {error}", path.display());
                let text = std::fs::read_to_string(path).map_err(wrong)?;
                Some(SecretString::from(text.trim().to_owned()))
            }
        };
        let secret = self.client_secret.clone().map(SecretString::from);
        Ok(Some(Credentials { endpoint: endpoint.clone(), client_id: client_id.clone(), secret, assertion }))
    }

    /// The token to use: the secret one, else one from the token endpoint.
    pub(crate) async fn token(&self) -> Result<String, String> {
        match (&self.token, self.credentials()?) {
            (Some(token), _) => Ok(token.clone()),
            (None, Some(credentials)) => credentials.token(self.timeout()?).await,
            (None, None) => {
                Err("a token is missing: give --token or set ENTRA_TOKEN, or give --token-endpoint, \
                                 --client-id and --client-secret or --assertion-file"
                    .to_owned())
            }
        }
    }

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
