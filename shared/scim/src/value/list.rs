//! The elements of a multi-valued attribute (RFC 7643 §2.4).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::Value;

use super::complex::{self, Parts};
use super::shape::{LIST, is_empty, mismatch};
use super::{primary, same, simple};
use crate::dialect::value as dialect;
use crate::error::{Error, Kind};
use crate::model::attribute::{Attribute, Type};
use crate::model::doc::Doc;

/// The most elements of one attribute. A group's members are stored separately and not
/// limited by this.
///
/// Added elements are compared with all others, so the cost grows with the square of the
/// length.
pub const MAX_ELEMENTS: usize = 1_000;

/// The elements of `row` as they are stored: without empty elements and duplicates, and with
/// at most one primary element.
///
/// `at` is the attribute's path, for error messages.
///
/// # Errors
/// [`InvalidValue`](crate::error::Kind::InvalidValue) if `sent` is not a list or an object
/// that stands for a list of one, or if an element has not the row's type.
pub fn read(row: &Attribute, sent: &Value, at: &str) -> Result<Vec<Value>, Error> {
    let elements = of(row, dialect::elements(sent, at)?, at)?;
    // An object without a known name, sent instead of a list, would clear the list.
    match sent.as_object() {
        Some(object) if elements.is_empty() && !object.keys().any(|name| row.sub(name).is_some()) => {
            Err(mismatch(at, LIST, sent))
        }
        _ => Ok(elements),
    }
}

/// The elements of `row` that `items` describe, as [`read`].
///
/// # Errors
/// As [`read`].
pub fn of(row: &Attribute, items: &[Value], at: &str) -> Result<Vec<Value>, Error> {
    check_length(items.len(), at)?;
    let mut elements = Vec::new();
    for item in items {
        elements.extend(element(row, item, at)?);
    }
    primary::keep_last(&mut elements);
    Ok(distinct(row, elements))
}

/// One element as it is stored, or `None` if `sent` means "no value".
///
/// # Errors
/// As [`read`].
pub fn element(row: &Attribute, sent: &Value, at: &str) -> Result<Option<Value>, Error> {
    if is_empty(sent) {
        return Ok(None);
    }
    if row.kind != Type::Complex {
        return simple::read(row, sent, at);
    }
    let Some(Parts { set, cleared }) = complex::read(row, sent, at)? else {
        return Ok(None);
    };
    if !is_offered(row, &set) {
        return Ok(None);
    }
    let says_nothing = set.is_empty() || (!cleared.is_empty() && is_bare(&set));
    Ok((!says_nothing).then_some(Value::Object(set)))
}

/// Whether the profile offers elements of this type. Elements without a type are offered.
#[must_use]
pub fn is_offered(row: &Attribute, element: &Doc) -> bool {
    element.get("type").and_then(Value::as_str).is_none_or(|kind| row.offers(kind))
}

/// Whether an element has only `type` and `primary`: the rest of an element whose value was
/// cleared (`entra-null-clears-value-path.json`).
///
/// An element that was *sent* so is stored: Entra sets the type of a role before its value.
#[must_use]
pub fn is_bare(element: &Doc) -> bool {
    element.keys().all(|name| name == "type" || name == "primary")
}

/// `elements` without duplicates. Roles with the same value are merged.
#[must_use]
pub fn distinct(row: &Attribute, elements: Vec<Value>) -> Vec<Value> {
    let mut positions: HashMap<String, usize> = HashMap::with_capacity(elements.len());
    let mut kept: Vec<Value> = Vec::with_capacity(elements.len());
    for element in elements {
        match positions.entry(same::key(row, &element)) {
            Entry::Vacant(free) => {
                free.insert(kept.len());
                kept.push(element);
            }
            Entry::Occupied(taken) => {
                if let (Some(Value::Object(there)), Value::Object(twin)) =
                    (kept.get_mut(*taken.get()), element)
                {
                    merge(there, twin);
                }
            }
        }
    }
    kept
}

/// Merges `twin` into `there`. The result is primary if one of them is.
fn merge(there: &mut Doc, twin: Doc) {
    let is_primary = [&*there, &twin].iter().any(|one| one.get("primary") == Some(&Value::Bool(true)));
    there.extend(twin);
    if is_primary {
        there.insert("primary".to_owned(), Value::Bool(true));
    }
}

/// Refuses a list of more than [`MAX_ELEMENTS`].
///
/// # Errors
/// [`Kind::InvalidValue`] naming the attribute and the limit.
pub fn check_length(length: usize, at: &str) -> Result<(), Error> {
    if length <= MAX_ELEMENTS {
        return Ok(());
    }
    Err(Error::new(
        Kind::InvalidValue,
        format!("`{at}` may hold {MAX_ELEMENTS} values, but {length} were sent: remove some"),
    ))
}
