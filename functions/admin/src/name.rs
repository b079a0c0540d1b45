//! The directory in a path.

use directory::error::Error;
use directory::id::DirectoryId;
use gateway::error::Failure;

/// The directory that a path names.
///
/// # Errors
/// 404 for what can be no directory's id.
pub fn directory(id: &str) -> Result<DirectoryId, Failure> {
    id.parse().map_err(|_| Failure::unknown("directory", id))
}

/// What a failed call about a directory means.
pub fn of_directory(id: &DirectoryId, error: Error) -> Failure {
    match error {
        Error::NotFound => Failure::unknown("directory", &id.to_string()),
        other => Failure::store("directory", other),
    }
}
