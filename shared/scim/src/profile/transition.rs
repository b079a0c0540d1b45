//! A directory between two profiles.
//!
//! While it changes, a directory offers what one profile says, and keeps the indexes of
//! both up to date: those of the next one, so that they are complete when it takes over,
//! and those of the last one, for as long as some instance may still ask them.

use std::sync::Arc;

use crate::model::profile::Profile;
use crate::model::resource_type::{Index, ResourceType};

/// `profile`, which also keeps what only `other` has an index on.
#[must_use]
pub fn with_indexes_of(profile: &Arc<Profile>, other: &Profile) -> Arc<Profile> {
    let mut both = Profile::clone(profile);
    for kind in &mut both.resource_types {
        let more = missing(kind, other);
        if !more.is_empty() {
            let mut wider = ResourceType::clone(kind);
            wider.indexes.extend(more.into_iter().map(|index| Index { idle: true, ..index }));
            *kind = Arc::new(wider);
        }
    }
    Arc::new(both)
}

/// The indexes of `other`'s type of the same name that `kind` lacks. One that is unique in
/// one of the two only has entries of another form, and so is another.
#[must_use]
pub fn missing(kind: &ResourceType, other: &Profile) -> Vec<Index> {
    let Some(twin) = other.resource_types.iter().find(|twin| twin.name == kind.name) else {
        return Vec::new();
    };
    let has = |index: &&Index| {
        !kind
            .indexes
            .iter()
            .any(|own| own.path.to_string() == index.path.to_string() && own.unique == index.unique)
    };
    twin.indexes.iter().filter(has).cloned().collect()
}
