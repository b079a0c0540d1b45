//! The measured operations, as tables of names and requests.

mod change;
mod group;
mod read;

use serde_json::{Value, json};

use crate::client::Ask;
use crate::world::World;

/// One operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    /// Its name in the report.
    pub(crate) name: &'static str,
    /// The statuses that count as done.
    pub(crate) done: &'static [u16],
    /// What must exist before it is measured.
    pub(crate) needs: Needs,
    /// The number of resources its response lists, if it is a list.
    pub(crate) lists: Option<usize>,
    /// The next request; `None` when the stock is used up.
    pub(crate) ask: fn(&World) -> Option<Ask>,
}

/// What must exist before an operation is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    Nothing,
    /// One scan of all pages.
    Walk,
    /// The cursor of the second page.
    Cursor,
    /// Users to delete, each in some groups.
    Users,
    /// Groups of ten to delete.
    Groups,
    /// Members to remove from the large group.
    Members,
}

/// Reads come before writes, so that they read what was loaded. Renames come last: they change the
/// names that the lookups use.
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

/// The path of a change of `group`. Excludes the members from the response, so that they do not add
/// to its cost, unless the change has to be plain.
fn changed(world: &World, group: &str) -> String {
    if world.plain { format!("/Groups/{group}") } else { without_members(group) }
}

fn set(path: &str, value: impl Into<Value>) -> Value {
    json!([{ "op": "replace", "path": path, "value": value.into() }])
}
