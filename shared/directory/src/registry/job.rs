//! The job queue: background work on a directory that is due at some time.
//!
//! A job is an item of the table until it is done, so that work that is interrupted continues with
//! the next run. Jobs are ordered by the time at which they are due, in [`SHARDS`] partitions.
//! Queuing the same job for the same time twice queues it once. Doing a job twice does no harm.

use table::Table;
use table::item::{Item, Key, text};
use table::name::{self, DIRECTORY, WORK};
use table::query::{Pages, Range};
use table::write::{Delete, Put};

use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// Partitions over which the queue is spread. A job may be in any of them.
pub(crate) const SHARDS: u32 = 4;

/// Work on one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The directory.
    pub directory: DirectoryId,
    /// What is to be done.
    pub work: Work,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Removes a member list, unless the group uses it now.
    MemberList {
        /// The group's id.
        group: String,
        /// The version of the list.
        version: String,
    },
    /// Removes the memberships of this resource, which was deleted.
    Memberships(String),
    /// The next step of a change of the directory's profile.
    ProfileChange,
    /// The next step of the directory's erasure.
    Erasure,
}

/// A job in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Queued {
    /// Its item.
    pub(crate) key: Key,
    /// The job; `None` when this version of Rollcall does not know such work.
    pub(crate) job: Option<Job>,
}

// The words before the `#` are stored: they stay as they are.
const MEMBERSHIPS: &str = "member";
const PROFILE_CHANGE: &str = "profile";
const ERASURE: &str = "erase";

impl Work {
    /// As the table stores it.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::MemberList { group, version } => format!("{}#{group}#{version}", name::EPOCH),
            Self::Memberships(resource) => format!("{MEMBERSHIPS}#{resource}"),
            Self::ProfileChange => format!("{PROFILE_CHANGE}#"),
            Self::Erasure => format!("{ERASURE}#"),
        }
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        match text.split_once('#')? {
            (name::EPOCH, list) => {
                let (group, version) = list.split_once('#')?;
                Some(Self::MemberList { group: group.to_owned(), version: version.to_owned() })
            }
            (MEMBERSHIPS, resource) => Some(Self::Memberships(resource.to_owned())),
            (PROFILE_CHANGE, _) => Some(Self::ProfileChange),
            (ERASURE, _) => Some(Self::Erasure),
            _ => None,
        }
    }
}

impl Job {
    pub(crate) fn new(directory: &DirectoryId, work: Work) -> Self {
        Self { directory: directory.clone(), work }
    }

    fn put(&self, due: i64) -> Put {
        let (directory, work) = (self.directory.to_string(), self.work.to_text());
        let job = format!("{directory}#{work}");
        let shard = crc32fast::hash(job.as_bytes()) % SHARDS;
        let key = Key::new(keys::jobs(shard), format!("{due:020}#{job}"));
        Put::of(key).set(DIRECTORY, directory).set(WORK, work)
    }
}

impl Queued {
    /// Reads an item of the queue.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when an attribute is missing.
    pub(crate) fn read(item: &Item) -> Result<Self, Error> {
        let directory = text(item, DIRECTORY)?.parse().ok();
        let work = Work::from_text(text(item, WORK)?);
        let job = directory.zip(work).map(|(directory, work)| Job { directory, work });
        Ok(Self { key: Key::of(item)?, job })
    }
}

/// Queues `job` for `due`, in seconds since 1970.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub(crate) async fn enqueue(table: &Table, job: &Job, due: i64) -> Result<(), Error> {
    table.write(job.put(due)).await?;
    Ok(())
}

/// The jobs of `shard` that are due before `now`, in seconds since 1970; those that are due first
/// come first. Each item is read with [`Queued::read`].
pub(crate) fn due(table: &Table, shard: u32, now: i64) -> Pages {
    table.range(&keys::jobs(shard), Range::Before(format!("{now:020}")))
}

/// Every job of `shard`. Each item is read with [`Queued::read`].
pub(crate) fn all(table: &Table, shard: u32) -> Pages {
    table.range(&keys::jobs(shard), Range::All)
}

/// Removes the job at `key` from the queue.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub(crate) async fn drop_job(table: &Table, key: Key) -> Result<(), Error> {
    table.write(Delete::of(key)).await?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn list() -> Work {
        Work::MemberList { group: "g".to_owned(), version: "v1".to_owned() }
    }

    #[test]
    fn work_is_stored_as_before_and_read_back() {
        for (work, stored) in [
            (list(), "epoch#g#v1"),
            (Work::Memberships("x".to_owned()), "member#x"),
            (Work::ProfileChange, "profile#"),
            (Work::Erasure, "erase#"),
        ] {
            assert_eq!(work.to_text(), stored);
            assert_eq!(Work::from_text(stored), Some(work));
        }
    }

    #[test]
    fn a_queued_job_is_read_back_with_its_key() {
        let job = Job::new(&"acme".parse().unwrap(), list());
        let item = job.put(60).into_item();
        let queued = Queued::read(&item).unwrap();
        assert_eq!(queued.job, Some(job));
        assert_eq!(queued.key.sk, "00000000000000000060#acme#epoch#g#v1");
        assert!((0..SHARDS).any(|shard| keys::jobs(shard) == queued.key.pk));
    }

    #[test]
    fn unknown_work_is_no_job_and_a_broken_item_is_an_error() {
        let mut item = Job::new(&"acme".parse().unwrap(), list()).put(60).set(WORK, "new#x").into_item();
        assert_eq!(Queued::read(&item).unwrap().job, None);
        item.remove(WORK);
        assert!(Queued::read(&item).is_err());
    }
}
