//! One run of the background work: it carries on with the jobs that are due until its time is up.
//!
//! Erasures and changes of profile come first. They share the time equally, and leave a third of it to the
//! other jobs when there are any. Those are taken in turns: some of each directory, in random order, then some more of each. A job that fails
//! is due again a minute later, and stops nothing.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use futures_util::{FutureExt, Stream, StreamExt, stream};
use scim::profile::Profiles;
use table::Table;
use table::item::Key;

use crate::clock::seconds;
use crate::error::Error;
use crate::registry::job::{Job, Work};
use crate::registry::queue::{self, Queued, Waiting};
use crate::upkeep::slice::Slice;
use crate::upkeep::sweep::{AGAIN, sweep};
use crate::upkeep::{erasure, profile_change};

/// Urgent jobs, or directories, in progress at the same time.
const PARALLEL: usize = 4;
/// Jobs that one directory has in one turn.
const SHARE: i32 = 100;
/// The least time of an urgent job.
const LEAST: Duration = Duration::from_secs(1);
/// How long one directory's turn may take.
const TURN: Duration = Duration::from_secs(5);

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Jobs that ended.
    pub ended: usize,
    /// Jobs that failed. Each is logged.
    pub failed: usize,
    /// How many seconds ago the oldest job was due when the run began; 0 without jobs.
    pub oldest: u64,
}

/// What became of some jobs.
#[derive(Debug, Clone, Copy, Default)]
struct Done {
    ended: usize,
    failed: usize,
    /// Jobs that left their place in the queue.
    moved: usize,
}

impl std::ops::AddAssign for Done {
    fn add_assign(&mut self, other: Self) {
        self.ended += other.ended;
        self.failed += other.failed;
        self.moved += other.moved;
    }
}

/// Carries on with the jobs that are due for about `time`. `profiles` are those that directories
/// may follow.
///
/// # Errors
/// The table's own, when the queue cannot be read.
pub async fn run(table: &Table, profiles: &Profiles, time: Duration) -> Result<Report, Error> {
    let (begun, now) = (Instant::now(), seconds());
    let (urgent, sweeps) = (waiting(table, [queue::urgent()]), waiting(table, queue::shards()));
    let (urgent, mut directories) = (urgent.await?, sweeps.await?);
    let since = urgent.iter().chain(&directories).map(|waiting| waiting.since).min();
    let first = if directories.is_empty() { time } else { time * 2 / 3 };
    let mut done = run_urgent(table, profiles, &urgent, first).await?;
    let end = begun + time;
    while !directories.is_empty() && Instant::now() < end {
        let turn = turn(table, directories, end).await;
        done += turn;
        // Jobs that cannot be moved now are not tried again and again.
        directories = if turn.moved > 0 { waiting(table, queue::shards()).await? } else { Vec::new() };
    }
    let oldest = since.map_or(0, |since| u64::try_from(now.saturating_sub(since)).unwrap_or(0));
    Ok(Report { ended: done.ended, failed: done.failed, oldest })
}

/// The directories with jobs in `partitions` that are due, in random order.
async fn waiting(table: &Table, partitions: impl IntoIterator<Item = String>) -> Result<Vec<Waiting>, Error> {
    let (now, partitions): (_, Vec<String>) = (seconds(), partitions.into_iter().collect());
    let found = partitions.iter().map(|partition| queue::waiting(table, partition, now).boxed());
    let mut found = try_join_all(found).await?.concat();
    fastrand::shuffle(&mut found);
    Ok(found)
}

/// Erasures and changes of profile, erasures first.
async fn run_urgent(
    table: &Table,
    profiles: &Profiles,
    waiting: &[Waiting],
    time: Duration,
) -> Result<Done, Error> {
    let end = Instant::now() + time;
    let mut jobs = Vec::new();
    for waiting in waiting {
        let page = queue::due(table, waiting, seconds()).next(Some(SHARE)).await?;
        jobs.extend(queue::read(&page.unwrap_or_default())?);
    }
    jobs.sort_by_key(|queued| !matches!(queued.job, Some(Job { work: Work::Erasure, .. })));
    let rounds = u32::try_from(jobs.len().div_ceil(PARALLEL).max(1)).unwrap_or(u32::MAX);
    let slice = Slice { time: (time / rounds).max(LEAST), ..Slice::new() };
    let jobs = jobs.into_iter().map(|queued| urgent(table, profiles, queued, slice, end).boxed());
    let jobs: Vec<_> = jobs.collect();
    Ok(all(stream::iter(jobs).buffer_unordered(PARALLEL)).await)
}

async fn urgent(table: &Table, profiles: &Profiles, queued: Queued, slice: Slice, end: Instant) -> Done {
    if Instant::now() >= end {
        return Done::default();
    }
    let ended = match &queued.job {
        Some(Job { directory, work: Work::Erasure }) => {
            erasure::advance(table, directory, profiles, slice).await
        }
        Some(Job { directory, work: Work::ProfileChange }) => {
            let progress = profile_change::advance(table, directory, profiles, slice).await;
            progress.map(|progress| progress.has_ended())
        }
        _ => Ok(true),
    };
    settle(table, vec![(queued, ended)]).await
}

/// One turn of each directory.
async fn turn(table: &Table, directories: Vec<Waiting>, end: Instant) -> Done {
    let turns: Vec<_> = directories.into_iter().map(|waiting| share(table, waiting, end).boxed()).collect();
    all(stream::iter(turns).buffer_unordered(PARALLEL)).await
}

async fn all(done: impl Stream<Item = Done>) -> Done {
    let sum = |mut sum: Done, done| async move {
        sum += done;
        sum
    };
    done.fold(Done::default(), sum).await
}

async fn share(table: &Table, waiting: Waiting, end: Instant) -> Done {
    if Instant::now() >= end {
        return Done::default();
    }
    let end = end.min(Instant::now() + TURN);
    match take(table, &waiting, end).await {
        Ok(jobs) => settle(table, jobs).await,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "jobs cannot be read");
            Done { failed: 1, ..Done::default() }
        }
    }
}

type Ended = (Queued, Result<bool, Error>);

/// Does some jobs of one directory.
async fn take(table: &Table, waiting: &Waiting, end: Instant) -> Result<Vec<Ended>, Error> {
    let page = queue::due(table, waiting, seconds()).next(Some(SHARE)).await?.unwrap_or_default();
    let queued = queue::read(&page)?;
    let jobs: Vec<&Job> = queued.iter().filter_map(|queued| queued.job.as_ref()).collect();
    let works: Vec<&Work> = jobs.iter().map(|job| &job.work).collect();
    let ended = match jobs.first() {
        Some(job) => sweep(table, &job.directory, &works, end).await?,
        None => Vec::new(),
    };
    let mut ended = ended.into_iter();
    let ended = |queued: Queued| {
        let ended = if queued.job.is_some() { ended.next() } else { None };
        // A job that cannot be read, or that this version does not know, cannot be done.
        (queued, ended.unwrap_or(Ok(true)))
    };
    Ok(queued.into_iter().map(ended).collect())
}

/// Removes jobs that ended from the queue, and moves the others to the end of the queue.
async fn settle(table: &Table, jobs: Vec<Ended>) -> Done {
    let mut done = Done::default();
    let (mut over, mut again) = (Vec::new(), Vec::new());
    let now = seconds();
    for (queued, ended) in jobs {
        match ended {
            Ok(true) => done.ended += 1,
            // It is due again now: its age stays small, however long it takes.
            Ok(false) => again.extend(queued.job.map(|job| (job, now - 1))),
            Err(error) => {
                let directory = queued.job.as_ref().map(|job| job.directory.to_string());
                tracing::error!(directory, error = &error as &dyn std::error::Error, "a job failed");
                again.extend(queued.job.map(|job| (job, now + AGAIN)));
                done.failed += 1;
            }
        }
        over.push(queued.key);
    }
    let moved = over.len();
    match reorder(table, &again, over).await {
        Ok(()) => done.moved += moved,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "jobs stay where they are in the queue");
        }
    }
    done
}

async fn reorder(table: &Table, again: &[(Job, i64)], over: Vec<Key>) -> Result<(), Error> {
    // A job that keeps its key stays.
    let queued = queue::enqueue_many(table, again.iter().map(|(job, due)| (job, *due))).await?;
    queue::drop_jobs(table, over.into_iter().filter(|key| !queued.contains(key))).await
}
