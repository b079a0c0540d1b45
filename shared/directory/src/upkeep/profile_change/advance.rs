//! The next steps of a change of profile.

use std::collections::BTreeSet;
use std::time::Instant;

use scim::model::profile::Profile;
use scim::profile::Profiles;
use scim::profile::transition::indexes;
use table::Table;
use table::item::{Item, optional_text};
use table::name::{AT, DUPLICATES, INDEXED, OTHER_PROFILE, PAST, PROFILE, SINCE, STAGE};

use super::duplicate::Duplicate;
use super::fill::Fill;
use super::indexes::{added, complete, profile};
use super::purge::purge;
use crate::clock::seconds;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::registry::record::DirectoryRecord;
use crate::registry::state::State;
use crate::registry::transition::{Stage, Transition};
use crate::upkeep::lease::{Lease, Stop};
use crate::upkeep::slice::Slice;

/// How a change of profile stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do, or it is too early, or another runner works on it.
    Open,
    /// The directory follows its profile, and no change is under way.
    Ended,
    /// The change was refused: these values are not unique.
    Refused(Vec<Duplicate>),
}

impl Progress {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        *self != Self::Open
    }
}

/// Continues the change of profile of `directory` for a slice of time.
///
/// # Errors
/// [`Error::Profile`] when a profile is not known any more, or a resource has more values than
/// the next profile can index: then the change is given up; the table's own.
pub async fn advance(
    table: &Table,
    directory: &DirectoryId,
    profiles: &Profiles,
    slice: Slice,
) -> Result<Progress, Error> {
    let end = Instant::now() + slice.time;
    loop {
        let Some(item) = table.get(&keys::directory(directory)).await? else { return Ok(Progress::Ended) };
        match due(&item, slice)? {
            Due::Now => {}
            Due::Later => return Ok(Progress::Open),
            Due::Never(progress) => return Ok(progress),
        }
        let Some((lease, item)) = Lease::take(table, directory).await? else { return Ok(Progress::Open) };
        let done = match due(&item, slice) {
            Ok(Due::Now) => step(table, &lease, directory, &item, profiles, end).await,
            Ok(_) => Ok(()),
            Err(error) => Err(Stop::Fault(error)),
        };
        lease.release().await;
        match done {
            Ok(()) => {}
            Err(Stop::Later | Stop::Lost) => return Ok(Progress::Open),
            Err(Stop::Fault(error)) => return Err(error),
        }
    }
}

enum Due {
    Now,
    Later,
    Never(Progress),
}

fn due(item: &Item, slice: Slice) -> Result<Due, Error> {
    let record = DirectoryRecord::from_item(item)?;
    Ok(match &record.transition {
        // Its indexes are being removed.
        _ if record.state == State::Erasing => Due::Never(Progress::Ended),
        None => Due::Never(match Duplicate::all(item)? {
            duplicates if duplicates.is_empty() => Progress::Ended,
            duplicates => Progress::Refused(duplicates),
        }),
        Some(transition) if slice.is_settled(transition.since) => Due::Now,
        Some(_) => Due::Later,
    })
}

/// One stage of the change that `item`, the record, names. Returns when it has ended.
async fn step(
    table: &Table,
    lease: &Lease<'_>,
    directory: &DirectoryId,
    item: &Item,
    profiles: &Profiles,
    end: Instant,
) -> Result<(), Stop> {
    let record = DirectoryRecord::from_item(item)?;
    let Some(transition) = &record.transition else { return Ok(()) };
    match transition.stage {
        Stage::Preparing => prepare(table, lease, item, &record, transition, profiles, end).await,
        Stage::Retiring => {
            // When the last profile is not known any more, its entries stay: they do no harm, and
            // a profile that indexes the attribute again fills the index again.
            if let Ok(last) = profile(profiles, &transition.other) {
                let kept = profile(profiles, &record.profile)?;
                purge(table, lease, directory, &added(&kept, &last), end).await?;
            }
            forget(lease).await
        }
    }
}

async fn prepare(
    table: &Table,
    lease: &Lease<'_>,
    item: &Item,
    record: &DirectoryRecord,
    transition: &Transition,
    profiles: &Profiles,
    end: Instant,
) -> Result<(), Stop> {
    let (from, next) = (complete(profiles, record)?, profile(profiles, &transition.other)?);
    let kinds = added(&from, &next);
    if transition.at.is_none() {
        // An entry that an earlier change left would be read as one of a current owner. Every
        // instance that writes entries of these indexes knows of this change, and an entry of theirs that
        // is removed here is written again by the scans.
        purge(table, lease, &record.id, &kinds, end).await?;
    }
    let now = profile(profiles, &record.profile)?;
    let mut fill = Fill::new(table, lease, record, (&now, &next), Duplicate::all(item)?)?;
    let filled = fill.run(&kinds, transition.at.as_deref(), end).await;
    match filled {
        Ok(()) if fill.duplicates.is_empty() => {
            let switch = lease
                .update()
                .set(PROFILE, &transition.other)
                .set(INDEXED, indexes(&next).join("\n"))
                .set(OTHER_PROFILE, &record.profile)
                .set(STAGE, Stage::Retiring.name())
                .set(SINCE, seconds())
                .set(PAST, past(item, &from))
                .remove(AT)
                .remove(DUPLICATES);
            return lease.write(switch).await;
        }
        Ok(()) | Err(Stop::Fault(Error::Profile(_))) => {}
        Err(other) => return Err(other),
    }
    // It cannot be done: the directory keeps the profile that it has.
    purge(table, lease, &record.id, &kinds, end).await?;
    forget(lease).await?;
    filled
}

/// Removes the change from the record. Duplicates that were found stay there, to be reported.
async fn forget(lease: &Lease<'_>) -> Result<(), Stop> {
    lease.write(lease.update().remove(STAGE).remove(OTHER_PROFILE).remove(SINCE).remove(AT)).await
}

/// The indexes that the directory had before, and those of `last`.
fn past(item: &Item, last: &Profile) -> String {
    let before = optional_text(item, PAST).unwrap_or_default().lines().map(str::to_owned);
    let all: BTreeSet<String> = before.chain(indexes(last)).collect();
    all.into_iter().collect::<Vec<_>>().join("\n")
}
