//! Copies SQLite's write-ahead log into its file, beside the writes.
//!
//! SQLite does it by itself within a write, whenever the log has grown by a thousand pages
//! (about a hundred writes of Rollcall's): that write, and all behind it, wait for the disk.
//! `.cargo/config.toml` puts that off. A log that nobody ever waits for would only grow,
//! though: SQLite begins it anew once everything in it has been copied, and under load there
//! is always something more. So a long one is finished in a turn of its own, when little is left.
//!
//! Whoever writes first into a log that begins anew waits for the disk, too: a short one is left
//! alone most of the time.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use tokio::{task, time};

use super::direct::Turn;
use super::file;
use crate::error::StartError;

/// How often the log is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// After so many looks a short one is copied: what was written before then survives a power cut.
const SHORT: u32 = 10;
/// Bytes of a long one. Its file keeps as many when it begins anew.
const LONG: u64 = 32 << 20;

/// The engine's third connection to its file.
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
