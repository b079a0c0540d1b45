//! Appending what records of the stream say.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use table::Table;
use table::retry::Attempts;

use super::fold::{Folded, fold};
use super::known::Known;
use super::log::{Appended, Head, append_all};
use super::record::{Fact, Record};
use super::relist::relist;
use crate::clock::seconds;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::registry::job::{Job, Work};
use crate::registry::queue;
use crate::upkeep::sweep::AGAIN;

/// Appends what `records`, in the order of the stream, say to the logs of their directories. Records
/// that come again add nothing. In a directory that is being erased nothing is appended.
/// Returns the directories.
///
/// # Errors
/// The table's own: a part may be done, and the records must be delivered again.
pub async fn record(
    table: &Table,
    records: impl IntoIterator<Item = Record>,
) -> Result<Vec<DirectoryId>, Error> {
    let mut facts: BTreeMap<String, (DirectoryId, Vec<Fact>)> = BTreeMap::new();
    for (directory, fact) in records.into_iter().filter_map(Record::read) {
        facts.entry(directory.to_string()).or_insert_with(|| (directory, Vec::new())).1.push(fact);
    }
    let logs = facts.values().map(|(directory, facts)| one(table, directory, facts));
    try_join_all(logs).await?;
    Ok(facts.into_values().map(|(directory, _)| directory).collect())
}

async fn one(table: &Table, directory: &DirectoryId, facts: &[Fact]) -> Result<(), Error> {
    let mut rest = facts;
    let mut attempts = Attempts::default();
    while !rest.is_empty() {
        let head = Head::read(table, directory).await?;
        let mut known = Known::read(table, directory, rest).await?;
        let Folded { steps, stale, taken, relist: group } = fold(directory, head, &mut known, rest);
        complete(table, directory, stale).await?;
        match append_all(table, directory, head, steps).await? {
            Appended::Done(_) => {}
            Appended::Closed => return Ok(()),
            Appended::Moved => {
                attempts.again().await?;
                continue;
            }
        }
        if let Some(group) = group
            && relist(table, directory, &group).await? == Appended::Closed
        {
            return Ok(());
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    Ok(())
}

/// Queues jobs that count the changes of members that were not counted. They are due later, because a
/// request may be about to do it.
async fn complete(table: &Table, directory: &DirectoryId, stale: Vec<(String, u64)>) -> Result<(), Error> {
    let job = |(group, version)| Job::new(directory, Work::Count { group, version });
    let jobs: Vec<Job> = stale.into_iter().map(job).collect();
    queue::enqueue_many(table, jobs.iter().map(|job| (job, seconds() + AGAIN))).await?;
    Ok(())
}
