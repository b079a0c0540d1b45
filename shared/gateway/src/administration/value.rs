//! Values that administrators send.

use scim::error::Kind;
use serde::{Deserialize, Deserializer};

use crate::http::error::Failure;

/// The longest name or label, in characters.
pub const LONGEST: usize = 200;

/// The 400 of a value that cannot be taken.
#[must_use]
pub fn invalid(detail: impl Into<String>) -> Failure {
    Failure::new(Kind::InvalidValue, detail)
}

/// A name or label: something that can be seen, and not too much of it.
///
/// # Errors
/// `invalidValue`, which says what `member` must be.
pub fn named(member: &str, text: &str) -> Result<String, Failure> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(invalid(format!("`{member}` must have 1 to {LONGEST} characters, and no control characters")))
    }
}

/// Distinguishes a member that is null from one that is absent.
///
/// # Errors
/// Those of the value.
pub fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
