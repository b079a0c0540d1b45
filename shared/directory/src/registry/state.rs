//! Whether a directory is open.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// The state of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Made, and not open yet.
    Disabled,
    /// Its credentials open it.
    Enabled,
    /// Closed for a while.
    Paused,
    /// It is being erased: it never opens again.
    Erasing,
}

/// A text that names no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a state is `disabled`, `enabled` or `paused`")]
pub struct InvalidState;

impl State {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Paused => "paused",
            Self::Erasing => "erasing",
        }
    }

    /// Without the attribute a directory is older than the question, and open.
    pub(super) fn read(text: Option<&str>) -> Result<Self, Error> {
        match text {
            None => Ok(Self::Enabled),
            Some("erasing") => Ok(Self::Erasing),
            Some(text) => text.parse().map_err(|_| Error::corrupt("state")),
        }
    }
}

impl FromStr for State {
    type Err = InvalidState;

    /// Reads a state that somebody may choose.
    fn from_str(text: &str) -> Result<Self, InvalidState> {
        match text {
            "disabled" => Ok(Self::Disabled),
            "enabled" => Ok(Self::Enabled),
            "paused" => Ok(Self::Paused),
            _ => Err(InvalidState),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
