//! The whole stack: table, functions behind one port, and the stream between
//! the table and `changes`.

pub mod data;
pub mod token;

mod client;
mod consumer;
mod housekeeping;
mod http;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use directory::id::DirectoryId;
use directory::record::Directory;
use directory::store::Store;
use gateway::app::{App, Settings};
use scim::profile::Profiles;
use secrecy::{ExposeSecret, SecretString};

use self::client::Clients;
use self::consumer::Changes;
use self::data::Opened;
use self::housekeeping::Housekeeping;
use self::http::Http;
use crate::engine::Engine;
use crate::error::{StartError, chain};
use crate::feed::{Feed, Source};

/// The one directory of the local server.
const DIRECTORY: &str = "local";

/// How long a stop waits for requests in flight, and then for the feed.
const REQUESTS: Duration = Duration::from_secs(1);
const FEED: Duration = Duration::from_millis(500);

/// Where the data is.
#[derive(Clone, Debug)]
pub enum Data {
    /// In this directory, which is made when there is none.
    Dir(PathBuf),
    /// In a temporary directory, removed at the end.
    Ephemeral,
}

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
    /// A DynamoDB to use instead of the embedded one.
    pub dynamodb_url: Option<String>,
    /// Where the embedded one listens, when not on any free loopback port.
    pub dynamodb_listen: Option<SocketAddr>,
    /// The table's name; it is made when there is none.
    pub table: String,
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
            dynamodb_url: None,
            dynamodb_listen: None,
            table: "rollcall".to_owned(),
        }
    }
}

/// A running stack. [`Stack::stop`] ends it in good order; dropping it ends it
/// as well, a little later.
pub struct Stack {
    tenant_url: String,
    token: SecretString,
    clients: Clients,
    store: Store,
    http: Http,
    feed: Feed,
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
                let clients = Clients::embedded(engine.url());
                (Some(engine), clients)
            }
        };
        let store = Store::new(clients.dynamodb.clone(), &options.table);
        let directory: DirectoryId =
            DIRECTORY.parse().map_err(|_| StartError::Token(DIRECTORY.to_owned()))?;
        let token = match &options.token {
            Some(token) => token::fixed(token, &directory)?,
            None => token::kept(&data, &directory)?,
        };
        enrol(&store, &directory, &token).await.map_err(|error| StartError::Table {
            url: clients.url.clone(),
            table: options.table.clone(),
            reason: chain(&error),
        })?;

        let settings = Settings {
            base_url: None,
            foreign_tokens: options.token.is_some().then_some(directory),
            report_units: true,
        };
        let app = App::new(store.clone(), Arc::new(Profiles::built_in()), settings);
        let http = Http::serve(listener, app)?;
        let source = Source {
            table: options.table.clone(),
            dynamodb: clients.dynamodb.clone(),
            streams: clients.streams.clone(),
            trim: engine.as_ref().map(|engine| engine.trim(&options.table)),
        };
        let feed = Feed::start(source, Changes::new(store.clone()));
        let housekeeping = engine.as_ref().map(|engine| Housekeeping::start(engine.database().clone()));
        let tenant_url = format!("http://{}/scim/v2", http::reachable(http.address()));
        Ok(Self { tenant_url, token: token.secret, clients, store, http, feed, housekeeping, engine, data })
    }

    /// What an administrator pastes as Tenant URL.
    #[must_use]
    pub fn tenant_url(&self) -> &str {
        &self.tenant_url
    }

    /// What an administrator pastes as Secret Token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.expose_secret()
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

    /// The table.
    #[must_use]
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// Ends everything: no new requests, those that run may finish for a
    /// moment, then the file is closed. Takes two seconds at most.
    pub async fn stop(self) {
        let Self { http, feed, housekeeping, engine, data, clients, store, .. } = self;
        http.stop(REQUESTS).await;
        feed.stop(FEED).await;
        drop((housekeeping, clients, store));
        if let Some(engine) = engine {
            engine.stop().await;
        }
        drop(data);
    }
}

/// DynamoDB would refuse it as well, but in a language of its own.
fn check_table_name(name: &str) -> Result<(), StartError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if (3..=255).contains(&name.len()) && name.chars().all(plain) {
        Ok(())
    } else {
        Err(StartError::TableName { name: name.to_owned() })
    }
}

/// Sees to it that the table, the directory and its credential are there.
async fn enrol(
    store: &Store,
    directory: &DirectoryId,
    token: &token::Secret,
) -> Result<(), directory::error::Error> {
    store.ensure_table().await?;
    if store.directory(directory).await?.is_none() {
        let record =
            Directory { id: directory.clone(), name: "Local".to_owned(), profile: "standard".to_owned() };
        store.put_directory(&record).await?;
    }
    let known = store.credential(directory, &token.credential.id).await?;
    if known.is_none_or(|known| known.hash != token.credential.hash) {
        store.put_credential(directory, &token.credential).await?;
    }
    Ok(())
}
