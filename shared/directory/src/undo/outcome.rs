//! How changes are undone, and what became of each resource.

use serde::Serialize;

/// How they are undone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Writes; otherwise only reports what would be done.
    pub apply: bool,
    /// Also overwrites attributes that were changed since.
    pub force: bool,
}

/// What was done with one resource, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Undone {
    /// The resource's type.
    pub resource_type: String,
    /// Its id.
    pub id: String,
    /// What was done.
    pub outcome: Outcome,
    /// The attributes that get their former values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// How many members are added again.
    #[serde(skip_serializing_if = "is_zero")]
    pub added: usize,
    /// How many members are removed again.
    #[serde(skip_serializing_if = "is_zero")]
    pub removed: usize,
    /// Why it was not undone, or what else to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What was done with a resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It is as it was before already.
    #[default]
    Unchanged,
    /// It gets back attributes or members, or would.
    Restored,
    /// It was deleted, and is created again with its id, or would be.
    Created,
    /// It was changed since, and stays as it is.
    Conflict,
    /// Such a change cannot be undone.
    Impossible,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
