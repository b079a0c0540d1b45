//! What is stored of a resource's attributes: their JSON text and their index entries, within the
//! limits of an item and of a transaction.

use std::collections::BTreeSet;

use scim::error::{Error as ScimError, Kind};
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;

use super::index::{Entry, entries};
use super::transaction::MOST_VALUES;
use crate::error::Error;

/// Bytes of JSON that a resource may have: DynamoDB's items end at 400 KB.
pub(crate) const LARGEST: usize = 350 * 1024;

/// The attributes of a resource as they are stored.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    /// Their JSON.
    pub(crate) text: String,
    /// Their index entries.
    pub(crate) entries: BTreeSet<Entry>,
}

impl Content {
    /// What is stored of `doc`. The resource has had `before` index entries: one that already has
    /// too many, because its directory has changed its profile, may keep as many.
    ///
    /// # Errors
    /// [`Error::TooLarge`] over 350 KiB; `invalidValue` for too many indexed values.
    pub(crate) fn new(kind: &ResourceType, doc: &Doc, before: usize) -> Result<Self, Error> {
        let text = checked_text(doc)?;
        let entries = entries(kind, doc);
        if entries.len() <= MOST_VALUES.max(before) {
            return Ok(Self { text, entries });
        }
        let detail = format!(
            "the resource has {} values that are indexed (such as e-mail addresses); at most {MOST_VALUES} are possible",
            entries.len()
        );
        Err(ScimError::new(Kind::InvalidValue, detail).into())
    }
}

fn checked_text(doc: &Doc) -> Result<String, Error> {
    let text = serde_json::to_string(doc).map_err(|e| Error::Unavailable(e.into()))?;
    if text.len() <= LARGEST {
        return Ok(text);
    }
    Err(Error::TooLarge(format!(
        "the resource would take {} KiB; at most {} KiB are possible",
        text.len().div_ceil(1024),
        LARGEST / 1024
    )))
}
