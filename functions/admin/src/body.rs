//! Reads the body of a request.

use gateway::http::body::Json;
use gateway::http::error::Failure;
use scim::error::Kind;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// The longest name or label, in characters.
const LONGEST: usize = 200;

/// `body` as what a route takes.
///
/// # Errors
/// `invalidValue`, which names the member that is wrong, missing or unknown.
pub(crate) fn read<T: DeserializeOwned>(Json(body): Json) -> Result<T, Failure> {
    serde_json::from_value(body).map_err(|error| invalid(error.to_string()))
}

/// The 400 of a value that cannot be taken.
pub(crate) fn invalid(detail: impl Into<String>) -> Failure {
    Failure::new(Kind::InvalidValue, detail)
}

/// A name or label: something that can be seen, and not too much of it.
///
/// # Errors
/// `invalidValue`, which says what `member` must be.
pub(crate) fn named(member: &str, text: &str) -> Result<String, Failure> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(invalid(format!("`{member}` must have 1 to {LONGEST} characters, and no control characters")))
    }
}

/// Distinguishes a member that is null from one that is absent.
pub(crate) fn nullable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
