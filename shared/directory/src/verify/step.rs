//! One step on its way.

use std::sync::Arc;
use std::time::Instant;

use scim::model::profile::Profile;
use serde::{Deserialize, Serialize};
use table::Table;

use super::count::Count;
use super::finding::Finding;
use super::report::{Checked, Options};
use super::stages::Stage;
use super::suspects::Suspects;
use crate::resume::Scan;
use crate::tenant::Tenant;

/// Findings that end a step: each is checked again, and repaired.
const MANY: usize = 300;

/// The scan of a directory.
pub(super) type Position = Scan<Stage, Kept>;

/// What is kept from one step to the next.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// In the current group, after this member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) member: Option<String>,
    /// What has been counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) count: Option<Count>,
}

/// One step.
pub(super) struct Step<'a> {
    pub(super) tenant: Tenant,
    pub(super) profile: Arc<Profile>,
    /// Whether the directory changes its profile, and keeps the indexes of another one as well.
    pub(super) changing: bool,
    pub(super) options: &'a Options,
    pub(super) begun: Instant,
    pub(super) checked: Checked,
    pub(super) findings: Vec<Finding>,
    pub(super) uncounted: Vec<String>,
    pub(super) suspects: Suspects,
}

impl Step<'_> {
    pub(super) fn table(&self) -> &Table {
        self.tenant.table()
    }

    /// Whether to leave the rest to the next step.
    pub(super) fn is_over(&self) -> bool {
        self.findings.len() + self.suspects.len() > MANY || self.begun.elapsed() > self.options.time
    }
}
