//! Values that would have to be unique and are not.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::keys::{Item, optional_text};
use table::name::DUPLICATES;

/// So many are listed; whoever has more has them listed when these are mended.
pub(super) const LISTED: usize = 100;

/// Two resources that have one value of an attribute that is to be unique. The value itself
/// is not told: it may be personal.
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
    pub(super) fn all(record: &Item) -> Result<Vec<Self>, Error> {
        let Some(text) = optional_text(record, DUPLICATES) else { return Ok(Vec::new()) };
        serde_json::from_str(text).map_err(|_| Error::corrupt(DUPLICATES))
    }

    pub(super) fn text(all: &[Self]) -> Result<String, Error> {
        serde_json::to_string(all).map_err(|error| Error::Unavailable(error.into()))
    }
}
