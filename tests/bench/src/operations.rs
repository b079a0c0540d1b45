//! The operations that are measured, as tables of names and requests.

mod change;
mod group;
mod read;

use serde_json::{Value, json};

use crate::client::Ask;
use crate::world::World;

/// One operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    /// What it is called in the report.
    pub(crate) name: &'static str,
    /// The statuses that count as done.
    pub(crate) done: &'static [u16],
    /// What has to be there before it is measured.
    pub(crate) needs: Needs,
    /// How many resources its answer lists, if it is a list.
    pub(crate) lists: Option<usize>,
    /// The next request; `None` when the stock is used up.
    pub(crate) ask: fn(&World) -> Option<Ask>,
}

/// What has to be there before an operation is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    Nothing,
    /// A walk over all pages.
    Walk,
    /// The cursor of the second page.
    Cursor,
    /// Users who can be deleted, each in some groups.
    Users,
    /// Groups of ten that can be deleted.
    Groups,
    /// Members of the large group who can be removed.
    Members,
}

/// Reads before writes: what is read is what was loaded. Renames come last: they change
/// the names that the lookups use.
pub(crate) fn all() -> impl Iterator<Item = &'static Operation> {
    read::ALL.iter().chain(&group::ALL).chain(&change::ALL)
}

/// The operation called `name`.
pub(crate) fn named(name: &str) -> &'static Operation {
    all().find(|operation| operation.name == name).unwrap_or_else(|| panic!("no operation `{name}`"))
}

fn user(world: &World, number: usize) -> String {
    format!("/Users/{}", world.ids[number])
}

fn without_members(group: &str) -> String {
    format!("/Groups/{group}?excludedAttributes=members")
}

/// Where a change of `group` goes to: the members of a small group shall not make its answer
/// dearer, unless the change has to be plain.
fn changed(world: &World, group: &str) -> String {
    if world.plain { format!("/Groups/{group}") } else { without_members(group) }
}

fn set(path: &str, value: impl Into<Value>) -> Value {
    json!([{ "op": "replace", "path": path, "value": value.into() }])
}
