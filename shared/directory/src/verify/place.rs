//! Where the walk is: a text that only its maker reads.

use std::sync::Arc;

use scim::model::profile::Profile;
use scim::model::resource_type::{Index, ResourceType};
use serde::{Deserialize, Serialize};

use super::counters::Count;
use crate::error::Error;
use crate::resume;

/// One part of the walk.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    /// All resources of a type.
    Resources(Arc<ResourceType>),
    /// How many there are, when the walk through them counted another number.
    Counter(Arc<ResourceType>),
    /// All entries of an index.
    Index(Arc<ResourceType>, Index),
    /// All members of all groups.
    Members(Arc<ResourceType>),
}

impl Stage {
    fn name(&self) -> String {
        match self {
            Self::Resources(kind) => format!("resources {}", kind.name),
            Self::Counter(kind) => format!("counter {}", kind.name),
            Self::Index(kind, index) => format!("index {} {}", kind.name, index.path),
            Self::Members(kind) => format!("members {}", kind.name),
        }
    }
}

/// The parts of the walk of a directory with this profile, in order.
pub(super) fn stages(profile: &Profile) -> Vec<Stage> {
    let mut stages = Vec::new();
    for kind in &profile.resource_types {
        stages.push(Stage::Resources(Arc::clone(kind)));
        stages.push(Stage::Counter(Arc::clone(kind)));
        stages.extend(kind.indexes.iter().map(|index| Stage::Index(Arc::clone(kind), index.clone())));
        if kind.has_members() {
            stages.push(Stage::Members(Arc::clone(kind)));
        }
    }
    stages
}

/// A place in one part.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Place {
    stage: String,
    /// Behind this sort key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// In this group, behind this member: empty for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) member: Option<String>,
    /// What has been counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) count: Option<Count>,
}

impl Place {
    /// Reads what [`text`](Self::text) wrote.
    pub(super) fn read(text: Option<&str>, stages: &[Stage]) -> Result<Self, Error> {
        resume::read(text, |place: &Self| stages.iter().any(|stage| stage.name() == place.stage))
    }

    pub(super) fn text(&self) -> Result<String, Error> {
        resume::text_of(self)
    }

    /// The number of the part in which it is.
    pub(super) fn stage_among(&self, stages: &[Stage]) -> usize {
        stages.iter().position(|stage| stage.name() == self.stage).unwrap_or(0)
    }

    /// Goes to the beginning of `stage`, unless it is in it. What was counted is taken along.
    pub(super) fn enter(&mut self, stage: &Stage) {
        let name = stage.name();
        if self.stage != name {
            *self = Self { stage: name, count: self.count.take(), ..Self::default() };
        }
    }
}
