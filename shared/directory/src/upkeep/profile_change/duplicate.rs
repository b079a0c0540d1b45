//! Values that would have to be unique and are not.

use scim::model::resource_type::ResourceType;
use serde::{Deserialize, Serialize};
use table::item::{Item, optional_text};
use table::name::DUPLICATES;

use crate::error::Error;
use crate::resource::index::Entry;

/// Duplicates that are listed. When there are more, the next attempt lists them.
pub(super) const LISTED: usize = 100;

/// Two resources that have the same value of an attribute that is to be unique. The value itself
/// is left out: it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Duplicate {
    /// The type of the two, such as `User`.
    pub resource_type: String,
    /// The attribute, such as `title`.
    pub attribute: String,
    /// Their ids.
    pub ids: [String; 2],
}

impl Duplicate {
    pub(super) fn of(kind: &ResourceType, entry: &Entry, ids: [String; 2]) -> Self {
        Self { resource_type: kind.name.clone(), attribute: entry.attribute.clone(), ids }
    }

    /// Whether it says that `id` does not get `entry`.
    pub(super) fn is(&self, kind: &ResourceType, entry: &Entry, id: &str) -> bool {
        let [_, second] = &self.ids;
        self.resource_type == kind.name && self.attribute == entry.attribute && second == id
    }

    /// Those that the directory's record lists.
    pub(super) fn all(record: &Item) -> Result<Vec<Self>, Error> {
        let Some(text) = optional_text(record, DUPLICATES) else { return Ok(Vec::new()) };
        serde_json::from_str(text).map_err(|_| Error::corrupt(DUPLICATES))
    }

    pub(super) fn text(all: &[Self]) -> Result<String, Error> {
        serde_json::to_string(all).map_err(|error| Error::Unavailable(error.into()))
    }
}
