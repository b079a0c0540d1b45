//! `/admin/directories/{directory}/clients`: the OAuth clients of a directory.

mod change;
mod create;
mod input;
mod read;
mod secrets;
mod shown;

use directory::id::{ClientId, DirectoryId};
use gateway::error::Failure;

pub use change::{change, revoke};
pub use create::create;
pub use read::{list, one};
pub use secrets::{add, remove};

/// The directory that a path names.
fn directory(text: &str) -> Result<DirectoryId, Failure> {
    text.parse().map_err(|_| Failure::unknown("directory", text))
}

/// The client that a path names.
fn client(text: &str) -> Result<ClientId, Failure> {
    text.parse().map_err(|_| Failure::unknown("client", text))
}
