//! What runs behind deletes: memberships that nobody can reach any more.
//!
//! A group's delete, a replaced member list and a write that died half-way leave the
//! partition of an epoch behind; a user's delete leaves memberships that `member-index`
//! did not know yet. The table's stream tells of deletes and new epochs. Each is swept
//! at once and again when a minute has passed: a *pending sweep* in the table says so
//! until it is done, so that a sweep too long for one run, or cut off, goes on with the
//! next. Doing one twice does no harm.

use std::time::{Duration, Instant};

use scim::model::resource_type::ResourceType;
use scim::profile::Profiles;

use crate::error::Error;
use crate::id::{CredentialId, DirectoryId};
use crate::keys::{self, Item, Key, optional_text};
use crate::registry::job::{self, Job, Queued, Work};
use crate::store::Store;
use crate::tenant::Tenant;
use crate::time::seconds;
use crate::upkeep::profile_change::SETTLE;
use table::name;

/// How long after the event the second sweep is due: an index lags by seconds.
const AGAIN: i64 = 60;
/// How long a write of a new member list may take before it is taken for dead.
const ABANDONED: i64 = 900;
/// How long one run works on one sweep; the pending sweep remembers the rest.
const RUN: Duration = Duration::from_secs(20);
/// Memberships that one step removes.
const STEP: i32 = 500;
/// Memberships of one member that one run removes.
const LEFT: usize = 10_000;
/// Pending sweeps that one tick takes from one shard.
const TAKEN: i32 = 50;

/// What a record of the table's stream calls for.
///
/// `pk` and `sk` are the item's key, `old` and `new` the value of its `epoch` before and
/// after, `gone` whether the item was removed.
#[must_use]
pub fn called_for(pk: &str, sk: &str, old: Option<&str>, new: Option<&str>, gone: bool) -> Vec<Job> {
    let mut parts = pk.split('#');
    let (Some("D"), Some(directory), Some(_kind), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Vec::new();
    };
    let Ok(directory) = directory.parse::<DirectoryId>() else { return Vec::new() };
    let mut works = Vec::new();
    if let Some(old) = old
        && (gone || new != Some(old))
    {
        works.push(Work::MemberList { group: sk.to_owned(), version: old.to_owned() });
    }
    if gone {
        works.push(Work::Memberships(sk.to_owned()));
    }
    works.into_iter().map(|work| Job::new(&directory, work)).collect()
}

impl Store {
    /// Sweeps now, and sees to it that it is done again a minute after `at` (seconds
    /// since 1970, when it was called for). Once only where the directory is erased: that sees
    /// to everything itself, and nothing may come to be behind it.
    ///
    /// # Errors
    /// The table's own; the pending sweep then does the work.
    pub async fn sweep(&self, job: &Job, at: i64) -> Result<(), Error> {
        if !self.is_erased(&job.directory).await? {
            job::enqueue(self, job, at + AGAIN).await?;
        }
        self.run(job).await.map(drop)
    }

    /// Carries on with the pending sweeps that are due. Returns how many ended. `profiles` are
    /// those that directories may follow.
    ///
    /// # Errors
    /// The table's own.
    pub async fn sweep_due(&self, profiles: &Profiles) -> Result<usize, Error> {
        let mut ended = 0;
        let now = seconds();
        for shard in 0..job::SHARDS {
            let mut due = job::due(self, shard, now);
            for pending in due.next(Some(TAKEN)).await?.unwrap_or_default() {
                match self.settle(&pending, profiles).await {
                    Ok(true) => ended += 1,
                    Ok(false) => {}
                    // It stays, and must not hold up the others.
                    Err(error) => {
                        tracing::error!(error = &error as &dyn std::error::Error, "sweep failed");
                        if let Err(error) = self.postpone(&pending).await {
                            let error = &error as &dyn std::error::Error;
                            tracing::error!(error, "a failed sweep is tried first again");
                        }
                    }
                }
            }
        }
        Ok(ended)
    }

    /// Runs a pending sweep. Returns whether it has ended, and is forgotten.
    async fn settle(&self, pending: &Item, profiles: &Profiles) -> Result<bool, Error> {
        let Queued { key, job } = Queued::read(pending)?;
        let ended = match job {
            Some(Job { directory, work: Work::ProfileChange }) => {
                self.advance_profile(&directory, profiles, SETTLE).await?.has_ended()
            }
            Some(Job { directory, work: Work::Erasure }) => {
                self.advance_erasure(&directory, profiles, SETTLE).await?
            }
            Some(job) => self.run(&job).await?,
            None => true,
        };
        if !ended {
            return Ok(false);
        }
        job::drop_job(self, key).await?;
        Ok(true)
    }

    /// Puts a pending sweep behind the others.
    async fn postpone(&self, pending: &Item) -> Result<(), Error> {
        // What cannot be read cannot be written anew.
        let Ok(Queued { key, job: Some(job) }) = Queued::read(pending) else { return Ok(()) };
        job::enqueue(self, &job, seconds() + AGAIN).await?;
        job::drop_job(self, key).await
    }

    /// Returns whether everything that is known has been removed.
    pub(crate) async fn run(&self, job: &Job) -> Result<bool, Error> {
        let scope = Tenant::new(self.clone(), job.directory.clone(), sweeper()?);
        match &job.work {
            Work::MemberList { group, version } => scope.remove_epoch(group, version).await,
            // An import may have brought it back, under the id that it had.
            Work::Memberships(id) if scope.is_there(id).await? => Ok(true),
            Work::Memberships(id) => scope.leave_groups(id, LEFT).await,
            // Nothing in the stream calls for it.
            Work::ProfileChange | Work::Erasure => Ok(true),
        }
    }
}

impl Tenant {
    /// Sees to it that what is written under `epoch` is removed if the group never
    /// switches to it.
    pub(crate) async fn intend(&self, group: &str, epoch: &str) -> Result<(), Error> {
        let work = Work::MemberList { group: group.to_owned(), version: epoch.to_owned() };
        job::enqueue(self.table(), &Job::new(&self.directory, work), seconds() + ABANDONED).await
    }

    async fn remove_epoch(&self, group: &str, epoch: &str) -> Result<bool, Error> {
        let kind = ResourceType::group();
        // A group that cannot be read holds up nobody: no more than its epoch is asked.
        if let Some(item) = self.store.read(&self.key(&kind, group)).await?
            && optional_text(&item, name::EPOCH) == Some(epoch)
        {
            return Ok(true);
        }
        let begun = Instant::now();
        let mut pages = self.store.range(&keys::members(&self.directory, group, epoch), None);
        while let Some(page) = pages.next(Some(STEP)).await? {
            let keys = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
            self.store.write_many(Vec::new(), keys).await?;
            if begun.elapsed() > RUN {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Sweeps are made by no customer's credential.
pub(crate) fn sweeper() -> Result<CredentialId, Error> {
    "sweep".parse().map_err(|_| Error::corrupt("credential"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn works(pk: &str, old: Option<&str>, new: Option<&str>, gone: bool) -> Vec<Work> {
        called_for(pk, "x", old, new, gone).into_iter().map(|job| job.work).collect()
    }

    fn epoch(epoch: &str) -> Work {
        Work::MemberList { group: "x".to_owned(), version: epoch.to_owned() }
    }

    #[test]
    fn a_deleted_group_leaves_its_members_and_its_own_memberships() {
        let works = works("D#acme#Group", Some("e1"), None, true);
        assert_eq!(works, [epoch("e1"), Work::Memberships("x".to_owned())]);
    }

    #[test]
    fn a_replaced_list_leaves_its_epoch() {
        assert_eq!(works("D#acme#Group", Some("e1"), Some("e2"), false), [epoch("e1")]);
        assert_eq!(works("D#acme#Group", Some("e1"), Some("e1"), false), []);
    }

    #[test]
    fn a_deleted_user_leaves_memberships() {
        assert_eq!(works("D#acme#User", None, None, true), [Work::Memberships("x".to_owned())]);
        assert_eq!(works("D#acme#User", None, None, false), []);
    }

    #[test]
    fn other_items_leave_nothing() {
        for pk in
            ["D#acme", "D#acme#Group#g#e1", "D#acme#User#userName", "C#acme", "A#acme#c", "S#0", "D#A#User"]
        {
            assert_eq!(works(pk, Some("e1"), None, true), [], "{pk}");
        }
    }
}
