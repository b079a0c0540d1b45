//! Applies all operations of a request, or none (RFC 7644 §3.5.2).

use super::add::add;
use super::members::MemberChange;
use super::operation::{Op, Operation};
use super::path::{Target, target};
use super::remove::remove;
use super::replace::replace;
use super::state::State;
use crate::error::{Error, Kind, quoted};
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;
use crate::read::{immutable, required};

/// The result of a PATCH.
#[derive(Debug, Clone, PartialEq)]
pub struct Patched {
    /// The resource after the PATCH, without `members`.
    pub doc: Doc,
    /// Whether `doc` changed. Members do not count.
    pub changed: bool,
    /// The changes of the group's members, in order.
    pub members: Vec<MemberChange>,
}

/// Applies `operations` to a copy of `current`.
///
/// # Errors
/// That of the first operation that fails (RFC 7644 §3.5.2); its detail names the operation.
/// `InvalidValue` or, after a remove, `Mutability` if a required attribute would be missing;
/// `Mutability` if an immutable one would change; `PayloadTooLarge` for more than
/// [`MAX_VALUES`](super::tally::MAX_VALUES).
pub fn apply(kind: &ResourceType, current: &Doc, operations: &[Operation]) -> Result<Patched, Error> {
    let mut state = State::new(kind, current);
    for (index, operation) in operations.iter().enumerate() {
        one(&mut state, operation).map_err(|error| located(error, index + 1, operation))?;
    }
    immutable::check(kind, current, &state.doc)?;
    required::check(kind, &state.doc).map_err(|error| removed(error, operations))?;
    let changed = state.doc != *current;
    Ok(Patched { doc: state.doc, changed, members: state.members.into_changes() })
}

/// The member changes of `operations`, as [`apply`] returns them for a group; `None` when one of the operations
/// cannot be applied to a group without attributes. Which members a PATCH names does not depend on these.
#[must_use]
pub fn member_changes(kind: &ResourceType, operations: &[Operation]) -> Option<Vec<MemberChange>> {
    let nothing = Doc::new();
    let mut state = State::new(kind, &nothing);
    for operation in operations {
        one(&mut state, operation).ok()?;
    }
    Some(state.members.into_changes())
}

fn one(state: &mut State<'_>, operation: &Operation) -> Result<(), Error> {
    let target = match &operation.path {
        Some(path) => target(state.kind, path)?,
        None => Target::Resource,
    };
    match (operation.op, &operation.value) {
        (Op::Remove, listed) => remove(state, target, listed.as_ref()),
        (Op::Add, Some(sent)) => add(state, target, sent),
        (Op::Replace, Some(sent)) => replace(state, target, sent),
        (Op::Add | Op::Replace, None) => {
            Err(Error::new(Kind::InvalidValue, "`value` is missing: send it, or use `remove`"))
        }
    }
}

/// How many characters of a path an error quotes.
const QUOTED: usize = 100;

fn located(error: Error, number: usize, operation: &Operation) -> Error {
    let named = match &operation.path {
        None => " without a path".to_owned(),
        Some(path) => format!(" `{}`", quoted(path, QUOTED)),
    };
    let detail = format!("operation {number}, {}{named}: {}", operation.op.name(), error.detail);
    Error::new(error.kind, detail)
}

/// RFC 7644 §3.5.2.2: the removal of a required attribute is `mutability`.
fn removed(error: Error, operations: &[Operation]) -> Error {
    let removes = operations.iter().any(|operation| operation.op == Op::Remove);
    Error::new(if removes { Kind::Mutability } else { error.kind }, error.detail)
}
