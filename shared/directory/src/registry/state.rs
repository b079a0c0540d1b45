//! Whether a directory accepts requests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use table::condition::{Condition, absent, differs, exists};
use table::name::{PK, STATE};

/// The state of a directory. Records written before this attribute existed count as enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It was created, and does not accept requests yet.
    Disabled,
    /// It accepts requests.
    #[default]
    Enabled,
    /// It does not accept requests for a while.
    Paused,
    /// It is being erased, and never accepts requests again.
    Erasing,
}

/// A text that is not the name of a state.
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

    /// The condition on a directory's record under which something may be created or changed in the
    /// directory: it exists and is not being erased.
    pub(crate) fn is_not_erasing() -> Condition {
        exists(PK).and(absent(STATE).or(differs(STATE, Self::Erasing.name())))
    }
}

impl FromStr for State {
    type Err = InvalidState;

    /// Reads a state that an administrator may choose.
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
