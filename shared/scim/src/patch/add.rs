//! The add operation (RFC 7644 §3.5.2.1).

use serde_json::Value;

use super::apply::State;
use super::path::{Place, Target};
use super::{elements, whole, write};
use crate::error::Error;
use crate::filter::bind::Bound;
use crate::read::members;
use crate::value::{is_empty, list};

/// Adds `sent` to `target`: lists grow by what they do not have yet, complex values get
/// the parts that are named, single values are replaced.
///
/// # Errors
/// `InvalidValue` for a value of the wrong type, `NoTarget` for a filter that selects
/// nothing and describes nothing, `Mutability` for a change of a member,
/// `PayloadTooLarge` for too many values in one request.
pub fn add(state: &mut State<'_>, target: Target<'_>, sent: &Value) -> Result<(), Error> {
    let extension = match target {
        Target::Attribute(place) => return attribute(state, &place, sent),
        Target::Extension(_) if is_empty(sent) => return Ok(()),
        Target::Extension(schema) => Some(schema),
        Target::Resource => None,
    };
    for (target, sent) in whole::attributes(state.kind, extension, sent)? {
        add(state, target, sent)?;
    }
    Ok(())
}

fn attribute(state: &mut State<'_>, place: &Place<'_>, sent: &Value) -> Result<(), Error> {
    state.tally.count(place, Some(sent))?;
    if members::are(state.kind, place.row) {
        return state.members.add(place, sent);
    }
    write::attribute(state, place, sent, to_list)
}

fn to_list(place: &Place<'_>, there: Vec<Value>, sent: &Value) -> Result<Vec<Value>, Error> {
    match (&place.selection, place.sub) {
        (Some(selection), None) => to_selected(place, selection, there, sent),
        (None, Some(sub)) if place.row.value_sub() != Some(sub) => write::part(place, sub, there, sent),
        (Some(_), Some(sub)) => write::part(place, sub, there, sent),
        // A `value` by itself stands for an element that has nothing else.
        (None, _) => elements::append(place.row, there, list::read(place.row, sent, &place.at())?),
    }
}

/// Adds parts to the elements that are selected.
fn to_selected(
    place: &Place<'_>,
    selection: &Bound,
    mut there: Vec<Value>,
    sent: &Value,
) -> Result<Vec<Value>, Error> {
    let Some(parts) = write::parts(place, sent)? else {
        return Ok(there);
    };
    let chosen = if parts.set.is_empty() {
        elements::selected(&there, selection)
    } else {
        elements::selected_or_created(place.row, &mut there, selection)?
    };
    Ok(elements::changed(place.row, there, &chosen, |element| write::merged(element, &parts)))
}
