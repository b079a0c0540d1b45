//! The command lines of the tool.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Which server, and how to talk to it.
#[derive(Debug, Args, Clone)]
pub struct Connection {
    /// The server: its base or its Tenant URL
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "ROLLCALL_URL",
        default_value = "http://127.0.0.1:3000",
        help_heading = "Server"
    )]
    pub url: String,

    /// A file that holds the administrator key
    ///
    /// Without it ROLLCALL_ADMINISTRATOR_KEY, or else the file
    /// administrator-key of a local server's data directory.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Server", verbatim_doc_comment)]
    pub administrator_key_file: Option<PathBuf>,

    /// Signs requests with the AWS credentials of the environment
    ///
    /// For a deployment with AdminApi=private, which takes no
    /// administrator key. --url is its output AdminUrl.
    #[arg(
        long,
        global = true,
        conflicts_with = "administrator_key_file",
        help_heading = "Server",
        verbatim_doc_comment
    )]
    pub iam: bool,

    /// A local server's data directory, for its administrator key
    #[arg(long, global = true, value_name = "DIR", default_value = ".rollcall", help_heading = "Server")]
    pub data: PathBuf,

    /// JSON for scripts, one object a line, instead of tables
    #[arg(long, global = true, help_heading = "Server")]
    pub json: bool,
}

/// What to do, and where.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Directories: one for each customer
    Directory(Of<Directory>),
    /// Static credentials: the Secret Tokens of a directory
    Credential(Of<Credential>),
    /// OAuth clients of a directory
    Client(Of<Client>),
    /// Imports users and groups: an export, or users who were in the product before
    ///
    /// Exit code 1 when a line was refused.
    Import(With<Import>),
    /// Events: what changed in a directory
    Events(Of<Events>),
    /// Subscriptions: where the events of a directory are sent
    Subscription(Of<Subscription>),
    /// Held changes: disables and deletes of users that wait for a decision
    Held(Of<Held>),
    /// Brings users and groups back to what they were before events or held changes
    ///
    /// Without --apply it only shows what it would do. Exit code 1 when something cannot be undone.
    Undo(With<Undo>),
    /// Checks a directory for inconsistencies
    ///
    /// Reads the whole directory while clients use it. Exit code 1 when something is wrong and
    /// has not been repaired.
    Verify(With<Verify>),
}

/// Commands about one kind of thing.
#[derive(Debug, Args)]
pub struct Of<C: Subcommand> {
    /// Where.
    #[command(flatten)]
    pub connection: Connection,
    /// What.
    #[command(subcommand)]
    pub command: C,
}

/// One command.
#[derive(Debug, Args)]
pub struct With<A: Args> {
    /// Where.
    #[command(flatten)]
    pub connection: Connection,
    /// What.
    #[command(flatten)]
    pub args: A,
}

impl Command {
    /// Where it is carried out.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        match self {
            Self::Directory(of) => &of.connection,
            Self::Credential(of) => &of.connection,
            Self::Client(of) => &of.connection,
            Self::Events(of) => &of.connection,
            Self::Subscription(of) => &of.connection,
            Self::Held(of) => &of.connection,
            Self::Import(with) => &with.connection,
            Self::Undo(with) => &with.connection,
            Self::Verify(with) => &with.connection,
        }
    }
}

/// `rollcall directory …`
#[derive(Debug, Subcommand)]
pub enum Directory {
    /// Creates a directory
    Create {
        /// Its id: 1 to 36 of a-z, 0-9 and -
        id: String,
        /// What is said of it.
        #[command(flatten)]
        labels: Labels,
        /// Create it disabled: it refuses requests until it is enabled
        #[arg(long)]
        disabled: bool,
    },
    /// All directories
    List,
    /// One directory
    Show {
        /// Its id
        id: String,
    },
    /// Admits requests
    Enable {
        /// Its id
        id: String,
    },
    /// Refuses requests until it is enabled again
    Pause {
        /// Its id
        id: String,
    },
    /// Changes name, profile, labels or settings
    Change {
        /// Its id
        id: String,
        /// What is said of it.
        #[command(flatten)]
        labels: Labels,
    },
    /// Replaces the secret that its OAuth tokens are made with
    ///
    /// Tokens that were issued before stay valid: access tokens until they expire, refresh tokens
    /// for 180 days, and each use replaces one. Secret Tokens and client secrets are not affected.
    RotateSecret {
        /// Its id
        id: String,
        /// Ends all its OAuth tokens and authorizations at once, for a secret that has leaked
        #[arg(long)]
        now: bool,
    },
    /// Deletes a directory with everything in it, permanently
    Erase {
        /// Its id
        id: String,
        /// The id once more, because this cannot be undone
        #[arg(long, value_name = "ID")]
        confirm: String,
        /// Waits until everything is deleted: more than a minute
        #[arg(long)]
        wait: bool,
    },
    /// Receipts of erased directories
    Receipts {
        /// One receipt's id
        id: Option<String>,
    },
    /// Writes all users and groups as lines of SCIM JSON
    Export {
        /// Its id
        id: String,
        /// Into this file instead of stdout
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// What can be said of a directory.
#[derive(Debug, Args)]
pub struct Labels {
    /// A name for people
    #[arg(long)]
    pub name: Option<String>,
    /// What it offers: the name of a profile, such as standard or kintone
    #[arg(long)]
    pub profile: Option<String>,
    /// The only region that serves it
    #[arg(long)]
    pub region: Option<String>,
    /// The only stage that serves it
    #[arg(long)]
    pub stage: Option<String>,
    /// Settings as a JSON object, such as {"requestsPerSecond":100}
    ///
    /// Settings that it does not name are kept; null removes a setting.
    #[arg(long, value_name = "JSON")]
    pub settings: Option<String>,
}

/// `rollcall credential …`
#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Creates a credential and shows its Secret Token, only this once
    Create {
        /// The directory
        directory: String,
        /// A name for people
        #[arg(long)]
        label: String,
        /// What it may do: read, write, users, groups; all four by default. Also consent, events
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// When it expires: a number of days, or a time such as 2027-01-31T00:00:00Z
        #[arg(long, value_name = "DAYS|TIME")]
        expires: Option<String>,
        /// The id of the user that /Me returns
        #[arg(long, value_name = "USER")]
        subject: Option<String>,
    },
    /// All credentials of a directory
    List {
        /// The directory
        directory: String,
    },
    /// One credential
    Show {
        /// The directory
        directory: String,
        /// The credential's id
        id: String,
    },
    /// Revokes a credential; takes effect everywhere within 30 seconds
    Revoke {
        /// The directory
        directory: String,
        /// The credential's id
        id: String,
    },
}

/// `rollcall events …`
#[derive(Debug, Subcommand)]
pub enum Events {
    /// Events of a directory, oldest first
    List {
        /// The directory
        directory: String,
        /// Only events after this sequence number
        #[arg(long, value_name = "SEQUENCE")]
        after: Option<u64>,
        /// Only events of this type, such as user.created; may be repeated
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<String>,
        /// At most this number of events
        #[arg(long, value_name = "COUNT", default_value_t = 100)]
        limit: usize,
    },
    /// All events of a directory between two sequence numbers, each as soon as it is read
    Replay {
        /// The directory
        directory: String,
        /// The first event: its sequence number, or a time such as 2027-01-31T00:00:00Z; the oldest one by default
        #[arg(long, value_name = "SEQUENCE|TIME")]
        from: Option<String>,
        /// The last event; the newest one by default
        #[arg(long, value_name = "SEQUENCE")]
        to: Option<u64>,
        /// Only events of this type, such as user.created; may be repeated
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<String>,
    },
    /// A directory as events: all users, groups and members, and at the end the sequence number after which the
    /// log continues
    Snapshot {
        /// The directory
        directory: String,
    },
    /// Compares a directory with its event log, for changes that are not in the log
    ///
    /// Needed only after the table's stream was off or not read for more than 24 hours. Without
    /// --apply it only reports. Exit code 1 when something is missing and was not appended.
    Reconcile {
        /// The directory
        directory: String,
        /// Appends the missing events
        #[arg(long)]
        apply: bool,
    },
    /// Empties the events of a deleted user: what happened stays, and no attribute
    Erase {
        /// The directory
        directory: String,
        /// The user's id
        user: String,
    },
    /// Follows the events of a directory until Ctrl-C
    Tail {
        /// The directory
        directory: String,
        /// Begins after this sequence number instead of with the next event
        #[arg(long, value_name = "SEQUENCE")]
        after: Option<u64>,
        /// Only events of this type, such as user.created; may be repeated
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<String>,
    },
}

/// `rollcall subscription …`
#[derive(Debug, Subcommand)]
pub enum Subscription {
    /// Creates a subscription; shows the secret of a webhook, only this once
    Create {
        /// The directory
        directory: String,
        /// A name for people
        #[arg(long)]
        label: String,
        /// Where the events go.
        #[command(flatten)]
        channel: Box<ChannelOf>,
        /// What security event tokens have in common.
        #[command(flatten)]
        tokens: Box<TokensOf>,
        /// Only events of this type, such as user.created; may be repeated
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<String>,
        /// Where to begin: after the latest event, the default, or with the oldest one
        #[arg(long, value_name = "latest|oldest", conflicts_with = "after")]
        start: Option<String>,
        /// Begins after this sequence number
        #[arg(long, value_name = "SEQUENCE")]
        after: Option<u64>,
        /// Also signs with Ed25519 and shows the public key
        #[arg(long)]
        ed25519: bool,
    },
    /// All subscriptions of a directory
    List {
        /// The directory
        directory: String,
    },
    /// One subscription
    Show(SubscriptionOf),
    /// Sends a test event now; exit code 1 when the endpoint does not take it
    Test(SubscriptionOf),
    /// Replaces the secret and shows the new one, only this once
    Rotate {
        /// Which one.
        #[command(flatten)]
        of: SubscriptionOf,
        /// How long requests are signed with the old secret as well; 24 hours by default
        #[arg(long, value_name = "HOURS")]
        overlap_hours: Option<u32>,
    },
    /// Sends nothing until it is resumed; events wait in the log
    Pause(SubscriptionOf),
    /// Sends events again, also after a failure
    Resume(SubscriptionOf),
    /// Sends events again from a position in the log
    Recover {
        /// Which one.
        #[command(flatten)]
        of: SubscriptionOf,
        /// Sends all events after this sequence number
        #[arg(long, value_name = "SEQUENCE", required_unless_present = "since", conflicts_with = "since")]
        after: Option<u64>,
        /// Sends all events of changes at this time or later, such as 2027-01-31T00:00:00Z
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
    },
    /// Events that were given up
    DeadLetters(SubscriptionOf),
    /// Sends one event that was given up; exit code 1 when the endpoint does not take it
    Resend {
        /// Which one.
        #[command(flatten)]
        of: SubscriptionOf,
        /// The event's sequence number
        sequence: u64,
    },
    /// Removes a subscription and its dead letters
    Delete(SubscriptionOf),
}

/// Where events go.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ChannelOf {
    /// The HTTP endpoint that gets the events
    #[arg(long, value_name = "URL")]
    pub webhook: Option<String>,
    /// The HTTP endpoint that gets security event tokens (RFC 8935)
    #[arg(long, value_name = "URL")]
    pub push: Option<String>,
    /// A receiver polls for security event tokens (RFC 8936)
    #[arg(long)]
    pub poll: bool,
    /// The event bus of the deployment (Amazon EventBridge)
    #[arg(long)]
    pub event_bridge: bool,
}

/// What the security event tokens of a subscription have in common.
#[derive(Debug, Args)]
pub struct TokensOf {
    /// Tokens have the resource (full, the default), or only the names of its attributes
    #[arg(long, value_name = "full|notice")]
    pub content: Option<String>,
    /// The claim `aud` of tokens; the URL of the receiver by default
    #[arg(long)]
    pub audience: Option<String>,
    /// The claim `iss` of tokens; the URL of this service by default
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
    /// A file with the header `Authorization` of requests that push tokens, such as `Bearer …`
    #[arg(long, value_name = "FILE", requires = "push")]
    pub authorization_file: Option<PathBuf>,
}

/// A subscription of a directory.
#[derive(Debug, Args)]
pub struct SubscriptionOf {
    /// The directory
    pub directory: String,
    /// The subscription's id
    pub id: String,
}

/// `rollcall held …`
#[derive(Debug, Subcommand)]
pub enum Held {
    /// The held changes of a directory, and whether they wait for you
    List {
        /// The directory
        directory: String,
    },
    /// Lets held changes go to the event log, one event for each user
    Approve(Decide),
    /// Keeps held changes out of the event log
    ///
    /// The directory still has the changes, the product does not learn of them. They are listed as
    /// rejected until the users are active again.
    Reject(Decide),
}

/// About which held changes to decide.
#[derive(Debug, Args)]
pub struct Decide {
    /// The directory
    pub directory: String,
    /// Only the change of the user with this id, also if it was rejected; may be repeated
    #[arg(long = "id", value_name = "ID")]
    pub ids: Vec<String>,
}

/// `rollcall client …`
#[derive(Debug, Subcommand)]
pub enum Client {
    /// Creates an OAuth client and shows its secret, only this once
    Create {
        /// The directory
        directory: String,
        /// A name for people
        #[arg(long)]
        label: String,
        /// What its tokens may do: read, write, users, groups; all four by default. Also events
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// A redirect URI: where an authorization code may be sent
        #[arg(long = "redirect-uri", value_name = "URL")]
        redirect_uris: Vec<String>,
        /// How long its tokens are valid: 60 to 360 minutes
        #[arg(long, value_name = "MINUTES")]
        lifetime: Option<u32>,
        /// Whether it must use PKCE: required or optional
        #[arg(long)]
        pkce: Option<String>,
        /// The issuer whose assertions it sends instead of a secret
        #[command(flatten)]
        federation: Federation,
    },
    /// All clients of a directory
    List {
        /// The directory
        directory: String,
    },
    /// One client
    Show {
        /// The directory
        directory: String,
        /// The client's id
        id: String,
    },
    /// Changes a client
    Change {
        /// The directory
        directory: String,
        /// The client's id
        id: String,
        /// The changes, as a JSON object
        #[arg(long, value_name = "JSON")]
        settings: String,
    },
    /// Removes a client; its tokens become invalid
    Delete {
        /// The directory
        directory: String,
        /// The client's id
        id: String,
    },
    /// Adds a secret to a client and shows it, only this once
    AddSecret {
        /// The directory
        directory: String,
        /// The client's id
        id: String,
    },
    /// Removes a secret of a client
    RemoveSecret {
        /// The directory
        directory: String,
        /// The client's id
        id: String,
        /// The secret's id
        secret: String,
    },
}

/// Workload identity federation: the issuer whose assertions a client sends.
#[derive(Debug, Args)]
pub struct Federation {
    /// Entra's tenant, which determines the issuer and its keys
    #[arg(long, requires = "subject", help_heading = "Federation, instead of a secret")]
    pub tenant: Option<String>,
    /// The issuer of the assertions (`iss`)
    #[arg(long, value_name = "URL", requires = "subject", help_heading = "Federation, instead of a secret")]
    pub issuer: Option<String>,
    /// The URL of the issuer's keys
    #[arg(long, value_name = "URL", requires = "issuer", help_heading = "Federation, instead of a secret")]
    pub jwks_uri: Option<String>,
    /// The subject of the assertions (`sub`)
    #[arg(long, requires = "audiences", help_heading = "Federation, instead of a secret")]
    pub subject: Option<String>,
    /// The audience of the assertions (`aud`)
    #[arg(
        long = "audience",
        value_name = "AUDIENCE",
        requires = "subject",
        help_heading = "Federation, instead of a secret"
    )]
    pub audiences: Vec<String>,
}

/// `rollcall import`
#[derive(Debug, Args)]
pub struct Import {
    /// Lines of SCIM JSON (an export), or a CSV file with attribute paths as its header
    ///
    /// A CSV file ends in .csv. Its first line names attributes, such as
    /// userName, name.givenName or emails[type eq "work"].value; each other
    /// line is a user. Empty fields are left out.
    #[arg(verbatim_doc_comment)]
    pub file: PathBuf,
    /// The directory
    #[arg(long, default_value = "local")]
    pub directory: String,
    /// Only reports what would be done
    #[arg(long)]
    pub dry_run: bool,
}

/// `rollcall undo`
#[derive(Debug, Args)]
pub struct Undo {
    /// The directory
    pub directory: String,
    /// The sequence number of the first event to undo
    #[arg(long, value_name = "SEQUENCE", requires = "to", required_unless_present = "held")]
    pub from: Option<u64>,
    /// The sequence number of the last event to undo
    #[arg(long, value_name = "SEQUENCE", requires = "from")]
    pub to: Option<u64>,
    /// Undoes the held changes instead
    #[arg(long, conflicts_with_all = ["from", "to"])]
    pub held: bool,
    /// Writes; otherwise only shows what would be done
    #[arg(long)]
    pub apply: bool,
    /// Also overwrites attributes that were changed since
    #[arg(long)]
    pub force: bool,
}

/// `rollcall verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// The directories; all by default
    pub directories: Vec<String>,
    /// Repairs what can be repaired, while clients use the directory
    #[arg(long)]
    pub repair: bool,
}
