//! The beginning of a change of profile.

use scim::profile::Profiles;
use scim::profile::transition::indexes;
use table::Table;
use table::condition::{absent, equals};
use table::name::{AT, DUPLICATES, OTHER_PROFILE, PROFILE, SINCE, STAGE};
use table::write::{Update, Written};

use super::indexes::{check_keys, complete, profile};
use crate::clock::seconds;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::registry::job::{Job, Work};
use crate::registry::queue;
use crate::registry::record::DirectoryRecord;
use crate::registry::transition::{Stage, Transition};
use crate::upkeep::slice::SETTLE;

/// Begins to change the profile of `directory` to `to`, one of `profiles`. That may be the profile
/// that it has, when the profile's indexes are different by now. Returns whether there is anything to
/// do; [`advance`](super::advance) does it.
///
/// # Errors
/// [`Error::Profile`] when there is no such profile, the two disagree about letter case, or
/// another change is under way; [`Error::NotFound`]; the table's own.
pub async fn begin(
    table: &Table,
    directory: &DirectoryId,
    to: &str,
    profiles: &Profiles,
) -> Result<bool, Error> {
    let record = read(table, directory).await?.ok_or(Error::NotFound)?;
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
    // The job comes before the change. A job that finds no change ends, but a change without a
    // job would never end.
    let job = Job::new(directory, Work::ProfileChange);
    if begun {
        queue::enqueue(table, &job, seconds() + SETTLE).await?;
        return Ok(true);
    }
    let (from, next) = (complete(profiles, &record)?, profile(profiles, to)?);
    if record.profile == to && indexes(&from) == indexes(&next) {
        return Ok(false);
    }
    check_keys(&from, &next)?;
    queue::enqueue(table, &job, seconds() + SETTLE).await?;
    let begin = Update::of(keys::directory(directory))
        .set(OTHER_PROFILE, to)
        .set(STAGE, Stage::Preparing.name())
        .set(SINCE, seconds())
        .remove(AT)
        .remove(DUPLICATES)
        .when(equals(PROFILE, &record.profile).and(absent(STAGE)));
    match table.write(begin).await? {
        Written::Done(_) => Ok(true),
        // It may have begun by this very call, whose answer was lost.
        Written::Refused(_) => match read(table, directory).await?.and_then(|record| record.transition) {
            Some(Transition { other, stage: Stage::Preparing, .. }) if other == to => Ok(true),
            _ => Err(Error::Busy),
        },
    }
}

async fn read(table: &Table, directory: &DirectoryId) -> Result<Option<DirectoryRecord>, Error> {
    let item = table.get(&keys::directory(directory)).await?;
    item.map(|item| DirectoryRecord::from_item(&item)).transpose()
}
