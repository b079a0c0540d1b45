//! What runs behind deletes: memberships that nobody can reach any more.
//!
//! A group's delete, a replaced member list and a write that died half-way leave the
//! partition of an epoch behind; a user's delete leaves memberships that `member-index`
//! did not know yet. The table's stream tells of deletes and new epochs. Each is swept
//! at once and again when a minute has passed: a *pending sweep* in the table says so
//! until it is done, so that a sweep too long for one run, or cut off, goes on with the
//! next. Doing one twice does no harm.

use std::time::{Duration, Instant};

use scim::profile::Profiles;

use crate::error::Error;
use crate::id::{CredentialId, DirectoryId, WriteId};
use crate::keys::{self, Item, Key, SWEEP_SHARDS, s, text};
use crate::members::exist::exists;
use crate::members::list::MemberList;
use crate::members::of_user::leave_groups;
use crate::store::{Change, Store};
use crate::tenant::Tenant;
use crate::time::seconds;
use crate::upkeep::profile_change::SETTLE;
use table::name;

/// How long after the event the second sweep is due: an index lags by seconds.
const AGAIN: i64 = 60;
/// How long one run works on one sweep; the pending sweep remembers the rest.
const RUN: Duration = Duration::from_secs(20);
/// Memberships that one step removes.
const STEP: i32 = 500;
/// Memberships of one member that one run removes.
const LEFT: usize = 10_000;
/// Pending sweeps that one tick takes from one shard.
const TAKEN: i32 = 50;

/// Something to sweep in one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    /// Whose.
    pub directory: DirectoryId,
    /// What.
    pub work: Work,
}

/// What is to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// The members of a group under an epoch, unless it is the group's present one.
    Epoch {
        /// The group's id.
        group: String,
        /// The version of the list.
        epoch: String,
    },
    /// The memberships of a resource that is gone.
    Member(String),
    /// A change of the directory's profile: the next step of it.
    Profile,
    /// The whole directory: the next step of its erasure.
    Erase,
}

impl Work {
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Epoch { group, epoch } => format!("epoch#{group}#{epoch}"),
            Self::Member(id) => format!("member#{id}"),
            Self::Profile => "profile#".to_owned(),
            Self::Erase => "erase#".to_owned(),
        }
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        match text.split_once('#')? {
            ("epoch", rest) => {
                let (group, epoch) = rest.split_once('#')?;
                Some(Self::Epoch { group: group.to_owned(), epoch: epoch.to_owned() })
            }
            ("member", id) => Some(Self::Member(id.to_owned())),
            ("profile", _) => Some(Self::Profile),
            ("erase", _) => Some(Self::Erase),
            _ => None,
        }
    }
}

/// What a record of the table's stream calls for.
///
/// `pk` and `sk` are the item's key, `old` and `new` the value of its `epoch` before and
/// after, `gone` whether the item was removed.
#[must_use]
pub fn called_for(pk: &str, sk: &str, old: Option<&str>, new: Option<&str>, gone: bool) -> Vec<Sweep> {
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
        works.push(Work::Epoch { group: sk.to_owned(), epoch: old.to_owned() });
    }
    if gone {
        works.push(Work::Member(sk.to_owned()));
    }
    works.into_iter().map(|work| Sweep { directory: directory.clone(), work }).collect()
}

impl Store {
    /// Sweeps now, and sees to it that it is done again a minute after `at` (seconds
    /// since 1970, when it was called for). Once only where the directory is erased: that sees
    /// to everything itself, and nothing may come to be behind it.
    ///
    /// # Errors
    /// The table's own; the pending sweep then does the work.
    pub async fn sweep(&self, sweep: &Sweep, at: i64) -> Result<(), Error> {
        if !self.is_erased(&sweep.directory).await? {
            self.pend(sweep, at + AGAIN).await?;
        }
        self.run(sweep).await.map(drop)
    }

    /// Carries on with the pending sweeps that are due. Returns how many ended. `profiles` are
    /// those that directories may follow.
    ///
    /// # Errors
    /// The table's own.
    pub async fn sweep_due(&self, profiles: &Profiles) -> Result<usize, Error> {
        let mut ended = 0;
        let now = format!("{:020}", seconds());
        for shard in 0..SWEEP_SHARDS {
            let mut due = self.range(&keys::sweeps(shard), Some(("#sk < :now", &[(":now", &now)])));
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
        let ended = match read(pending)? {
            Some(Sweep { directory, work: Work::Profile }) => {
                self.advance_profile(&directory, profiles, SETTLE).await?.has_ended()
            }
            Some(Sweep { directory, work: Work::Erase }) => {
                self.advance_erasure(&directory, profiles, SETTLE).await?
            }
            Some(sweep) => self.run(&sweep).await?,
            None => true,
        };
        if !ended {
            return Ok(false);
        }
        let done = Change::delete(Key::of(pending)?);
        self.write(&[done], &WriteId::new().token()).await?;
        Ok(true)
    }

    /// Puts a pending sweep behind the others.
    async fn postpone(&self, pending: &Item) -> Result<(), Error> {
        // What cannot be read cannot be written anew.
        let Ok(Some(sweep)) = read(pending) else { return Ok(()) };
        self.pend(&sweep, seconds() + AGAIN).await?;
        let old = Change::delete(Key::of(pending)?);
        self.write(&[old], &WriteId::new().token()).await?;
        Ok(())
    }

    /// Remembers a sweep until it is done. The same one, twice, is one.
    pub(crate) async fn pend(&self, sweep: &Sweep, due: i64) -> Result<(), Error> {
        let work = sweep.work.to_text();
        let shard = crc(&format!("{}#{work}", sweep.directory)) % SWEEP_SHARDS;
        let key = Key::new(keys::sweeps(shard), format!("{due:020}#{}#{work}", sweep.directory));
        let content = Item::from([
            (name::DIRECTORY.to_owned(), s(sweep.directory.to_string())),
            (name::WORK.to_owned(), s(work)),
        ]);
        self.write(&[Change::put(key, content)], &WriteId::new().token()).await?;
        Ok(())
    }

    /// Returns whether everything that is known has been removed.
    pub(crate) async fn run(&self, sweep: &Sweep) -> Result<bool, Error> {
        let scope = Tenant::new(self.clone(), sweep.directory.clone(), sweeper()?);
        match &sweep.work {
            Work::Epoch { group, epoch } => {
                remove_list(&scope, &MemberList::new(group, epoch.as_str().into())).await
            }
            // An import may have brought it back, under the id that it had.
            Work::Member(id) if exists(&scope, id).await? => Ok(true),
            Work::Member(id) => leave_groups(&scope, id, LEFT).await,
            // Nothing in the stream calls for it.
            Work::Profile | Work::Erase => Ok(true),
        }
    }
}

/// Removes `list` unless its group uses it. Returns whether it is done.
async fn remove_list(tenant: &Tenant, list: &MemberList) -> Result<bool, Error> {
    if list.is_used(tenant).await? {
        return Ok(true);
    }
    let begun = Instant::now();
    let mut pages = list.pages(tenant, None);
    while let Some(page) = pages.next(Some(STEP)).await? {
        let keys = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
        tenant.table().delete_many(keys).await?;
        if begun.elapsed() > RUN {
            return Ok(false);
        }
    }
    Ok(true)
}

fn read(pending: &Item) -> Result<Option<Sweep>, Error> {
    let directory = text(pending, name::DIRECTORY)?.parse();
    let work = Work::from_text(text(pending, name::WORK)?);
    Ok(directory.ok().zip(work).map(|(directory, work)| Sweep { directory, work }))
}

/// Sweeps are made by no customer's credential.
pub(crate) fn sweeper() -> Result<CredentialId, Error> {
    "sweep".parse().map_err(|_| Error::corrupt("credential"))
}

/// Spreads pending sweeps over the shards, always alike.
fn crc(text: &str) -> u8 {
    text.bytes().fold(0, |sum: u8, byte| sum.rotate_left(3) ^ byte)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn works(pk: &str, old: Option<&str>, new: Option<&str>, gone: bool) -> Vec<Work> {
        called_for(pk, "x", old, new, gone).into_iter().map(|sweep| sweep.work).collect()
    }

    fn epoch(epoch: &str) -> Work {
        Work::Epoch { group: "x".to_owned(), epoch: epoch.to_owned() }
    }

    #[test]
    fn a_deleted_group_leaves_its_members_and_its_own_memberships() {
        let works = works("D#acme#Group", Some("e1"), None, true);
        assert_eq!(works, [epoch("e1"), Work::Member("x".to_owned())]);
    }

    #[test]
    fn a_replaced_list_leaves_its_epoch() {
        assert_eq!(works("D#acme#Group", Some("e1"), Some("e2"), false), [epoch("e1")]);
        assert_eq!(works("D#acme#Group", Some("e1"), Some("e1"), false), []);
    }

    #[test]
    fn a_deleted_user_leaves_memberships() {
        assert_eq!(works("D#acme#User", None, None, true), [Work::Member("x".to_owned())]);
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

    #[test]
    fn work_is_read_as_it_was_written() {
        for work in [epoch("e1"), Work::Member("x".to_owned()), Work::Profile, Work::Erase] {
            assert_eq!(Work::from_text(&work.to_text()), Some(work));
        }
    }
}
