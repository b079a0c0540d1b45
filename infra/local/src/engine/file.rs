//! Opens the SQLite file under the embedded DynamoDB.

use std::path::Path;
use std::time::Duration;

use dynoxide::Database;
use rusqlite::Connection;

use crate::error::StartError;

/// dynoxide numbers each stream record one above the largest number so far,
/// which without an index reads all records of the table on every write.
const INDEX: &str = "CREATE INDEX IF NOT EXISTS rollcall_stream_records
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// Opens or creates the database at `path`, ready for a table with a stream.
///
/// An acknowledged write survives the end of this process, however it ends:
/// SQLite has handed it to the operating system. It is not synced to the disk
/// on every commit (`synchronous = NORMAL` with a write-ahead log), but every
/// ten seconds (`engine::checkpoint`): after a power cut the last writes
/// may be missing, the file is never damaged. That is the right price for a
/// server on a laptop; a sync on every commit costs more than the rest of the write.
///
/// # Errors
/// [`StartError::DataFile`] with a reason that names what is wrong with it.
pub fn open(path: &Path) -> Result<Database, StartError> {
    let refused = |reason: String| StartError::DataFile { path: path.to_owned(), reason };
    // Looked at first through our own connection: its errors tell a directory
    // from a missing permission from a file that is something else.
    probe(path).map_err(|error| refused(reason(&error)))?;
    let database = again(path)?;
    connect(path)?.execute_batch(INDEX).map_err(|error| refused(reason(&error)))?;
    Ok(database)
}

/// Another connection of dynoxide to a database that is [`open`].
pub(super) fn again(path: &Path) -> Result<Database, StartError> {
    let refused = |reason: String| StartError::DataFile { path: path.to_owned(), reason };
    let name = path.to_str().ok_or_else(|| refused("its path is not valid UTF-8".to_owned()))?;
    let database = Database::new(name).map_err(|error| refused(error.to_string()))?;
    // The name is about what it undoes; what it does is `synchronous = NORMAL`
    // on dynoxide's own connection, which nothing else reaches.
    database.disable_bulk_loading().map_err(|error| refused(error.to_string()))?;
    Ok(database)
}

/// Another connection to the same file, as patient as dynoxide's own.
pub(super) fn connect(path: &Path) -> Result<Connection, StartError> {
    patient(path).map_err(|error| StartError::DataFile { path: path.to_owned(), reason: reason(&error) })
}

fn patient(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // Only ever touches the ends of one table.
    connection.pragma_update(None, "cache_size", -256)?;
    Ok(connection)
}

fn probe(path: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    connection.query_row("SELECT COUNT(*) FROM sqlite_master", [], |_| Ok(()))?;
    // Takes the write lock and lets go of it: a read-only file is refused now.
    connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")
}

fn reason(error: &rusqlite::Error) -> String {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        Some(Code::NotADatabase) => "it is not a database of the local server".to_owned(),
        Some(Code::DatabaseCorrupt) => "it is damaged".to_owned(),
        Some(Code::CannotOpen) => "it cannot be opened: not a file, or no permission".to_owned(),
        Some(Code::ReadOnly | Code::PermissionDenied) => "it cannot be written: no permission".to_owned(),
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => "another program has locked it".to_owned(),
        Some(Code::DiskFull) => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}
