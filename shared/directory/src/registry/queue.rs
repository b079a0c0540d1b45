//! The job queue: a job is an item of the table until it is done, so that work that is interrupted
//! continues with the next run.
//!
//! Erasures and changes of profile have a partition of their own: no other job delays them. So have the
//! releases of held events. The other jobs of a directory are in one of [`SHARDS`] partitions. A sort key
//! begins with the directory and the time at which the job is due. So a reader skips from directory to
//! directory ([`waiting`]), takes some jobs of each ([`due`]), and a long backlog of one directory costs the
//! others nothing.
//!
//! Queuing the same job for the same time twice queues it once. Doing a job twice does no harm.

use std::collections::{BTreeMap, BTreeSet};

use table::Table;
use table::item::{Item, Key, optional_text};
use table::name::{DIRECTORY, SK, WORK};
use table::query::{Pages, Range};
use table::write::Put;

use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::registry::job::{Job, Work};

/// Partitions over which the other jobs are spread, by directory.
const SHARDS: u32 = 4;
/// Ends the part of a sort key that names the directory; [`AFTER`] sorts directly after it.
const SEPARATOR: char = '#';
const AFTER: char = '$';

/// A job in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Queued {
    /// Its item.
    pub(crate) key: Key,
    /// The job; `None` when it cannot be read, or this version of Rollcall does not know such work.
    pub(crate) job: Option<Job>,
}

/// A directory that has jobs which are due, all in one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    partition: String,
    /// As sort keys name it.
    directory: String,
    /// When the first of the jobs was due, in seconds since 1970.
    pub(crate) since: i64,
}

impl Queued {
    fn read(item: &Item) -> Result<Self, Error> {
        let directory = optional_text(item, DIRECTORY).and_then(|directory| directory.parse().ok());
        let work = optional_text(item, WORK).and_then(Work::from_text);
        let job = directory.zip(work).map(|(directory, work)| Job { directory, work });
        Ok(Self { key: Key::of(item)?, job })
    }
}

/// Reads a page of the queue.
///
/// # Errors
/// [`Error::Unavailable`] when an item has no key.
pub(crate) fn read(page: &[Item]) -> Result<Vec<Queued>, Error> {
    page.iter().map(Queued::read).collect()
}

/// The partition of erasures and changes of profile.
pub(crate) fn urgent() -> String {
    keys::jobs("urgent")
}

/// The partition of the releases of held events.
pub(crate) fn held() -> String {
    keys::jobs("held")
}

/// The partitions of the other jobs.
pub(crate) fn shards() -> impl Iterator<Item = String> {
    (0..SHARDS).map(keys::jobs)
}

fn shard(directory: &str) -> String {
    keys::jobs(crc32fast::hash(directory.as_bytes()) % SHARDS)
}

/// The item of `job`, which is due at `due`, in seconds since 1970.
pub(crate) fn put(job: &Job, due: i64) -> Put {
    keyed(job, due).1
}

fn keyed(job: &Job, due: i64) -> (Key, Put) {
    let (directory, work) = (job.directory.to_string(), job.work.to_text());
    let partition = match job.work {
        Work::Erasure | Work::ProfileChange => urgent(),
        Work::Release => held(),
        Work::MemberList { .. } | Work::Memberships(_) | Work::Count { .. } => shard(&directory),
    };
    let key = Key::new(partition, format!("{directory}{SEPARATOR}{due:020}{SEPARATOR}{work}"));
    (key.clone(), Put::of(key).set(DIRECTORY, directory).set(WORK, work))
}

/// Queues `job` for `due`, in seconds since 1970.
///
/// # Errors
/// The table's own.
pub(crate) async fn enqueue(table: &Table, job: &Job, due: i64) -> Result<(), Error> {
    table.write(put(job, due)).await?;
    Ok(())
}

/// Queues many jobs, each with the time at which it is due. Returns their keys.
///
/// # Errors
/// The table's own: some are queued then.
pub(crate) async fn enqueue_many<'a>(
    table: &Table,
    jobs: impl IntoIterator<Item = (&'a Job, i64)>,
) -> Result<BTreeSet<Key>, Error> {
    // One batch cannot write an item twice.
    let puts: BTreeMap<Key, Put> = jobs.into_iter().map(|(job, due)| keyed(job, due)).collect();
    let keys = puts.keys().cloned().collect();
    table.put_many(puts.into_values()).await?;
    Ok(keys)
}

/// Removes jobs from the queue.
///
/// # Errors
/// The table's own: some are removed then.
pub(crate) async fn drop_jobs(table: &Table, keys: impl IntoIterator<Item = Key>) -> Result<(), Error> {
    Ok(table.delete_many(keys).await?)
}

/// The directories that have jobs in `partition` which are due before `now`, in seconds since 1970.
///
/// # Errors
/// The table's own.
pub(crate) async fn waiting(table: &Table, partition: &str, now: i64) -> Result<Vec<Waiting>, Error> {
    let mut waiting = Vec::new();
    let mut from = String::from("!");
    loop {
        let mut pages = table.range(partition, Range::AtLeast(from));
        let page = pages.next(Some(1)).await?.unwrap_or_default();
        let Some(first) = page.first().and_then(|item| optional_text(item, SK)) else { return Ok(waiting) };
        let (directory, rest) = first.split_once(SEPARATOR).unwrap_or((first, ""));
        let due = rest.split(SEPARATOR).next().and_then(|due| due.parse().ok());
        if let Some(since) = due.filter(|due| *due < now) {
            waiting.push(Waiting { partition: partition.to_owned(), directory: directory.to_owned(), since });
        }
        from = format!("{directory}{AFTER}");
    }
}

/// The jobs of `waiting` that are due before `now`; those that were due first come first. [`read`]
/// reads a page.
pub(crate) fn due(table: &Table, waiting: &Waiting, now: i64) -> Pages {
    let from = format!("{}{SEPARATOR}", waiting.directory);
    let to = format!("{from}{now:020}");
    table.range(&waiting.partition, Range::Between(from, to))
}

/// All jobs of `directory` but its erasure and change of profile. [`read`] reads a page.
pub(crate) fn sweeps_of(table: &Table, directory: &DirectoryId) -> Pages {
    let directory = directory.to_string();
    table.range(&shard(&directory), Range::BeginsWith(format!("{directory}{SEPARATOR}")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_queued_job_is_read_back_with_its_key() {
        let job = Job::new(&"acme".parse().unwrap(), Work::Memberships("x".to_owned()));
        let (key, put) = keyed(&job, 60);
        let queued = Queued::read(&put.into_item()).unwrap();
        assert_eq!((queued.job, &queued.key), (Some(job), &key));
        assert_eq!(key.sk, "acme#00000000000000000060#member#x");
        assert!(shards().any(|shard| shard == key.pk));
    }

    #[test]
    fn an_erasure_is_in_another_partition_than_sweeps() {
        for (work, is_urgent) in
            [(Work::Erasure, true), (Work::ProfileChange, true), (Work::Memberships("x".to_owned()), false)]
        {
            let (key, _) = keyed(&Job::new(&"acme".parse().unwrap(), work), 60);
            assert_eq!(key.pk == urgent(), is_urgent);
        }
    }

    #[test]
    fn unknown_work_and_a_broken_item_are_no_job() {
        let (_, put) = keyed(&Job::new(&"acme".parse().unwrap(), Work::Erasure), 60);
        let mut item = put.set(WORK, "new#x").into_item();
        assert_eq!(Queued::read(&item).unwrap().job, None);
        item.remove(WORK);
        assert_eq!(Queued::read(&item).unwrap().job, None);
    }
}
