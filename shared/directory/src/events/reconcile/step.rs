//! One step of the comparison.

use std::time::{Duration, Instant};

use scim::profile::Profiles;
use table::Table;

use super::compare::Log;
use super::report::{Options, Report};
use super::scan::{Found, Position, Stage, stages};
use crate::error::Error;
use crate::events::retention;
use crate::id::DirectoryId;
use crate::registry::record;
use crate::registry::state::State;
use crate::resume::Scan;
use crate::upkeep::profile_change::complete;

/// Differences that end a step: each is looked at again.
const MANY: usize = 300;
/// How long lists of groups are compared in one step.
const LISTS: Duration = Duration::from_secs(10);

/// Makes one step of the comparison of `directory` with its log: from the beginning, or from where
/// the last step ended.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory, or it is being erased; `invalidValue` when
/// `after` is not a position in it; [`Error::Profile`] when its profile is not among `profiles`; the
/// table's own.
pub async fn reconcile(
    table: &Table,
    directory: &DirectoryId,
    profiles: &Profiles,
    after: Option<&str>,
    options: &Options,
) -> Result<Report, Error> {
    let record = record::read(table, directory).await?.filter(|record| record.state != State::Erasing);
    let record = record.ok_or(Error::NotFound)?;
    let profile = complete(profiles, &record)?;
    let mut scan: Position = Scan::resume(after, stages(&profile))?;
    let (first, begun) = (scan.text()?, Instant::now());
    let mut found = Found::new(table, directory);
    while let Some(stage) = scan.stage() {
        match stage {
            Stage::Resources(kind) => found.resources(&kind, &mut scan).await?,
            Stage::Members => found.members(&mut scan).await?,
            Stage::Marks => found.marks(&mut scan).await?,
        }
        if found.len() >= MANY || begun.elapsed() >= options.time {
            break;
        }
    }
    if found.len() > 0 {
        tokio::time::sleep(options.patience).await;
    }
    let log = Log { table, directory, apply: options.apply };
    log.keep_for(retention::of(&record.settings)).await?;
    let (mut differences, relists) = log.resources(&found.names).await?;
    let are_done = !options.apply || log.relist(relists, Instant::now() + LISTS).await?;
    differences.extend(log.members(&found.pairs).await?);
    // A list that is not compared to its end is continued from the same position.
    let next = if are_done { scan.text()? } else { first };
    let Found { resources, memberships, .. } = found;
    Ok(Report { resources, memberships, differences: differences.into_iter().collect(), next })
}
