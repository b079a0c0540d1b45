//! What is wrong with a profile, and on which line.

use std::fmt;

/// Why a profile cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// No profile has this name.
    #[error("there is no profile `{name}`; there are {}", known.join(", "))]
    Unknown {
        /// The name.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A profile's file is wrong.
    #[error("the profile `{file}` is not valid{}: {reason}", at_line(*line))]
    Invalid {
        /// The file's name.
        file: String,
        /// The line, from 1, where it is known.
        line: Option<usize>,
        /// What is wrong there.
        reason: String,
    },
}

fn at_line(line: Option<usize>) -> String {
    line.map(|line| format!(" at line {line}")).unwrap_or_default()
}

/// What is wrong, and the text in the file that it is about.
#[derive(Debug)]
pub(super) struct Mistake {
    about: String,
    reason: String,
    /// Whether it is about the last of several places with that text.
    last: bool,
}

impl Mistake {
    pub(super) fn new(about: &str, reason: impl fmt::Display) -> Self {
        Self { about: about.to_owned(), reason: reason.to_string(), last: false }
    }

    /// There are two of what there may be one of: the second is the mistake.
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

/// A mistake that reading the JSON found.
pub(super) fn syntax(file: &str, error: &serde_json::Error) -> ProfileError {
    let text = error.to_string();
    // The place is told by itself.
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    ProfileError::Invalid { file: file.to_owned(), line: Some(error.line()), reason: reason.to_owned() }
}
