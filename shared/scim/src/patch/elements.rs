//! Writing to the elements of a multi-valued attribute (RFC 7644 §3.5.2).

use serde_json::Value;

use super::path::PatchTarget;
use crate::dialect::patch as dialect;
use crate::error::{Error, Kind};
use crate::filter::bound::Bound;
use crate::filter::eval::element_matches;
use crate::model::attribute::Attribute;
use crate::model::doc::Doc;
use crate::model::resource_type::UnmatchedValuePath;
use crate::value::{list, primary, same};

/// The elements of an attribute's value.
#[must_use]
pub fn of(before: Option<Value>) -> Vec<Value> {
    match before {
        Some(Value::Array(elements)) => elements,
        _ => Vec::new(),
    }
}

/// The attribute's value with `elements`; `None` if there are none.
#[must_use]
pub fn value(elements: Vec<Value>) -> Option<Value> {
    (!elements.is_empty()).then_some(Value::Array(elements))
}

/// Adds those of `new` that are missing. An element that exists in another state gets the
/// parts that were sent.
///
/// # Errors
/// `InvalidValue` if the list becomes too long.
pub fn append(row: &Attribute, mut elements: Vec<Value>, new: Vec<Value>) -> Result<Vec<Value>, Error> {
    for element in new {
        if elements.iter().any(|there| same::contains(there, &element)) {
            continue;
        }
        let twin = elements.iter().position(|there| same::identical(row, there, &element));
        let index = twin.unwrap_or(elements.len());
        let becomes_primary = primary::is_primary(&element);
        match (elements.get_mut(index), element) {
            (Some(Value::Object(there)), Value::Object(element)) => there.extend(element),
            (Some(there), element) => *there = element,
            (None, element) => elements.push(element),
        }
        if becomes_primary {
            primary::keep(&mut elements, index);
        }
    }
    list::check_length(elements.len(), &row.name)?;
    Ok(elements)
}

/// The indexes of the elements that `selection` selects.
#[must_use]
pub fn selected(elements: &[Value], selection: &Bound) -> Vec<usize> {
    let matches = elements.iter().enumerate().filter(|(_, element)| element_matches(selection, element));
    matches.map(|(index, _)| index).collect()
}

/// The indexes of the elements that `selection` selects. If it selects none, the element that
/// it describes is created (`entra-value-path-creates.json`).
///
/// # Errors
/// `NoTarget` if it selects none and describes none, or the profile does not create elements;
/// `InvalidValue` if the list becomes too long.
pub fn selected_or_created(
    target: &PatchTarget<'_>,
    elements: &mut Vec<Value>,
    selection: &Bound,
) -> Result<Vec<usize>, Error> {
    let row = target.row;
    let chosen = selected(elements, selection);
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    if target.unmatched == UnmatchedValuePath::NoTarget {
        return Err(target.no_target());
    }
    // Read as if it had been sent, so that values which must not be stored are refused. A
    // filter such as `type eq null` describes an empty element.
    let described = match dialect::described(selection) {
        Some(element) if !element.is_empty() => list::element(row, &Value::Object(element), &row.name)?,
        empty => empty.map(Value::Object),
    };
    let described = described.filter(|element| element_matches(selection, element));
    let Some(element) = described else {
        return Err(target.no_target());
    };
    elements.push(element);
    list::check_length(elements.len(), &row.name)?;
    Ok(vec![elements.len() - 1])
}

/// The element to which a part of a list is written without a filter: the primary or the only
/// one, or a new one if there is none.
///
/// # Errors
/// `NoTarget` if there are several.
pub fn only_or_primary(row: &Attribute, elements: &mut Vec<Value>) -> Result<usize, Error> {
    if elements.is_empty() {
        elements.push(Value::Object(Doc::new()));
    }
    if elements.len() == 1 {
        return Ok(0);
    }
    elements.iter().position(primary::is_primary).ok_or_else(|| {
        let detail = format!("`{0}` has several values: select one, as in `{0}[type eq \"work\"]`", row.name);
        Error::new(Kind::NoTarget, detail)
    })
}

/// Changes the `chosen` elements. One for which `change` returns `None` is dropped. If a
/// changed element is primary, no other is.
#[must_use]
pub fn changed(
    row: &Attribute,
    mut elements: Vec<Value>,
    chosen: &[usize],
    change: impl Fn(Value) -> Option<Value>,
) -> Vec<Value> {
    let mut last_primary = None;
    for &index in chosen {
        let Some(element) = elements.get_mut(index) else {
            continue;
        };
        *element = change(element.take()).unwrap_or_default();
        if primary::is_primary(element) {
            last_primary = Some(index);
        }
    }
    if let Some(index) = last_primary {
        primary::keep(&mut elements, index);
    }
    elements.retain(|element| !element.is_null());
    list::distinct(row, elements)
}

/// `element` with its part `sub` set, or cleared if there is no `value`.
///
/// `None` if an element that lost a part has no value left.
#[must_use]
pub fn with_sub(element: Value, sub: &Attribute, value: Option<Value>) -> Option<Value> {
    let Value::Object(mut object) = element else {
        return Some(element);
    };
    match value {
        Some(value) => _ = object.insert(sub.name.clone(), value),
        None => {
            object.shift_remove(&sub.name);
            if list::is_bare(&object) {
                return None;
            }
        }
    }
    Some(Value::Object(object))
}
