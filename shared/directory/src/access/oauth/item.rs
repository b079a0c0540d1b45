//! Keys of the items here, and lists of text in one attribute.

use crate::id::{ClientId, DirectoryId, GrantId};
use crate::keys::{Item, Key, optional_text};

/// What all clients' sort keys begin with.
pub(crate) const CLIENTS: &str = "client#";

pub(crate) fn client(directory: &DirectoryId, id: &ClientId) -> Key {
    Key::new(format!("D#{directory}"), format!("{CLIENTS}{id}"))
}

pub(crate) fn grant(directory: &DirectoryId, id: &GrantId) -> Key {
    Key::new(format!("D#{directory}"), format!("grant#{id}"))
}

/// `hash` is the code's seal: the code itself is not kept.
pub(crate) fn code(directory: &DirectoryId, hash: &str) -> Key {
    Key::new(format!("D#{directory}"), format!("code#{hash}"))
}

/// The lines of `attribute`.
pub(super) fn lines(item: &Item, attribute: &str) -> Vec<String> {
    optional_text(item, attribute).map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default()
}
