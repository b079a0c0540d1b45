//! Copies SQLite's write-ahead log into its file, once a second and beside the writes.
//!
//! SQLite does it by itself within a write, whenever the log has grown by a thousand pages
//! (about a hundred writes of Rollcall's): that write, and all behind it, wait for the disk.
//! `.cargo/config.toml` puts that off. A log that nobody ever waits for would only grow,
//! though: SQLite begins it anew once everything in it has been copied, and under load there
//! is always something more. So a long one is finished in a turn of its own, when little is left.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use tokio::{task, time};

use super::direct::Turn;
use super::file;
use crate::error::StartError;

const EVERY: Duration = Duration::from_secs(1);
/// Pages of 4 KiB in the log beyond which it is to begin anew: 32 MiB.
const LONG: i64 = 8_192;

/// The engine's third connection to its file.
pub(super) struct Checkpointer {
    connection: Connection,
    turn: Turn,
}

impl Checkpointer {
    pub(super) fn open(path: &Path, turn: Turn) -> Result<Self, StartError> {
        let connection = file::connect(path)
            .map_err(|error| StartError::DataFile { path: path.to_owned(), reason: error.to_string() })?;
        Ok(Self { connection, turn })
    }

    /// Goes on until its runtime ends.
    pub(super) async fn run(mut self) {
        loop {
            time::sleep(EVERY).await;
            // It waits for the disk: not on this thread.
            let work = task::spawn_blocking(move || {
                let outcome = self.checkpoint();
                (self, outcome)
            });
            let Ok((back, outcome)) = work.await else { return };
            self = back;
            if let Err(error) = outcome {
                // Nothing is lost: it is all in the log, and SQLite copies it in the end.
                tracing::warn!(%error, "the embedded DynamoDB's log could not be copied into its file");
            }
        }
    }

    fn checkpoint(&self) -> rusqlite::Result<()> {
        if self.copy()? > LONG {
            let _turn = self.turn.blocking_lock();
            self.copy()?;
        }
        Ok(())
    }

    /// Copies what is in the log now, while others write on. Returns its length in pages.
    fn copy(&self) -> rusqlite::Result<i64> {
        self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))
    }
}
