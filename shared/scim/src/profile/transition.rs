//! A directory between two profiles, or between two states of one.
//!
//! During a change, a directory follows one profile and writes the indexes of both: those of
//! the new profile, so that they are complete when it takes over, and those of the old one,
//! as long as an instance may still use them. The record of a directory lists the complete
//! indexes, because the file of a profile may be edited.

use std::sync::Arc;

use crate::model::profile::Profile;
use crate::model::resource_type::{Index, ResourceType};

/// The indexes of `profile` in the form of a directory's record, one text each.
#[must_use]
pub fn indexes(profile: &Profile) -> Vec<String> {
    let of =
        |kind: &Arc<ResourceType>| kind.indexes.iter().map(|index| named(kind, index)).collect::<Vec<_>>();
    profile.resource_types.iter().flat_map(of).collect()
}

fn named(kind: &ResourceType, index: &Index) -> String {
    let word = |is: bool, yes: &'static str, no: &'static str| if is { yes } else { no };
    let unique = word(index.unique, "unique", "many");
    format!("{} {} {unique} {}", kind.name, index.path, word(index.case_exact, "exact", "caseless"))
}

/// `profile`, in which the indexes that are not `complete` are idle.
#[must_use]
pub fn asking_only(profile: &Arc<Profile>, complete: &[String]) -> Arc<Profile> {
    if indexes(profile).iter().all(|index| complete.contains(index)) {
        return Arc::clone(profile);
    }
    adapted(profile, |kind| {
        kind.indexes
            .iter()
            .map(|index| Index { idle: !complete.contains(&named(kind, index)), ..index.clone() })
            .collect()
    })
}

/// `profile` with its `complete` indexes only.
#[must_use]
pub fn with_only(profile: &Arc<Profile>, complete: &[String]) -> Arc<Profile> {
    adapted(profile, |kind| {
        kind.indexes.iter().filter(|index| complete.contains(&named(kind, index))).cloned().collect()
    })
}

/// `profile`, with the indexes that only `other` has in addition, which are idle.
#[must_use]
pub fn with_indexes_of(profile: &Arc<Profile>, other: &Profile) -> Arc<Profile> {
    adapted(profile, |kind| {
        let more = missing(kind, other).into_iter().map(|index| Index { idle: true, ..index });
        kind.indexes.iter().cloned().chain(more).collect()
    })
}

fn adapted(profile: &Arc<Profile>, indexes: impl Fn(&ResourceType) -> Vec<Index>) -> Arc<Profile> {
    let mut adapted = Profile::clone(profile);
    for kind in &mut adapted.resource_types {
        *kind = Arc::new(ResourceType { indexes: indexes(kind), ..ResourceType::clone(kind) });
    }
    Arc::new(adapted)
}

/// The indexes that `kind` lacks and the type of the same name in `other` has. An index that
/// is unique in only one of the two has entries of another form, and so is a different one.
#[must_use]
pub fn missing(kind: &ResourceType, other: &Profile) -> Vec<Index> {
    let Some(twin) = other.resource_types.iter().find(|twin| twin.name == kind.name) else {
        return Vec::new();
    };
    let has =
        |index: &&Index| !kind.indexes.iter().any(|own| own.path == index.path && own.unique == index.unique);
    twin.indexes.iter().filter(has).cloned().collect()
}
