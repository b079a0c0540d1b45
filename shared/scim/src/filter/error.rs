//! Errors in a filter or a path, with their position.

use std::fmt;
use std::ops::Range;

use crate::error::{Kind, quoted};

/// How many characters of the text an error quotes.
const QUOTED: usize = 100;

/// An error in a filter or a path.
///
/// Displayed as the second half of a sentence: ``not valid at character 10 (`xx`):
/// expected …``.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// The wrong bytes of the text, on character boundaries; `0..0` if the filter was not
    /// bound from text.
    pub span: Range<usize>,
    /// What was expected, or why it is refused.
    pub reason: String,
    /// The position, in words.
    position: String,
}

impl Error {
    /// An error at the bytes `span` of `text`.
    #[must_use]
    pub(super) fn at(text: &str, span: Range<usize>, reason: impl Into<String>) -> Self {
        let position = match text.get(span.clone()) {
            Some(found) if !found.is_empty() => {
                let character = text.get(..span.start).unwrap_or_default().chars().count() + 1;
                format!("character {character} (`{}`)", quoted(found, QUOTED))
            }
            _ => "its end".to_owned(),
        };
        Self { span, reason: reason.into(), position }
    }

    /// An error in `fragment`, whose position is not known.
    #[must_use]
    pub(super) fn about(fragment: &str, reason: impl Into<String>) -> Self {
        Self { span: 0..0, reason: reason.into(), position: format!("`{}`", quoted(fragment, QUOTED)) }
    }

    /// The sentence for the client; `what` is `filter` or `path`.
    #[must_use]
    pub fn detail(&self, what: &str) -> String {
        format!("the {what} is {self}")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not valid at {}: {}", self.position, self.reason)
    }
}

/// RFC 7644 §3.12: `invalidFilter`.
impl From<Error> for crate::error::Error {
    fn from(error: Error) -> Self {
        Self::new(Kind::InvalidFilter, error.detail("filter"))
    }
}
