//! An object of sub-attributes (RFC 7643 §2.3.8).

use serde_json::{Map, Value};

use super::shape::{is_empty, mismatch};
use super::simple;
use crate::dialect::value as dialect;
use crate::error::Error;
use crate::model::attribute::{Attribute, Mutability, Type};
use crate::model::doc::Doc;

/// The parts of a complex value that a client sent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parts {
    /// Sub-attributes with their new values, under canonical names.
    pub set: Doc,
    /// Sub-attributes that were sent empty and are to be cleared.
    pub cleared: Vec<String>,
}

/// The parts of one object of `row`, or `None` if `sent` means "no value".
///
/// Unknown and read-only sub-attributes are dropped, and so are references to resources of
/// this service, which it derives from `value`. `at` is the attribute's path, for error
/// messages.
///
/// # Errors
/// [`InvalidValue`](crate::error::Kind::InvalidValue) if `sent` is neither an object nor a
/// shape that [`dialect`] converts, or if a part has the wrong type.
pub fn read(row: &Attribute, sent: &Value, at: &str) -> Result<Option<Parts>, Error> {
    let sent = if row.multi_valued { sent } else { dialect::only_element(sent) };
    if is_empty(sent) {
        return Ok(None);
    }
    let object = match sent {
        Value::Object(object) => dialect::role_json(row, dialect::display_name(row, object.clone())),
        text if row.value_sub().is_some() && text.is_string() => {
            dialect::role_json(row, dialect::bare_value(text))
        }
        other => return Err(mismatch(at, "an object", other)),
    };
    parts(row, &dialect::value_of_reference(row, object), at).map(Some)
}

fn parts(row: &Attribute, object: &Map<String, Value>, at: &str) -> Result<Parts, Error> {
    let mut parts = Parts::default();
    for (name, sent) in object {
        let Some(sub) = row.sub(name).filter(|sub| is_written(sub)) else {
            continue;
        };
        parts.set.shift_remove(&sub.name);
        match simple::read(sub, sent, &format!("{at}.{}", sub.name))? {
            Some(value) => _ = parts.set.insert(sub.name.clone(), value),
            None => parts.cleared.push(sub.name.clone()),
        }
    }
    Ok(parts)
}

/// Whether clients may write `sub`.
fn is_written(sub: &Attribute) -> bool {
    sub.mutability != Mutability::ReadOnly && !is_derived(sub)
}

/// Whether `sub` is a reference to a resource of this service, which is derived from `value`.
#[must_use]
pub fn is_derived(sub: &Attribute) -> bool {
    let is_ours = |kind: &String| kind != "external" && kind != "uri";
    sub.kind == Type::Reference && sub.name == "$ref" && sub.reference_types.iter().any(is_ours)
}

/// The object as it is stored; `None` if it is empty.
#[must_use]
pub fn whole(object: Doc) -> Option<Value> {
    (!object.is_empty()).then_some(Value::Object(object))
}

/// `object` with `parts` applied. Other sub-attributes stay (RFC 7644 §3.5.2.3).
#[must_use]
pub fn merged(mut object: Doc, parts: &Parts) -> Doc {
    for name in &parts.cleared {
        object.shift_remove(name);
    }
    for (name, value) in &parts.set {
        object.insert(name.clone(), value.clone());
    }
    object
}
