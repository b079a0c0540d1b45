//! The shape of a sent JSON value.

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

/// What a multi-valued attribute expects.
pub(crate) const LIST: &str = "a list";
/// What an attribute of text expects.
pub(crate) const TEXT: &str = "a string";

/// The error if `sent` has not the type that `at`, an attribute's path, expects.
pub(crate) fn mismatch(at: &str, expected: &str, sent: &Value) -> Error {
    let got = match sent {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(items) if items.len() == 1 => "a list",
        Value::Array(_) => "a list of several values",
        Value::Object(_) => "an object",
    };
    let remedy = match sent {
        _ if expected == LIST => ": put the values in `[` and `]`",
        Value::Bool(_) | Value::Number(_) if expected == TEXT => ": put it in quotes",
        Value::Array(items) if items.len() > 1 => ": send one value",
        _ => "",
    };
    Error::new(Kind::InvalidValue, format!("`{at}` must be {expected}, but {got} was sent{remedy}"))
}
