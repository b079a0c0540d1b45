//! The whole stack: table, functions on one port, and the stream between
//! the table and `changes`.

pub mod data;
pub mod token;

mod client;
mod consumer;
mod deliveries;
mod enrol;
mod housekeeping;
mod http;
mod kept;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use cli::error::chain;
use directory::Table;
use directory::id::DirectoryId;
use directory::secret::deployment::DeploymentSecret;
use gateway::app::App;
use gateway::delivery::Sender;
use gateway::settings::oidc::Oidc;
use gateway::settings::{EventBus, Reach, Settings};
use scim::profile::Profiles;
use secrecy::{ExposeSecret, SecretString};

use self::client::Clients;
use self::consumer::Changes;
use self::data::{Data, Opened};
use self::deliveries::Deliveries;
use self::enrol::{EnrolError, enrol, warn_of_unknown};
use self::housekeeping::Housekeeping;
use self::http::Http;
use crate::engine::Engine;
use crate::error::StartError;
use crate::feed::Feed;
use crate::feed::source::Source;

/// The first directory of the local server.
pub const FIRST: &str = "local";
/// The event bus, where there is a stand-in of EventBridge.
pub const EVENT_BUS: &str = "arn:aws:events:local:000000000000:event-bus/rollcall";

/// How long a stop waits for requests in flight, and then for the feed.
const REQUESTS: Duration = Duration::from_secs(1);
const FEED: Duration = Duration::from_millis(500);

/// What to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 takes any free one.
    pub port: u16,
    /// Where database and token are kept.
    pub data: Data,
    /// The secret token, when it is not to be minted.
    pub token: Option<String>,
    /// The deployment's secret, when the data directory is not to keep one of its own.
    pub deployment_secret: Option<SecretString>,
    /// A DynamoDB to use instead of the embedded one.
    pub dynamodb_url: Option<String>,
    /// Where the embedded one listens, when not on any free loopback port.
    pub dynamodb_listen: Option<SocketAddr>,
    /// The table's name; it is made when there is none.
    pub table: String,
    /// The profile of the first directory, when it is not to keep the one that it has.
    pub profile: Option<String>,
    /// Further directories and their profiles.
    pub directories: Vec<(DirectoryId, String)>,
    /// The profiles that there are.
    pub profiles: Profiles,
    /// Requests a second that a directory may send; 0 for any number.
    pub requests_per_second: u32,
    /// The region that is served; directories of another one are refused.
    pub region: Option<String>,
    /// The stage that is served; directories of another one are refused.
    pub stage: Option<String>,
    /// A stand-in of EventBridge; without it no events are sent there.
    pub event_bridge_url: Option<String>,
    /// How the team signs in to the console with OpenID Connect, if it does.
    pub oidc: Option<Oidc>,
}

impl Default for Options {
    /// What the command does without flags, but for the data: ephemeral, on
    /// any free port.
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            data: Data::Ephemeral,
            token: None,
            deployment_secret: None,
            dynamodb_url: None,
            dynamodb_listen: None,
            table: "rollcall".to_owned(),
            profile: None,
            directories: Vec::new(),
            profiles: Profiles::built_in(),
            requests_per_second: 0,
            region: None,
            stage: None,
            event_bridge_url: None,
            oidc: None,
        }
    }
}

/// A directory that is served.
#[derive(Debug)]
pub struct Served {
    /// Its id.
    pub id: DirectoryId,
    /// The name of its profile.
    pub profile: String,
    token: SecretString,
}

impl Served {
    /// What its administrator pastes as Secret Token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.expose_secret()
    }
}

/// A running stack. [`Stack::stop`] ends it in good order; dropping it ends it
/// as well, a little later.
pub struct Stack {
    tenant_url: String,
    first: Served,
    others: Vec<Served>,
    administrator_key: SecretString,
    deployment: DeploymentSecret,
    clients: Clients,
    table: Table,
    profiles: Arc<Profiles>,
    http: Http,
    feed: Feed,
    deliveries: Deliveries,
    housekeeping: Option<Housekeeping>,
    engine: Option<Engine>,
    // Last: the engine's file is in it.
    data: Opened,
}

impl Stack {
    /// Starts everything; it serves when this returns.
    ///
    /// # Errors
    /// [`StartError`] names the port, file, token or table that cannot be used.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        check_table_name(&options.table)?;
        let listener = http::listen(SocketAddr::new(options.host, options.port)).await?;
        let data = Opened::open(&options.data)?;
        let (engine, clients) = match &options.dynamodb_url {
            Some(url) => (None, Clients::elsewhere(url).await?),
            None => {
                data.lock()?;
                let engine = match options.dynamodb_listen {
                    Some(address) => Engine::start_at(&data.database(), address)?,
                    None => Engine::start(&data.database())?,
                };
                let clients = Clients::embedded(&engine);
                (Some(engine), clients)
            }
        };
        let table = Table::new(clients.dynamodb.clone(), &options.table);
        let unusable = |error: directory::error::Error| StartError::Table {
            url: clients.url.clone(),
            table: options.table.clone(),
            reason: chain(&error),
        };
        table.ensure().await.map_err(directory::error::Error::from).map_err(unusable)?;
        let directory: DirectoryId = FIRST.parse().map_err(|_| StartError::Token(FIRST.to_owned()))?;
        let deployment =
            kept::deployment_secret(options.deployment_secret.as_ref(), data.deployment_secret())?;
        let token = match &options.token {
            Some(token) => token::fixed(token, &directory, &deployment)?,
            None => token::kept(data.token(), &directory, &deployment)?,
        };
        let profiles = Arc::new(options.profiles);
        let mut served = Vec::new();
        let first = (directory.clone(), "Local".to_owned(), options.profile.clone(), token);
        let mut wanted = vec![first];
        for (id, profile) in &options.directories {
            let token = token::kept(data.token_of(id), id, &deployment)?;
            wanted.push((id.clone(), id.to_string(), Some(profile.clone()), token));
        }
        for (id, name, profile, token) in wanted {
            let enrolled =
                enrol(&table, &profiles, &id, &name, profile.as_deref(), &token, engine.is_some()).await;
            let profile = enrolled.map_err(|error| match error {
                EnrolError::Table(error) => unusable(error),
                EnrolError::Duplicates(duplicates) => {
                    let profile = profile.unwrap_or_default();
                    StartError::Duplicates { directory: id.to_string(), profile, duplicates }
                }
                EnrolError::Erasing => StartError::Erasing { directory: id.to_string() },
            })?;
            // One that came from a file has to be given again.
            profiles.get(&profile)?;
            served.push(Served { id, profile, token: token.secret });
        }
        let first = served.remove(0);
        warn_of_unknown(&table, &profiles).await.map_err(unusable)?;

        let settings = Settings {
            base_url: None,
            foreign_tokens: options.token.is_some().then_some(directory),
            region: options.region,
            stage: options.stage,
            report_units: true,
            requests_per_second: options.requests_per_second,
            // An issuer or a product on this machine or in its network is what people try first.
            reach: Reach::Any,
            origin_secret: None,
            event_bus: options.event_bridge_url.and_then(|url| EventBus::new(EVENT_BUS, Some(url))),
            oidc: options.oidc,
        };
        let app = App::new(table.clone(), Arc::clone(&profiles), deployment.clone(), settings);
        let sender = Sender::of(&app);
        let (administrator_key, key) = kept::administrator_key(data.administrator_key())?;
        let http = Http::serve(listener, app, &key)?;
        let source = Source {
            table: options.table.clone(),
            dynamodb: clients.dynamodb.clone(),
            streams: clients.streams.clone(),
            trim: engine.as_ref().map(|engine| engine.trim(&options.table)),
            activity: engine.as_ref().map(Engine::activity),
        };
        let deliveries = Deliveries::start(table.clone(), sender);
        let changes = Changes::new(table.clone(), Arc::clone(&profiles), deliveries.notifier());
        let feed = Feed::start(source, changes);
        let housekeeping = engine.as_ref().map(|engine| Housekeeping::start(engine.database().clone()));
        let tenant_url = format!("http://{}/scim/v2", http::reachable(http.address()));
        Ok(Self {
            tenant_url,
            first,
            others: served,
            administrator_key,
            deployment,
            clients,
            table,
            profiles,
            http,
            feed,
            deliveries,
            housekeeping,
            engine,
            data,
        })
    }

    /// What an administrator pastes as Tenant URL.
    #[must_use]
    pub fn tenant_url(&self) -> &str {
        &self.tenant_url
    }

    /// What the administrator of the first directory pastes as Secret Token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.first.token()
    }

    /// What opens the administration API.
    #[must_use]
    pub fn administrator_key(&self) -> &str {
        self.administrator_key.expose_secret()
    }

    /// What its tokens are made with, together with the secrets of the directories.
    #[must_use]
    pub fn deployment(&self) -> &DeploymentSecret {
        &self.deployment
    }

    /// The directories that are served, the first one first.
    pub fn directories(&self) -> impl Iterator<Item = &Served> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The profiles that there are.
    #[must_use]
    pub fn profiles(&self) -> Arc<Profiles> {
        Arc::clone(&self.profiles)
    }

    /// The DynamoDB that holds the table.
    #[must_use]
    pub fn dynamodb_url(&self) -> &str {
        &self.clients.url
    }

    /// A client of that DynamoDB.
    #[must_use]
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        self.clients.dynamodb.clone()
    }

    /// The stream of another table of that DynamoDB.
    #[must_use]
    pub fn stream_of(&self, table: &str) -> Source {
        let (dynamodb, streams) = (self.clients.dynamodb.clone(), self.clients.streams.clone());
        Source { table: table.to_owned(), dynamodb, streams, trim: None, activity: None }
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> Table {
        self.table.clone()
    }

    /// Ends everything: no new requests, those that run may finish for a
    /// moment, then the file is closed. Takes two seconds at most.
    pub async fn stop(self) {
        let Self { http, feed, deliveries, housekeeping, engine, data, clients, table, .. } = self;
        http.stop(REQUESTS).await;
        feed.stop(FEED).await;
        drop((deliveries, housekeeping, clients, table));
        if let Some(engine) = engine {
            engine.stop().await;
        }
        drop(data);
    }
}

/// DynamoDB would refuse it as well, but with an error that users do not understand.
fn check_table_name(name: &str) -> Result<(), StartError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if (3..=255).contains(&name.len()) && name.chars().all(plain) {
        Ok(())
    } else {
        Err(StartError::TableName { name: name.to_owned() })
    }
}
