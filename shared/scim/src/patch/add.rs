//! The add operation (RFC 7644 §3.5.2.1).

use serde_json::Value;

use super::path::{PatchTarget, Target};
use super::state::State;
use super::{elements, whole, write};
use crate::error::Error;
use crate::filter::bound::Bound;
use crate::read::members;
use crate::value::list;
use crate::value::shape::is_empty;

/// Adds `sent` to `target`: lists get the elements that they do not have yet, complex values
/// get the parts that are sent, single values are replaced.
///
/// # Errors
/// `InvalidValue` for a value of the wrong type, `NoTarget` for a filter that selects no
/// element and creates none, `Mutability` for a change of a member, `PayloadTooLarge` for
/// too many values in one request.
pub fn add(state: &mut State<'_>, target: Target<'_>, sent: &Value) -> Result<(), Error> {
    let extension = match target {
        Target::Attribute(target) => return attribute(state, &target, sent),
        Target::Extension(_) if is_empty(sent) => return Ok(()),
        Target::Extension(schema) => Some(schema),
        Target::Resource => None,
    };
    for (target, sent) in whole::attributes(state.kind, extension, sent)? {
        add(state, target, sent)?;
    }
    Ok(())
}

fn attribute(state: &mut State<'_>, target: &PatchTarget<'_>, sent: &Value) -> Result<(), Error> {
    state.tally.count(target, Some(sent))?;
    if members::are(state.kind, target.row) {
        return state.members.add(target, sent);
    }
    write::attribute(state, target, sent, to_list)
}

fn to_list(target: &PatchTarget<'_>, there: Vec<Value>, sent: &Value) -> Result<Vec<Value>, Error> {
    match (&target.selection, target.sub) {
        (Some(selection), None) => to_selected(target, selection, there, sent),
        (None, Some(sub)) if target.row.value_sub() != Some(sub) => write::part(target, sub, there, sent),
        (Some(_), Some(sub)) => write::part(target, sub, there, sent),
        // At `emails.value`, a single text stands for an element that has nothing else.
        (None, Some(_)) if sent.is_string() => {
            let new = list::of(target.row, std::slice::from_ref(sent), &target.at())?;
            elements::append(target.row, there, new)
        }
        (None, _) => elements::append(target.row, there, list::read(target.row, sent, &target.at())?),
    }
}

/// Adds parts to the selected elements.
fn to_selected(
    target: &PatchTarget<'_>,
    selection: &Bound,
    mut there: Vec<Value>,
    sent: &Value,
) -> Result<Vec<Value>, Error> {
    let Some(parts) = write::parts(target, sent)? else {
        return Ok(there);
    };
    let chosen = if parts.set.is_empty() {
        elements::selected(&there, selection)
    } else {
        elements::selected_or_created(target, &mut there, selection)?
    };
    Ok(elements::changed(target.row, there, &chosen, |element| write::merged(element, &parts)))
}
