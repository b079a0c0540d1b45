//! How a step is made, and what it reports.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::finding::Finding;

/// How a step is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether to repair what is found.
    pub repair: bool,
    /// How long a step may work, about.
    pub time: Duration,
    /// How long to wait for work that the table's stream has not reported yet.
    pub patience: Duration,
}

impl Default for Options {
    /// Repairs nothing, and ends within ten seconds.
    fn default() -> Self {
        Self { repair: false, time: Duration::from_secs(4), patience: Duration::from_secs(4) }
    }
}

/// What one step has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How much was checked.
    pub checked: Checked,
    /// The inconsistencies.
    pub findings: Vec<Finding>,
    /// Types whose counters could not be compared, because they changed all the time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<String>,
    /// The version of the rule by which keys are made from values.
    pub key_rule: u8,
    /// Where the next step begins; `None` at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How much was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// Resources, by their type.
    pub resources: BTreeMap<String, u64>,
    /// Index entries.
    pub entries: u64,
    /// Memberships of groups that exist.
    pub memberships: u64,
    /// Memberships among them whose member does not exist in this directory: RFC 7643 allows that.
    pub strangers: u64,
}
