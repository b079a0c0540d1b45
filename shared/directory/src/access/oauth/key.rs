//! The keys of OAuth items.

use crate::id::{ClientId, DirectoryId, GrantId};
use table::item::Key;

/// What the sort keys of clients begin with.
pub(crate) const CLIENTS: &str = "client#";

pub(crate) fn client(directory: &DirectoryId, id: &ClientId) -> Key {
    Key::new(format!("D#{directory}"), format!("{CLIENTS}{id}"))
}

pub(crate) fn grant(directory: &DirectoryId, id: &GrantId) -> Key {
    Key::new(format!("D#{directory}"), format!("grant#{id}"))
}

/// `hash` is the code's hash: the code itself is not stored.
pub(crate) fn code(directory: &DirectoryId, hash: &str) -> Key {
    Key::new(format!("D#{directory}"), format!("code#{hash}"))
}
