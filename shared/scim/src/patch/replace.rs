//! The replace operation (RFC 7644 §3.5.2.3).

use serde_json::Value;

use super::path::{PatchTarget, Target};
use super::state::State;
use super::{elements, whole, write};
use crate::dialect::patch as dialect;
use crate::error::Error;
use crate::filter::bound::Bound;
use crate::model::doc::Doc;
use crate::read::members;
use crate::value::list;
use crate::value::shape::is_empty;

/// Replaces the value of `target` by `sent`, or clears it if `sent` is empty. An attribute
/// without a value gets one, as by `add`.
///
/// # Errors
/// `InvalidValue` for a value of the wrong type, `NoTarget` for a filter that selects no
/// element and creates none, `Mutability` for a change of a member, `PayloadTooLarge` for
/// too many values in one request.
pub fn replace(state: &mut State<'_>, target: Target<'_>, sent: &Value) -> Result<(), Error> {
    let extension = match target {
        Target::Attribute(target) => return attribute(state, &target, sent),
        Target::Extension(schema) if is_empty(sent) => {
            state.doc.shift_remove(&schema.id);
            return Ok(());
        }
        Target::Extension(schema) => Some(schema),
        Target::Resource => None,
    };
    for (target, sent) in whole::attributes(state.kind, extension, sent)? {
        replace(state, target, sent)?;
    }
    Ok(())
}

fn attribute(state: &mut State<'_>, target: &PatchTarget<'_>, sent: &Value) -> Result<(), Error> {
    state.tally.count(target, Some(sent))?;
    if members::are(state.kind, target.row) {
        return state.members.replace(target, sent);
    }
    write::attribute(state, target, sent, to_list)
}

fn to_list(target: &PatchTarget<'_>, there: Vec<Value>, sent: &Value) -> Result<Vec<Value>, Error> {
    match (&target.selection, target.sub) {
        (None, None) => list::read(target.row, sent, &target.at()),
        (Some(selection), None) => selected(target, selection, there, sent),
        (_, Some(sub)) => write::part(target, sub, there, sent),
    }
}

/// Replaces each selected element as a whole: parts that are not sent are removed, except
/// those that the filter describes. A bare text replaces their `value` only.
fn selected(
    target: &PatchTarget<'_>,
    selection: &Bound,
    mut there: Vec<Value>,
    sent: &Value,
) -> Result<Vec<Value>, Error> {
    let Some(parts) = write::parts(target, sent)? else {
        let chosen = elements::selected(&there, selection);
        return Ok(elements::changed(target.row, there, &chosen, |_| None));
    };
    let chosen = if parts.set.is_empty() {
        elements::selected(&there, selection)
    } else {
        elements::selected_or_created(target, &mut there, selection)?
    };
    let keeps_rest = dialect::is_bare_text(sent);
    let described = dialect::described(selection).unwrap_or_default();
    Ok(elements::changed(target.row, there, &chosen, |element| {
        let base = if keeps_rest { element } else { Value::Object(Doc::clone(&described)) };
        write::merged(base, &parts)
    }))
}
