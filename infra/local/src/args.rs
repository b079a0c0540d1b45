//! The command line.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser};

use cli::args::Command;
use directory::id::{DirectoryId, InvalidId};
use gateway::settings::oidc::Oidc;
use scim::profile::Profiles;
use secrecy::SecretString;

use crate::error::StartError;
use crate::stack::data::Data;
use crate::stack::{FIRST, Options};

/// A SCIM 2.0 endpoint on this machine, on an embedded DynamoDB
///
/// Prints the Tenant URL and the Secret Token for a SCIM client, and serves
/// until Ctrl-C. The first start creates a token and stores it in the file
/// `token` of the data directory, readable only by you: after a restart the
/// token and the data are the same.
///
/// Each request writes one line to stderr; RUST_LOG=warn stops that.
///
/// The commands below talk to a running server, this one or a deployed one.
#[derive(Debug, Parser)]
#[command(version, verbatim_doc_comment, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Without one, the server starts.
    #[command(subcommand)]
    command: Option<Command>,

    /// The port to listen on; 0 takes any free one
    #[arg(long, default_value_t = 3000)]
    port: u16,

    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    host: IpAddr,

    /// Where data and token are stored; created if it does not exist
    #[arg(long, value_name = "DIR", default_value = ".rollcall")]
    data: PathBuf,

    /// Keep nothing: data in a temporary directory, and a new token
    #[arg(long, conflicts_with = "data")]
    ephemeral: bool,

    /// The secret token, any text that is not empty, instead of a generated one
    #[arg(long)]
    token: Option<String>,

    /// What the first directory offers: a profile's name, or its JSON file
    ///
    /// Built in are standard (everything of RFC 7643), chatwork, clarizen-one,
    /// entra-gallery, kintone, okta and workgrid. Without the flag a directory
    /// keeps its profile, and a new one has standard. Existing data is indexed
    /// again if another profile needs it.
    #[arg(long, value_name = "NAME|FILE", verbatim_doc_comment)]
    profile: Option<String>,

    /// A further directory, as NAME=PROFILE; may be repeated
    ///
    /// Each has its own users, groups and token (printed at the start) at the
    /// same Tenant URL, like different customers of a deployed Rollcall.
    #[arg(long, value_name = "NAME=PROFILE", verbatim_doc_comment)]
    directory: Vec<String>,

    /// The region of this server: directories of another region are refused
    #[arg(long, value_name = "NAME")]
    region: Option<String>,

    /// The stage of this server: directories of another stage are refused
    #[arg(long, value_name = "NAME")]
    stage: Option<String>,

    /// A DynamoDB to use instead of the embedded one
    ///
    /// With http it is one like DynamoDB Local (http://localhost:8000). With
    /// https it is AWS: region and credentials come from the environment.
    #[arg(long, value_name = "URL", verbatim_doc_comment)]
    dynamodb_url: Option<String>,

    /// Where the embedded DynamoDB listens, for other programs
    ///
    /// It requires no credentials: any program that reaches the address can
    /// read the data. By default, any free port of this machine.
    #[arg(long, value_name = "ADDRESS:PORT", verbatim_doc_comment, conflicts_with = "dynamodb_url")]
    dynamodb_listen: Option<SocketAddr>,

    /// The table's name; created if it does not exist
    #[arg(long, value_name = "NAME", default_value = "rollcall")]
    table: String,

    /// Requests a second that a directory may send, 0 for no limit
    ///
    /// Requests over it get 429, as in AWS, where it is 100 unless the directory
    /// has its own rate. Servers on one table share the rate.
    #[arg(long, value_name = "N", default_value_t = 0, verbatim_doc_comment)]
    requests_per_second: u32,

    /// The team signs in to the console with OpenID Connect too: a JSON file
    ///
    /// It has issuer, clientId, clientSecret, and the emails and groups of those
    /// who may sign in. docs/console.md shows it.
    #[arg(long, value_name = "FILE", verbatim_doc_comment)]
    oidc: Option<PathBuf>,

    /// The administrator key opens no page of the console
    #[arg(long, requires = "oidc")]
    oidc_only: bool,
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
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Other::Answer(error),
            _ => Other::Wrong(one_line(&error.render().to_string())),
        })
    }

    /// The command of the tool, when it is one.
    ///
    /// # Errors
    /// The arguments back: the server is to be started.
    pub fn tool(self) -> Result<Command, Box<Self>> {
        match self.command {
            Some(command) => Ok(command),
            None => Err(Box::new(self)),
        }
    }

    /// What to start.
    ///
    /// # Errors
    /// [`StartError`] when a profile or the name of a directory cannot be used.
    pub fn options(self) -> Result<Options, StartError> {
        let data = if self.ephemeral { Data::Ephemeral } else { Data::Dir(self.data) };
        let mut profiles = Profiles::built_in();
        let profile = self.profile.as_deref().map(|given| named(&mut profiles, given)).transpose()?;
        let mut directories = Vec::new();
        for given in &self.directory {
            let wrong =
                |reason: &str| StartError::Directory { given: given.clone(), reason: reason.to_owned() };
            let (id, profile) = given.split_once('=').ok_or_else(|| wrong("write NAME=PROFILE"))?;
            let id: DirectoryId = id.parse().map_err(|error: InvalidId| wrong(&error.to_string()))?;
            if id.to_string() == FIRST {
                return Err(wrong("the first directory has this name: choose its profile with `--profile`"));
            }
            if directories.iter().any(|(other, _)| *other == id) {
                return Err(wrong("it is there twice"));
            }
            directories.push((id, named(&mut profiles, profile)?));
        }
        profiles.check()?;
        let oidc = self.oidc.map(|path| oidc(path, self.oidc_only)).transpose()?;
        Ok(Options {
            profile,
            directories,
            profiles,
            host: self.host,
            port: self.port,
            data,
            token: self.token,
            // Not by a flag: other users of the machine can see a command line.
            deployment_secret: std::env::var("ROLLCALL_DEPLOYMENT_SECRET").ok().map(SecretString::from),
            dynamodb_url: self.dynamodb_url,
            dynamodb_listen: self.dynamodb_listen,
            table: self.table,
            oidc,
            requests_per_second: self.requests_per_second,
            region: self.region,
            stage: self.stage,
            // The variable that names it to AWS's own tools.
            event_bridge_url: std::env::var("AWS_ENDPOINT_URL_EVENTBRIDGE")
                .ok()
                .filter(|url| !url.is_empty()),
        })
    }
}

/// The name of the profile that is `given` by its name or its file.
fn named(profiles: &mut Profiles, given: &str) -> Result<String, StartError> {
    let name = if given.ends_with(".json") {
        let read = std::fs::read_to_string(given);
        let text = read.map_err(|source| StartError::ProfileFile { path: given.into(), source })?;
        profiles.add(given, text)
    } else {
        given.to_owned()
    };
    profiles.get(&name)?;
    Ok(name)
}

/// How the team signs in, by the file at `path`.
fn oidc(path: PathBuf, is_only_way: bool) -> Result<Oidc, StartError> {
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let oidc = Oidc::parse(&text).map_err(|reason| StartError::Oidc { path, reason })?;
            Ok(Oidc { is_only_way, ..oidc })
        }
        Err(source) => Err(StartError::OidcFile { path, source }),
    }
}

/// clap's message without the usage and tips that follow it.
fn one_line(text: &str) -> String {
    let message = text.split("\n\n").next().unwrap_or(text);
    let message: Vec<&str> = message.split_whitespace().collect();
    let message = message.join(" ");
    format!("{} (see `--help`)", message.strip_prefix("error: ").unwrap_or(&message))
}
