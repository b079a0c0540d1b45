//! Copies SQLite's write-ahead log into its file, in parallel with the writes.
//!
//! By default SQLite does it within a write, whenever the log has grown by a thousand pages (about a
//! hundred writes of Rollcall): that write and all later ones wait for the disk.
//! `.cargo/config.toml` raises that number. But then the log would only grow: SQLite restarts it when
//! everything in it has been copied, and under load new writes always arrive. So for a long log,
//! this module takes the lock and copies the rest, when little is left.
//!
//! The first write into a restarted log also waits for the disk, so a short log is copied rarely.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use tokio::{task, time};

use super::file;
use super::turn::Turn;
use crate::error::StartError;

/// How often the log is checked.
const EVERY: Duration = Duration::from_secs(1);
/// After this many checks a short log is copied: what was written before survives a power cut.
const SHORT: u32 = 10;
/// Bytes of a long log. Its file keeps this size when SQLite restarts the log.
const LONG: u64 = 32 << 20;

/// Has a connection of its own to the file.
pub(super) struct Checkpointer {
    connection: Connection,
    log: PathBuf,
    turn: Turn,
}

impl Checkpointer {
    pub(super) fn open(path: &Path, turn: Turn) -> Result<Self, StartError> {
        let connection = file::connect(path)?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Ok(Self { connection, log: log.into(), turn })
    }

    /// Goes on until its runtime ends.
    pub(super) async fn run(mut self) {
        let mut looks = 0;
        loop {
            time::sleep(EVERY).await;
            looks += 1;
            if looks < SHORT && !self.is_long() {
                continue;
            }
            looks = 0;
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

    fn is_long(&self) -> bool {
        fs::metadata(&self.log).is_ok_and(|log| log.len() > LONG)
    }

    fn checkpoint(&self) -> rusqlite::Result<()> {
        self.copy()?;
        if self.is_long() {
            let _turn = self.turn.blocking_lock();
            self.copy()?;
        }
        Ok(())
    }

    /// Copies what is in the log now, while others write on.
    fn copy(&self) -> rusqlite::Result<()> {
        self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }
}
