//! Which indexes a directory has, and which another profile adds.

use std::sync::Arc;

use scim::model::profile::Profile;
use scim::model::resource_type::{Index, ResourceType};
use scim::profile::Profiles;
use scim::profile::transition::{missing, with_only};

use crate::error::Error;
use crate::registry::record::DirectoryRecord;

/// The profile called `name`.
///
/// # Errors
/// [`Error::Profile`] when there is none.
pub(crate) fn profile(profiles: &Profiles, name: &str) -> Result<Arc<Profile>, Error> {
    profiles.get(name).map_err(|error| Error::Profile(error.to_string()))
}

/// The profile of `record` with only those indexes that are complete.
///
/// # Errors
/// [`Error::Profile`] when the profile is not among `profiles`.
pub(crate) fn complete(profiles: &Profiles, record: &DirectoryRecord) -> Result<Arc<Profile>, Error> {
    let profile = profile(profiles, &record.profile)?;
    Ok(match &record.indexed {
        Some(complete) => with_only(&profile, complete),
        None => profile,
    })
}

/// The types of `to`, each with only those indexes that it does not have in `from`. A type that
/// `from` does not offer has no index there: no instance kept them up to date.
pub(super) fn added(from: &Profile, to: &Profile) -> Vec<ResourceType> {
    let kinds = to.resource_types.iter().map(|kind| {
        let mut only = ResourceType::clone(kind);
        if let Some(twin) = from.resource_types.iter().find(|twin| twin.name == kind.name) {
            only.indexes = missing(twin, to);
        }
        only
    });
    kinds.filter(|kind| !kind.indexes.is_empty()).collect()
}

/// Keys depend on `caseExact`: two profiles that index the same attribute must agree.
///
/// # Errors
/// [`Error::Profile`] when they do not.
pub(super) fn check_keys(from: &Profile, to: &Profile) -> Result<(), Error> {
    for kind in &from.resource_types {
        let Some(twin) = to.resource_types.iter().find(|twin| twin.name == kind.name) else { continue };
        for index in &kind.indexes {
            let same = |other: &&Index| other.path == index.path && other.case_exact != index.case_exact;
            if twin.indexes.iter().any(|other| same(&other)) {
                return Err(Error::Profile(format!(
                    "letter case counts in `{}` in one of the profiles `{}` and `{}` and not in the other",
                    index.path, from.name, to.name
                )));
            }
        }
    }
    Ok(())
}
