//! The command line.

mod check;
mod sync;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use entra::mapping::{Mapping, PROFILES};
use entra::wire::credentials::Credentials;
use entra::wire::secret::Secret;
use entra::wire::tokens::Tokens;

/// Behaves like Microsoft Entra's provisioning service, for any SCIM 2.0 endpoint
///
/// `entra check` checks an endpoint as Microsoft's validators do and reports what to change.
/// `entra sync` provisions people and groups in cycles and compares the result.
///
/// Exit code 0: success. 1: the endpoint did something wrong. 2: the command could not start.
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
    /// Lists the cases of `entra check`
    Cases,
}

/// Prints the cases; the failure of an optional one is only a warning.
pub(crate) fn cases() {
    for (name, optional) in entra::check::names() {
        say(&format!("{name}{}\n", if optional { " (optional)" } else { "" }));
    }
}

/// Prints to standard output, which may be closed.
fn say(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// The endpoint and the mapping.
#[derive(Args, Debug)]
pub(crate) struct Endpoint {
    /// The Tenant URL, as pasted into Entra; with `?aadOptscim062020` the flag's dialect is
    /// used
    #[arg(long, env = "ENTRA_URL", value_name = "URL")]
    pub(crate) url: String,

    /// The Secret Token; better in the environment, where no process list shows it
    #[arg(long, env = "ENTRA_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<String>,

    /// A file with the Secret Token, read for each request, so that the token can be renewed
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    token_file: Option<PathBuf>,

    /// The token endpoint (OAuth 2.0)
    #[arg(
        long,
        visible_alias = "token-url",
        env = "ENTRA_TOKEN_ENDPOINT",
        value_name = "URL",
        requires = "client_id"
    )]
    token_endpoint: Option<String>,

    /// The client id for the token endpoint
    #[arg(long, env = "ENTRA_CLIENT_ID", value_name = "ID", requires = "token_endpoint")]
    client_id: Option<String>,

    /// The client secret for the token endpoint
    #[arg(long, env = "ENTRA_CLIENT_SECRET", hide_env_values = true, value_name = "SECRET")]
    client_secret: Option<String>,

    /// A file with the client secret, read for each token
    #[arg(long, value_name = "FILE", conflicts_with = "client_secret")]
    client_secret_file: Option<PathBuf>,

    /// A file with a signed assertion instead of a secret (workload identity federation), read
    /// for each token
    #[arg(long, value_name = "FILE")]
    assertion_file: Option<PathBuf>,

    /// A file with the refresh token of an authorization; each new refresh token replaces it
    #[arg(long, value_name = "FILE", requires = "token_endpoint")]
    refresh_token_file: Option<PathBuf>,

    /// Request another token after this time, even if the last one is still valid
    #[arg(long, value_name = "SECONDS", requires = "token_endpoint")]
    renew_after: Option<f64>,

    /// A built-in attribute mapping
    #[arg(long, value_name = "NAME", default_value = "standard",
          value_parser = PossibleValuesParser::new(PROFILES), conflicts_with = "mapping")]
    profile: String,

    /// Your own attribute mapping (its format: tests/entra/README.md)
    #[arg(long, value_name = "FILE.json")]
    mapping: Option<PathBuf>,

    /// The timeout of a request
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    timeout: f64,
}

impl Endpoint {
    /// The timeout of a request.
    pub(crate) fn timeout(&self) -> Result<Duration, String> {
        Duration::try_from_secs_f64(self.timeout).map_err(|error| format!("--timeout: {error}"))
    }

    /// The token request, if its flags were given.
    pub(crate) fn credentials(&self) -> Result<Option<Credentials>, String> {
        let (Some(endpoint), Some(client_id)) = (&self.token_endpoint, &self.client_id) else {
            return Ok(None);
        };
        let file = |path: &Option<PathBuf>| path.clone().map(Secret::File);
        Ok(Some(Credentials {
            endpoint: endpoint.clone(),
            client_id: client_id.clone(),
            secret: self.client_secret.as_deref().map(Secret::given).or(file(&self.client_secret_file)),
            assertion: file(&self.assertion_file),
            refresh: file(&self.refresh_token_file),
        }))
    }

    /// The source of tokens: the secret token, otherwise the token endpoint.
    pub(crate) fn tokens(&self) -> Result<Tokens, String> {
        let secret = self.token.as_deref().map(Secret::given).or(self.token_file.clone().map(Secret::File));
        match (secret, self.credentials()?) {
            (Some(secret), _) => Ok(Tokens::secret(secret)),
            (None, Some(credentials)) => {
                let wrong = |error| format!("--renew-after: {error}");
                let renew = self.renew_after.map(Duration::try_from_secs_f64).transpose().map_err(wrong)?;
                Tokens::issued(credentials, renew, self.timeout()?)
            }
            (None, None) => {
                Err("a token is missing: give --token or set ENTRA_TOKEN, or give --token-endpoint, \
                                 --client-id and --client-secret, --assertion-file or --refresh-token-file"
                    .to_owned())
            }
        }
    }

    /// The selected mapping.
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
