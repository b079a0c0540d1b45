//! What becomes of a line.

use serde::Serialize;

use super::record::Record;

/// How lines are imported.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Only reports what would be done.
    pub dry_run: bool,
}

/// What became of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The outcome.
    pub outcome: Done,
    /// The type of the resource, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// The id of the resource, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The outcomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Done {
    /// The resource was created, or would be.
    Created,
    /// It existed with the same content.
    Unchanged,
    /// The group existed, and has the line's members now.
    MembersAdded,
    /// It was not imported.
    Refused,
}

impl Outcome {
    pub(super) fn new(outcome: Done, kind: &str, id: &str) -> Self {
        Self { outcome, resource_type: Some(kind.to_owned()), id: Some(id.to_owned()), detail: None }
    }

    pub(super) fn refused(record: Option<&Record>, detail: impl Into<String>) -> Self {
        Self {
            outcome: Done::Refused,
            resource_type: record.map(|record| record.kind.name.clone()),
            id: record.filter(|record| record.sent_id).map(|record| record.id.clone()),
            detail: Some(detail.into()),
        }
    }
}
