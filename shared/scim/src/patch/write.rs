//! Writing for `add` and `replace` (RFC 7644 §3.5.2.1, §3.5.2.3), which treat single values
//! and parts of elements alike.

use serde_json::Value;

use super::path::{Access, PatchTarget};
use super::state::State;
use super::{elements, single};
use crate::dialect::value::only_element;
use crate::error::{Error, Kind};
use crate::model::attribute::Attribute;
use crate::read::active;
use crate::value::complex::{self, Parts};
use crate::value::{list, simple, slot};

/// How an operation writes to a list: from the present elements and the sent value to the new
/// elements.
pub type ToList = fn(&PatchTarget<'_>, Vec<Value>, &Value) -> Result<Vec<Value>, Error>;

/// Writes `sent` to an attribute of the resource; to a list by `to_list`.
///
/// # Errors
/// `InvalidValue` if `sent` has the wrong type, `NoTarget` if the target's filter does not
/// match a single value, and those of `to_list`.
pub fn attribute(
    state: &mut State<'_>,
    target: &PatchTarget<'_>,
    sent: &Value,
    to_list: ToList,
) -> Result<(), Error> {
    if target.access() == Access::Ignore {
        return Ok(());
    }
    if active::is(state.kind, target.extension, target.row)
        && simple::read(target.row, sent, &target.at())?.is_none()
    {
        return Ok(());
    }
    target.check_single(&state.doc)?;
    let before = slot::take(&mut state.doc, target.extension, target.row);
    let after = if target.row.multi_valued {
        elements::value(to_list(target, elements::of(before), sent)?)
    } else {
        match target.sub {
            None => single::write(target.row, before, sent, &target.at())?,
            Some(sub) => single::write_sub(sub, before, sent, &target.at())?,
        }
    };
    slot::put(&mut state.doc, target.extension, target.row, after);
    Ok(())
}

/// The list after `sent` was written to the part `sub` of the elements that `target` selects.
///
/// # Errors
/// `InvalidValue` if `sent` has the wrong type; `NoTarget` if no element can take the value.
pub fn part(
    target: &PatchTarget<'_>,
    sub: &Attribute,
    mut there: Vec<Value>,
    sent: &Value,
) -> Result<Vec<Value>, Error> {
    let value = simple::read(sub, sent, &target.at())?;
    if let (true, Some(kind)) = (sub.name == "type", value.as_ref().and_then(Value::as_str)) {
        check_type(target.row, kind)?;
    }
    let chosen = match (&target.selection, &value) {
        (Some(selection), Some(_)) => elements::selected_or_created(target, &mut there, selection)?,
        (Some(selection), None) => elements::selected(&there, selection),
        (None, Some(_)) => vec![elements::only_or_primary(target.row, &mut there)?],
        (None, None) => (0..there.len()).collect(),
    };
    Ok(elements::changed(target.row, there, &chosen, |element| {
        elements::with_sub(element, sub, value.clone())
    }))
}

/// The parts of one element, or `None` if `sent` clears it.
///
/// # Errors
/// `InvalidValue` if `sent` has the wrong type.
pub fn parts(target: &PatchTarget<'_>, sent: &Value) -> Result<Option<Parts>, Error> {
    let parts = complex::read(target.row, only_element(sent), &target.at())?;
    if let Some(kind) = parts.as_ref().and_then(|parts| parts.set.get("type")?.as_str()) {
        check_type(target.row, kind)?;
    }
    Ok(parts)
}

/// Refuses a type that the profile does not offer: the element would be stored but never
/// returned.
fn check_type(row: &Attribute, kind: &str) -> Result<(), Error> {
    if row.offers(kind) {
        return Ok(());
    }
    let offered = row.sub("type").map(|types| types.canonical_values.join("`, `")).unwrap_or_default();
    Err(Error::new(Kind::InvalidValue, format!("`{}.type` must be one of `{offered}`", row.name)))
}

/// `element` with `parts` merged into it; `None` if it lost a part and has no value left.
#[must_use]
pub fn merged(element: Value, parts: &Parts) -> Option<Value> {
    let Value::Object(object) = element else {
        return Some(element);
    };
    let object = complex::merged(object, parts);
    (parts.cleared.is_empty() || !list::is_bare(&object)).then_some(Value::Object(object))
}
