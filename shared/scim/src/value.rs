//! One JSON value, read by its attribute's row (RFC 7643 §2.3–2.5).
//!
//! What POST, PUT and PATCH bodies have in common: values are kept exactly as they were
//! sent, except that names get their canonical spelling, what a client may not write is
//! dropped, and the shapes of [`dialect`] are brought to the one that the row asks for.
//! Null, `""` and an empty array mean "no value" (RFC 7643 §2.5, and Entra's `""`).

pub mod complex;
pub mod dialect;
pub mod format;
pub mod list;
pub mod primary;
pub mod same;
pub mod simple;
pub mod slot;

use serde_json::Value;

use crate::error::{Error, Kind};
use crate::model::attribute::{Attribute, Type};

/// The whole value of `row` as it would be stored, or `None` when `sent` means "no value".
///
/// `at` is the attribute's path, for messages.
///
/// # Errors
/// [`Kind::InvalidValue`] when `sent` is not of the row's type.
pub fn read(row: &Attribute, sent: &Value, at: &str) -> Result<Option<Value>, Error> {
    if row.multi_valued {
        let elements = list::read(row, sent, at)?;
        return Ok((!elements.is_empty()).then_some(Value::Array(elements)));
    }
    match row.kind {
        Type::Complex => {
            let parts = complex::read(row, sent, at)?;
            Ok(parts.and_then(|parts| complex::whole(parts.set)))
        }
        _ => simple::read(row, sent, at),
    }
}

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
pub(crate) fn wrong(at: &str, expected: &str, sent: &Value) -> Error {
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
