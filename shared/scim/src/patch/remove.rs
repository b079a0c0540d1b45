//! The remove operation (RFC 7644 §3.5.2.2).

use serde_json::Value;

use super::path::{Access, PatchTarget, Target};
use super::state::State;
use super::{elements, single};
use crate::dialect::patch as dialect;
use crate::error::{Error, Kind};
use crate::read::{active, members};
use crate::value::{list, same, slot};

/// Removes the value of `target`; from a list without a filter only the values that `listed`
/// lists, if it is sent. Values that do not exist need not be removed.
///
/// # Errors
/// `NoTarget` without a path, `InvalidValue` for a list of the wrong type, `Mutability`
/// for a change of a member, `PayloadTooLarge` for too many values in one request.
pub fn remove(state: &mut State<'_>, target: Target<'_>, listed: Option<&Value>) -> Result<(), Error> {
    let listed = dialect::listed(listed);
    let target = match target {
        Target::Resource => return Err(Error::new(Kind::NoTarget, "`path` is missing: a remove needs it")),
        Target::Extension(schema) => {
            state.doc.shift_remove(&schema.id);
            return Ok(());
        }
        Target::Attribute(target) => target,
    };
    state.tally.count(&target, listed)?;
    if members::are(state.kind, target.row) {
        return state.members.remove(&target, listed);
    }
    if target.access() == Access::Ignore || active::is(state.kind, target.extension, target.row) {
        return Ok(());
    }
    target.check_single(&state.doc)?;
    let before = slot::take(&mut state.doc, target.extension, target.row);
    let after = if target.row.multi_valued {
        elements::value(from_list(&target, elements::of(before), listed)?)
    } else {
        target.sub.and_then(|sub| single::without_sub(sub, before))
    };
    slot::put(&mut state.doc, target.extension, target.row, after);
    Ok(())
}

fn from_list(
    target: &PatchTarget<'_>,
    there: Vec<Value>,
    listed: Option<&Value>,
) -> Result<Vec<Value>, Error> {
    let chosen = match (&target.selection, listed) {
        (Some(selection), _) => elements::selected(&there, selection),
        (None, Some(listed)) => named(target, &there, listed)?,
        (None, None) => (0..there.len()).collect(),
    };
    Ok(elements::changed(target.row, there, &chosen, |element| {
        target.sub.and_then(|sub| elements::with_sub(element, sub, None))
    }))
}

/// The indexes of the elements that `listed` lists.
fn named(target: &PatchTarget<'_>, there: &[Value], listed: &Value) -> Result<Vec<usize>, Error> {
    let listed = list::read(target.row, listed, &target.at())?;
    let is_named = |element: &Value| listed.iter().any(|one| same::is_listed(target.row, element, one));
    let named = there.iter().enumerate().filter(|(_, element)| is_named(element));
    Ok(named.map(|(index, _)| index).collect())
}
