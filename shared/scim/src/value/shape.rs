//! What a sent JSON value is, before its attribute is known.

use serde_json::Value;

use crate::error::{Error, Kind};

/// Whether `sent` means "no value".
#[must_use]
pub fn is_empty(sent: &Value) -> bool {
    match sent {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

/// The error for a `sent` that is not what `at` expects.
pub(crate) fn mismatch(at: &str, expected: &str, sent: &Value) -> Error {
    let got = match sent {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(items) if items.len() == 1 => "an array",
        Value::Array(_) => "an array of several values",
        Value::Object(_) => "an object",
    };
    Error::new(Kind::InvalidValue, format!("`{at}` expects {expected} and was sent {got}"))
}
