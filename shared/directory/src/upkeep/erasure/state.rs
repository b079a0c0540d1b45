//! What the directory's record says of its erasure.

use table::item::{Item, optional_number, optional_text, text};
use table::name::{ERASING_SINCE, RECEIPT, STATE};

use crate::error::Error;
use crate::registry::state::State;

/// An erasure that is under way.
pub(super) struct Erasure {
    /// Since when, in seconds since 1970.
    pub(super) since: i64,
    /// The number of its receipt.
    pub(super) receipt: String,
}

impl Erasure {
    /// The erasure of the directory with this record; `None` when it is not being erased.
    pub(super) fn read(record: &Item) -> Result<Option<Self>, Error> {
        if optional_text(record, STATE) != Some(State::Erasing.name()) {
            return Ok(None);
        }
        let since = optional_number(record, ERASING_SINCE).ok_or_else(|| Error::corrupt(ERASING_SINCE))?;
        Ok(Some(Self { since, receipt: text(record, RECEIPT)?.to_owned() }))
    }
}
