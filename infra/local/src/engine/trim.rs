//! Deletes the stream records that have been consumed. In AWS they expire
//! after a day; the embedded engine never deletes them.

use std::path::Path;

use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};

use super::file;
use super::turn::Turn;
use crate::error::StartError;

/// Records deleted in one go; the writers wait for no more than this.
const BATCH: usize = 200;

/// dynoxide shows its numbers with this added, 21 digits like AWS's.
const OFFSET: u128 = 100_000_000_000_000_000_000;

const DELETE: &str = "DELETE FROM _stream_records WHERE id IN (
    SELECT id FROM _stream_records
    WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2
    ORDER BY CAST(sequence_number AS INTEGER) LIMIT ?3)";

/// One request: forget all records of `table` before `sequence_number`.
#[derive(Debug)]
pub struct Trim {
    table: String,
    before: i64,
    done: oneshot::Sender<rusqlite::Result<()>>,
}

/// Asks the engine to forget what was consumed. It is done between two requests, so that
/// no writer ever meets a lock.
#[derive(Clone, Debug)]
pub struct Handle {
    requests: mpsc::Sender<Trim>,
    table: String,
}

impl Handle {
    pub(super) fn new(requests: mpsc::Sender<Trim>, table: &str) -> Self {
        Self { requests, table: table.to_owned() }
    }

    /// Forgets the records before `sequence_number` (as the stream shows it).
    ///
    /// That one itself stays: dynoxide numbers the next record from the
    /// largest that is there or from the clock, and must not go back when the
    /// clock does.
    ///
    /// # Errors
    /// What SQLite says. An engine that is stopping is not an error.
    pub async fn before(&self, sequence_number: &str) -> rusqlite::Result<()> {
        let Some(before) = stored(sequence_number) else { return Ok(()) };
        let (done, answer) = oneshot::channel();
        let request = Trim { table: self.table.clone(), before, done };
        if self.requests.send(request).await.is_err() {
            return Ok(());
        }
        answer.await.unwrap_or(Ok(()))
    }
}

/// Has a connection of its own to the file.
pub(super) struct Trimmer {
    connection: Connection,
    turn: Turn,
}

impl Trimmer {
    pub(super) fn open(path: &Path, turn: Turn) -> Result<Self, StartError> {
        let connection = file::connect(path)?;
        Ok(Self { connection, turn })
    }

    /// Serves requests until all senders are dropped.
    pub(super) async fn run(self, mut requests: mpsc::Receiver<Trim>) {
        while let Some(Trim { table, before, done }) = requests.recv().await {
            let outcome = loop {
                let turn = self.turn.lock().await;
                let deleted = self.delete(&table, before);
                drop(turn);
                match deleted {
                    // The engine's requests take their turn in between.
                    Ok(BATCH) => tokio::task::yield_now().await,
                    Ok(_) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            // The asker may be gone: the server is stopping.
            let _ = done.send(outcome);
        }
    }

    fn delete(&self, table: &str, before: i64) -> rusqlite::Result<usize> {
        self.connection.prepare_cached(DELETE)?.execute(params![table, before, BATCH])
    }
}

fn stored(sequence_number: &str) -> Option<i64> {
    let shown: u128 = sequence_number.parse().ok()?;
    i64::try_from(shown.checked_sub(OFFSET)?).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::stored;

    #[test]
    fn a_number_the_engine_never_issued_trims_nothing() {
        assert_eq!(stored("100001761000000000000000"), None);
        assert_eq!(stored("100001761000000000000"), Some(1_761_000_000_000_000));
        assert_eq!(stored("7"), None);
        assert_eq!(stored("x"), None);
    }
}
