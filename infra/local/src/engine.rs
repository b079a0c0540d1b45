//! The embedded DynamoDB: dynoxide on one SQLite file.
//!
//! This process calls it [directly](Engine::http_client). Other programs call it over HTTP on a
//! loopback port, as they call DynamoDB in AWS. That port has its own thread, because its handlers
//! run SQLite where they are polled.

pub mod activity;
mod checkpoint;
mod direct;
pub mod file;
mod readers;
pub mod server;
pub mod trim;
mod turn;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use dynoxide::Database;
use tokio::sync::{Mutex, mpsc};

use self::activity::Activity;
use self::checkpoint::Checkpointer;
use self::readers::Readers;
use self::server::Server;
use self::trim::{Trim, Trimmer};
use self::turn::Turn;
use crate::error::StartError;

/// A running embedded DynamoDB. Stop it with [`Engine::stop`].
pub struct Engine {
    url: String,
    database: Database,
    turn: Turn,
    readers: Readers,
    activity: Activity,
    trims: mpsc::Sender<Trim>,
    server: Server,
}

impl Engine {
    /// Opens (or creates) the database file at `path` and serves it on a free
    /// loopback port.
    ///
    /// # Errors
    /// The file cannot be opened or is not such a database; no port or thread
    /// is to be had.
    pub fn start(path: &Path) -> Result<Self, StartError> {
        Self::start_at(path, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// As [`Engine::start`], at `address`.
    ///
    /// # Errors
    /// As [`Engine::start`]; the address cannot be listened on.
    pub fn start_at(path: &Path, address: SocketAddr) -> Result<Self, StartError> {
        let database = file::open(path)?;
        let (trims, requests) = mpsc::channel(1);
        let turn = Arc::new(Mutex::new(Some(database.clone())));
        let readers = Readers::open(path)?;
        let trimmer = Trimmer::open(path, Arc::clone(&turn))?;
        let checkpointer = Checkpointer::open(path, Arc::clone(&turn))?;
        let keeping = async move { tokio::join!(trimmer.run(requests), checkpointer.run()) };
        let server = Server::start(address, database.clone(), keeping).map_err(|source| {
            if address.port() == 0 {
                StartError::Engine { source }
            } else {
                StartError::Listen { address, source }
            }
        })?;
        let (url, activity) = (format!("http://{}", server.address()), Activity::default());
        Ok(Self { url, database, turn, readers, activity, trims, server })
    }

    /// Where its HTTP API listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The way to it inside this process, for a client of the SDK. It wants no credentials,
    /// and ends with [`Engine::stop`].
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        direct::client(&self.turn, &self.readers, &self.activity)
    }

    /// What the callers inside this process do.
    #[must_use]
    pub fn activity(&self) -> Activity {
        self.activity.clone()
    }

    /// A handle to forget consumed records of `table`'s stream.
    #[must_use]
    pub fn trim(&self, table: &str) -> trim::Handle {
        trim::Handle::new(self.trims.clone(), table)
    }

    /// The database itself, for what its HTTP API does not offer.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Lets running requests finish (for a moment), then closes the file.
    pub async fn stop(self) {
        let Self { database, turn, readers, trims, server, .. } = self;
        readers.close().await;
        turn.lock().await.take();
        drop((database, trims));
        server.stop().await;
    }
}
