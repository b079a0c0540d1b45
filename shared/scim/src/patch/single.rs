//! Writing a single-valued attribute, for `add` and `replace` alike (RFC 7644 §3.5.2.1,
//! §3.5.2.3).

use serde_json::Value;

use crate::error::Error;
use crate::model::attribute::{Attribute, Type};
use crate::model::doc::Doc;
use crate::value::{complex, simple};

/// The attribute after `sent` was written to it. In a complex value, other sub-attributes
/// stay (RFC 7644 §3.5.2.3; `entra-complex-parent-merge.json`).
///
/// # Errors
/// `InvalidValue` if `sent` has the wrong type.
pub fn write(row: &Attribute, before: Option<Value>, sent: &Value, at: &str) -> Result<Option<Value>, Error> {
    if row.kind != Type::Complex {
        return simple::read(row, sent, at);
    }
    let Some(parts) = complex::read(row, sent, at)? else {
        return Ok(None);
    };
    Ok(complex::whole(complex::merged(object(before), &parts)))
}

/// The attribute after `sent` was written to its part `sub`.
///
/// # Errors
/// `InvalidValue` if `sent` has the wrong type.
pub fn write_sub(
    sub: &Attribute,
    before: Option<Value>,
    sent: &Value,
    at: &str,
) -> Result<Option<Value>, Error> {
    let mut object = object(before);
    match simple::read(sub, sent, at)? {
        Some(value) => _ = object.insert(sub.name.clone(), value),
        None => _ = object.shift_remove(&sub.name),
    }
    Ok(complex::whole(object))
}

/// The attribute without its part `sub`.
#[must_use]
pub fn without_sub(sub: &Attribute, before: Option<Value>) -> Option<Value> {
    let mut object = object(before);
    object.shift_remove(&sub.name);
    complex::whole(object)
}

fn object(value: Option<Value>) -> Doc {
    match value {
        Some(Value::Object(object)) => object,
        _ => Doc::new(),
    }
}
