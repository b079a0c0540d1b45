//! How a step is made, and what it reports.

use std::time::Duration;

use serde::Serialize;

/// How a step is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether to append what is missing.
    pub apply: bool,
    /// How long a step may scan, about.
    pub time: Duration,
    /// How long to wait for changes that the log is about to follow.
    pub patience: Duration,
}

impl Default for Options {
    /// Appends nothing. A step ends within 20 seconds.
    fn default() -> Self {
        Self { apply: false, time: Duration::from_secs(4), patience: Duration::from_secs(4) }
    }
}

/// What one step has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Resources that were compared.
    pub resources: u64,
    /// Memberships that were compared, other than those of a new or wholly replaced list.
    pub memberships: u64,
    /// What the log does not say.
    pub differences: Vec<Difference>,
    /// Where the next step begins; `None` at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Something that the log does not say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The type of the missing event, such as `user.created`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The type of the resource.
    pub resource_type: String,
    /// Its id.
    pub id: String,
    /// Whether the event was appended.
    pub applied: bool,
}
