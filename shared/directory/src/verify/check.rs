//! One step of the scan.

use std::time::Instant;

use scim::profile::Profiles;

use super::finding::Finding;
use super::report::{Checked, Options, Report};
use super::stages::{Stage, stages};
use super::step::{Position, Step};
use super::suspects::Suspects;
use super::{abandoned, counters, entries, members, resources};
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::registry::record::DirectoryRecord;
use crate::registry::state::State;
use crate::resume::Scan;
use crate::tenant::Tenant;
use crate::upkeep::profile_change::complete;
use crate::upkeep::sweep::sweeper;
use crate::value_key as key;
use table::Table;

/// Makes one step of the scan of `directory`: from the beginning, or from where the last step ended.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory, or it is being erased; `invalidValue`
/// when `after` is not a position in it, which can happen when the directory changes its profile;
/// [`Error::Profile`] when its profile is not among `profiles`; the table's own.
pub async fn check(
    table: &Table,
    directory: &DirectoryId,
    profiles: &Profiles,
    after: Option<&str>,
    options: &Options,
) -> Result<Report, Error> {
    // A directory that is being erased is inconsistent.
    let record = read(table, directory).await?.filter(|record| record.state != State::Erasing);
    let record = record.ok_or(Error::NotFound)?;
    let profile = complete(profiles, &record)?;
    let mut scan: Position = Scan::resume(after, stages(&profile))?;
    let mut step = Step {
        tenant: Tenant::new(table.clone(), directory.clone(), sweeper()?),
        profile,
        changing: record.transition.is_some(),
        options,
        begun: Instant::now(),
        checked: Checked::default(),
        findings: Vec::new(),
        uncounted: Vec::new(),
        suspects: Suspects::default(),
    };
    while let Some(stage) = scan.stage() {
        match stage {
            Stage::Resources(kind) => resources::page(&mut step, &kind, &mut scan).await?,
            Stage::Counter(kind) => counters::page(&mut step, &kind, &mut scan).await?,
            Stage::Index(kind, index) => entries::page(&mut step, &kind, &index, &mut scan).await?,
            Stage::Members(kind) => members::page(&mut step, &kind, &mut scan).await?,
        }
        if step.is_over() {
            break;
        }
    }
    let waiting = Instant::now();
    abandoned::conclude(&mut step, waiting).await?;
    members::conclude(&mut step, waiting).await?;
    // When the indexes of the directory have changed, the entries were compared with the wrong ones.
    let now = read(table, directory).await?.ok_or(Error::NotFound)?;
    if !same_indexes(&record, &now) {
        step.findings.retain(|finding: &Finding| !finding.what.is_of_an_index());
    }
    Ok(Report {
        checked: step.checked,
        findings: step.findings,
        uncounted: step.uncounted,
        key_rule: key::RULE,
        next: scan.text()?,
    })
}

async fn read(table: &Table, directory: &DirectoryId) -> Result<Option<DirectoryRecord>, Error> {
    let item = table.get(&keys::directory(directory)).await?;
    item.map(|item| DirectoryRecord::from_item(&item)).transpose()
}

fn same_indexes(a: &DirectoryRecord, b: &DirectoryRecord) -> bool {
    let stage =
        |record: &DirectoryRecord| record.transition.as_ref().map(|t| (t.other.clone(), t.stage, t.since));
    (&a.profile, &a.indexed, stage(a)) == (&b.profile, &b.indexed, stage(b))
}
