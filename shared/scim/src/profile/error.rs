//! Errors in a profile, with their line.

use std::fmt;

/// Why a profile cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// No profile has this name.
    #[error("unknown profile `{name}`: use one of {}", known.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// The names of all profiles.
        known: Vec<String>,
    },
    /// The file of a profile is not valid.
    #[error("the profile `{file}` is not valid{}: {reason}", at_line(*line))]
    Invalid {
        /// The file's name.
        file: String,
        /// The line, from 1, if it is known.
        line: Option<usize>,
        /// The error in this line.
        reason: String,
    },
}

fn at_line(line: Option<usize>) -> String {
    line.map(|line| format!(" at line {line}")).unwrap_or_default()
}

/// An error, and the text in the file to which it belongs.
#[derive(Debug)]
pub(super) struct Mistake {
    about: String,
    reason: String,
    /// Whether it belongs to the last occurrence of the text.
    last: bool,
}

impl Mistake {
    pub(super) fn new(about: &str, reason: impl fmt::Display) -> Self {
        Self { about: about.to_owned(), reason: reason.to_string(), last: false }
    }

    /// An error in the second of two occurrences, where one is allowed.
    pub(super) fn twice(about: &str, reason: impl fmt::Display) -> Self {
        Self { last: true, ..Self::new(about, reason) }
    }

    pub(super) fn located(self, file: &str, text: &str) -> ProfileError {
        let quoted = serde_json::to_string(&self.about).unwrap_or_default();
        let mut lines = text.lines().enumerate().filter(|(_, line)| line.contains(&quoted));
        let line = if self.last { lines.last() } else { lines.next() };
        ProfileError::Invalid {
            file: file.to_owned(),
            line: line.map(|(index, _)| index + 1),
            reason: format!("`{}`: {}", self.about, self.reason),
        }
    }
}

/// An error in the JSON.
pub(super) fn syntax(file: &str, error: &serde_json::Error) -> ProfileError {
    let text = error.to_string();
    // The line is shown separately.
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    ProfileError::Invalid { file: file.to_owned(), line: Some(error.line()), reason: reason.to_owned() }
}
