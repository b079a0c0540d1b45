//! Why the local server does not start. Each is one line for the person at
//! the terminal; `main` prints it and ends with exit code 2.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use directory::secret::deployment::WeakSecret;
use directory::upkeep::profile_change::Duplicate;
use gateway::settings::oidc::WrongOidc;
use scim::profile::ProfileError;

/// Why [`crate::stack::Stack::start`] gave up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or may not be bound.
    #[error("cannot listen on `{address}`: {source}{}", advice(.source))]
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
    #[error(
        "the file `{}` does not contain a token of this server; delete it, and the next start creates a new one",
        path.display()
    )]
    TokenFile {
        /// The file.
        path: PathBuf,
    },
    /// The kept administrator key is not one.
    #[error(
        "the file `{}` does not hold an administrator key of at least 32 characters; delete it to have a new one made",
        path.display()
    )]
    KeyFile {
        /// The file.
        path: PathBuf,
    },
    /// The kept deployment secret is not one.
    #[error(
        "the file `{}` does not hold a deployment secret of at least 32 characters; delete it and the files of tokens to have new ones made",
        path.display()
    )]
    SecretFile {
        /// The file.
        path: PathBuf,
    },
    /// `ROLLCALL_DEPLOYMENT_SECRET` cannot be used.
    #[error("cannot use `ROLLCALL_DEPLOYMENT_SECRET`: {0}")]
    DeploymentSecret(WeakSecret),
    /// `--token` cannot be used as one.
    #[error("cannot use the value of `--token`: {0}")]
    Token(String),
    /// A profile's file cannot be read.
    #[error("cannot read the profile `{}`: {source}", path.display())]
    ProfileFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// There is no such profile, or its file is wrong.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The file of `--oidc` cannot be read.
    #[error("cannot read the file of `--oidc`, `{}`: {source}", path.display())]
    OidcFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file of `--oidc` cannot be used.
    #[error("`{}`: {reason}", path.display())]
    Oidc {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: WrongOidc,
    },
    /// `--directory` cannot be used.
    #[error("cannot use `--directory {given}`: {reason}")]
    Directory {
        /// What was given.
        given: String,
        /// Why not.
        reason: String,
    },
    /// The directory cannot follow the profile: what has to be unique is not.
    #[error(
        "the directory `{directory}` cannot change to the profile `{profile}`, it keeps the one it has: {}; correct these, or choose another profile",
        listed(duplicates)
    )]
    Duplicates {
        /// The directory.
        directory: String,
        /// The profile.
        profile: String,
        /// What would have to be unique.
        duplicates: Vec<Duplicate>,
    },
    /// The directory is being erased, and not by us.
    #[error("the directory `{directory}` is being erased; start again in a minute or two")]
    Erasing {
        /// The directory.
        directory: String,
    },
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
    /// `--table` is not a name that DynamoDB takes.
    #[error(
        "cannot call a table `{name}`: a name has 3 to 255 of the characters a-z, A-Z, 0-9, `_`, `-` and `.`"
    )]
    TableName {
        /// What was given.
        name: String,
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

fn listed(duplicates: &[Duplicate]) -> String {
    let one = |duplicate: &Duplicate| {
        let Duplicate { resource_type, attribute, ids: [one, other] } = duplicate;
        format!("the {resource_type}s {one} and {other} have the same `{attribute}`")
    };
    duplicates.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => "; choose another port with `--port` (0 takes any free one)",
        io::ErrorKind::PermissionDenied => "; choose a port above 1023 with `--port`",
        _ => "",
    }
}
