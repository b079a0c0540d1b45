//! A directory changes its profile: attributes that become indexed or unique get their
//! index entries, while clients go on.
//!
//! 1. *Preparing.* The record names the next profile. Every instance that has read it (the
//!    record is believed for [30 seconds](SETTLE)) keeps the next profile's indexes up to
//!    date, too; nobody asks them, so that lookups on them walk. When all have read it, two
//!    walks of the directory write the entries of what was there before. A unique value that
//!    two resources have is a duplicate: all are listed and the change is refused.
//!    The second walk is for entries that the delete of a duplicate took along.
//! 2. *Retiring.* The directory follows the next profile. The last one's indexes are still
//!    kept up to date, because some instance may ask them, and then removed.
//!
//! Each step is remembered in the record, and a pending sweep carries it on: an interrupted
//! change goes on where it was.

mod duplicate;
mod fill;
mod step;

use std::sync::Arc;

use scim::model::profile::Profile;
use scim::model::resource_type::{Index, ResourceType};
use scim::profile::Profiles;
use scim::profile::transition::{indexes, missing, with_only};

pub use self::duplicate::Duplicate;
pub use self::step::Progress;
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys::{self, n, s};
use crate::registry::job::{self, Job, Work};
use crate::registry::record::DirectoryRecord;
use crate::registry::transition::{Stage, Transition};
use crate::store::{Change, Store, Written};
use crate::time::seconds;
use crate::value_key::SEPARATOR;
use table::name::{AT, DUPLICATES, OTHER_PROFILE, PROFILE, SINCE, STAGE};

/// How long after the record has changed every instance has read it, and ended what it
/// began before, in seconds: 30 that it is believed, and 30 that a request may take.
pub const SETTLE: i64 = 60;

impl Store {
    /// Begins to change the profile of `directory` to `to`, one of `profiles`; to the one that
    /// it has, when that has other indexes by now. Returns whether anything is to be done;
    /// [`advance_profile`](Self::advance_profile) does it.
    ///
    /// # Errors
    /// [`Error::Profile`] when there is no such profile, the two disagree about letter case,
    /// or another change is under way; [`Error::NotFound`]; the table's own.
    pub async fn change_profile(
        &self,
        directory: &DirectoryId,
        to: &str,
        profiles: &Profiles,
    ) -> Result<bool, Error> {
        let record = self.directory(directory).await?.ok_or(Error::NotFound)?;
        let begun = match &record.transition {
            None => false,
            Some(Transition { other, stage: Stage::Preparing, .. }) if other == to => true,
            Some(Transition { stage: Stage::Retiring, .. }) if record.profile == to => true,
            Some(Transition { other, .. }) => {
                return Err(Error::Profile(format!(
                    "the directory is changing between the profiles `{}` and `{other}`: wait until that has ended",
                    record.profile
                )));
            }
        };
        // Before the change: a job that finds none ends, and a change without one would not.
        let job = Job::new(directory, Work::ProfileChange);
        if begun {
            job::enqueue(self, &job, seconds() + SETTLE).await?;
            return Ok(true);
        }
        let (from, next) = (complete(profiles, &record)?, profile(profiles, to)?);
        if record.profile == to && indexes(&from) == indexes(&next) {
            return Ok(false);
        }
        check_keys(&from, &next)?;
        job::enqueue(self, &job, seconds() + SETTLE).await?;
        let begin = Change::update(
            keys::directory(directory),
            "SET #other = :to, #stage = :stage, #since = :now REMOVE #at, #duplicates",
        )
        .only_if("#profile = :from AND attribute_not_exists(#stage)")
        .name("#profile", PROFILE)
        .name("#other", OTHER_PROFILE)
        .name("#stage", STAGE)
        .name("#since", SINCE)
        .name("#at", AT)
        .name("#duplicates", DUPLICATES)
        .value(":from", s(&*record.profile))
        .value(":to", s(to))
        .value(":stage", s(Stage::Preparing.name()))
        .value(":now", n(seconds()));
        match self.write(&[begin], &WriteId::new().token()).await? {
            Written::Done(_) => Ok(true),
            // It may have begun by this very call, whose answer was lost.
            Written::Refused(_) => match self.directory(directory).await?.and_then(|now| now.transition) {
                Some(Transition { other, stage: Stage::Preparing, .. }) if other == to => Ok(true),
                _ => Err(Error::Busy),
            },
        }
    }
}

/// The profile of `record` with those indexes alone that are complete.
pub(crate) fn complete(profiles: &Profiles, record: &DirectoryRecord) -> Result<Arc<Profile>, Error> {
    let profile = profile(profiles, &record.profile)?;
    Ok(match &record.indexed {
        Some(complete) => with_only(&profile, complete),
        None => profile,
    })
}

pub(crate) fn profile(profiles: &Profiles, name: &str) -> Result<Arc<Profile>, Error> {
    profiles.get(name).map_err(|error| Error::Profile(error.to_string()))
}

/// The types of `to`, each with only those indexes that it has not got in `from`. A type
/// that `from` does not offer has none there: nobody kept them up to date.
pub(crate) fn added(from: &Profile, to: &Profile) -> Vec<ResourceType> {
    let kinds = to.resource_types.iter().map(|kind| {
        let mut only = ResourceType::clone(kind);
        if let Some(twin) = from.resource_types.iter().find(|twin| twin.name == kind.name) {
            only.indexes = missing(twin, to);
        }
        only
    });
    kinds.filter(|kind| !kind.indexes.is_empty()).collect()
}

/// Keys are made by `caseExact`: two profiles that index the same attribute must agree.
fn check_keys(from: &Profile, to: &Profile) -> Result<(), Error> {
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

impl Store {
    /// Removes the entries of `kinds`' indexes.
    pub(crate) async fn purge(&self, directory: &DirectoryId, kinds: &[ResourceType]) -> Result<(), Error> {
        for kind in kinds {
            for index in &kind.indexes {
                let pk = keys::index(directory, &kind.name, &index.path.to_string());
                let mut pages = self.range(&pk, None);
                while let Some(page) = pages.next(Some(500)).await? {
                    let keys = page.iter().map(keys::Key::of).collect::<Result<Vec<_>, _>>()?;
                    // An attribute that is unique in one profile only has entries of both forms.
                    let own = keys.into_iter().filter(|key| key.sk.contains(SEPARATOR) != index.unique);
                    self.write_many(Vec::new(), own.collect()).await?;
                }
            }
        }
        Ok(())
    }
}
