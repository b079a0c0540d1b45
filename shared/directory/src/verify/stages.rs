//! The stages of the scan.

use std::sync::Arc;

use scim::model::profile::Profile;
use scim::model::resource_type::{Index, ResourceType};

/// One stage.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    /// All resources of a type.
    Resources(Arc<ResourceType>),
    /// How many there are, when the scan of them counted another number.
    Counter(Arc<ResourceType>),
    /// All entries of an index.
    Index(Arc<ResourceType>, Index),
    /// All members of all groups.
    Members(Arc<ResourceType>),
}

/// The stages of a directory with this profile, in order, each with its name.
pub(super) fn stages(profile: &Profile) -> Vec<(String, Stage)> {
    let mut stages = Vec::new();
    for kind in &profile.resource_types {
        stages.push((format!("resources {}", kind.name), Stage::Resources(Arc::clone(kind))));
        stages.push((format!("counter {}", kind.name), Stage::Counter(Arc::clone(kind))));
        for index in &kind.indexes {
            let name = format!("index {} {}", kind.name, index.path);
            stages.push((name, Stage::Index(Arc::clone(kind), index.clone())));
        }
        if kind.has_members() {
            stages.push((format!("members {}", kind.name), Stage::Members(Arc::clone(kind))));
        }
    }
    stages
}
