//! A change of a directory's profile that is under way, as the directory's record stores it.
//! [`upkeep::profile_change`](crate::upkeep::profile_change) carries it out.

use serde::Deserialize;
use table::item::{Item, decode};
use table::name::STAGE;

use crate::error::Error;

/// A change of profile that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Transition {
    /// The other profile: the next one, or the last one.
    #[serde(rename = "otherProfile")]
    pub other: String,
    /// Which of the two.
    pub stage: Stage,
    /// When the stage began, in seconds since 1970.
    pub(crate) since: i64,
    /// How far the scans have come.
    pub(crate) at: Option<String>,
}

/// The stage of a change of profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The other profile is the next one; its indexes are being filled.
    Preparing,
    /// The other profile was the last one; its indexes will be removed.
    Retiring,
}

impl Stage {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Retiring => "retiring",
        }
    }
}

impl Transition {
    /// The transition in the directory's record; `None` when none is under way.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when an attribute of it is missing or unknown.
    pub(crate) fn read(record: &Item) -> Result<Option<Self>, Error> {
        if !record.contains_key(STAGE) {
            return Ok(None);
        }
        Ok(Some(decode(record.clone())?))
    }
}
