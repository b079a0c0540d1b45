//! A whole value of any attribute: a list, an object or a simple value (RFC 7643 §2.3–2.5).

use serde_json::Value;

use super::{complex, list, simple};
use crate::error::Error;
use crate::model::attribute::{Attribute, Type};

/// The value of `row` as it is stored, or `None` if `sent` means "no value".
///
/// `at` is the attribute's path, for error messages.
///
/// # Errors
/// [`InvalidValue`](crate::error::Kind::InvalidValue) if `sent` has not the row's type.
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
