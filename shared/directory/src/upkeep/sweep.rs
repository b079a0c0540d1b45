//! Removing memberships that no client can see any more.
//!
//! A deleted group, a replaced member list and an interrupted write leave an unused member list. A
//! deleted user leaves memberships that were not in `member-index` yet. The table's stream reports
//! deletes and replaced lists. Each queues a job; one that needs the index is due a minute later, when
//! that is up to date. Doing it twice does no harm.
//!
//! The event log may lag, for example while the stream is not read. Then it has yet to compare lists that
//! the group does not use any more, so these stay until it has.

use std::time::Instant;

use futures_util::{FutureExt, StreamExt, stream};
use scim::model::resource_type::ResourceType;
use table::Table;
use table::condition::equals;
use table::item::{Item, Key};
use table::name::{COMPARED, LAST_MODIFIED, MEMBERS_VERSION};
use table::query::{Pages, Range};
use table::write::Update;

use crate::clock::{now, seconds};
use crate::error::Error;
use crate::id::{CredentialId, DirectoryId, ListVersion};
use crate::keys;
use crate::members::exist::exists;
use crate::members::list::MemberList;
use crate::members::of_user::Leaving;
use crate::registry::job::{Job, Work};
use crate::registry::queue;
use crate::tenant::Tenant;

/// How long after the event a job is due that needs an index, in seconds: an index lags by seconds.
/// Jobs that fail are due again after this time.
pub(crate) const AGAIN: i64 = 60;
/// Sweeps of one directory in progress at the same time.
const PARALLEL: usize = 8;
/// Memberships that one step removes.
const STEP: i32 = 500;
/// Memberships of one member that one run removes.
const LEFT: usize = 10_000;

/// The jobs that a record of the table's stream calls for: `old` is the item before the change, and
/// `new` the item after it; empty if the item did not or does not exist.
#[must_use]
pub fn jobs_for_stream_record(old: &Item, new: &Item) -> Vec<Job> {
    let Ok(Key { pk, sk }) = Key::of(old) else { return Vec::new() };
    let mut parts = pk.split('#');
    let (Some("D"), Some(directory), Some(_kind), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Vec::new();
    };
    let Ok(directory) = directory.parse::<DirectoryId>() else { return Vec::new() };
    let mut works = Vec::new();
    if let Some(list) = MemberList::of_item(old).ok().flatten()
        && !list.is_of(new)
    {
        works.push(list.removal());
    }
    if new.is_empty() {
        works.push(Work::Memberships(sk));
    }
    works.into_iter().map(|work| Job::new(&directory, work)).collect()
}

/// Queues the jobs that records of the stream called for, each with its time in seconds since 1970.
///
/// # Errors
/// The table's own, when a job was not queued. Then the records must be delivered again.
pub async fn follow(table: &Table, jobs: &[(Job, i64)]) -> Result<(), Error> {
    let due = |job: &Job| if matches!(job.work, Work::Memberships(_)) { AGAIN } else { 0 };
    queue::enqueue_many(table, jobs.iter().map(|(job, at)| (job, at + due(job)))).await?;
    Ok(())
}

/// Does sweeps in `directory` until `end`. Returns for each whether everything that is known has
/// been removed.
///
/// # Errors
/// The table's own: nothing was done.
pub(crate) async fn sweep(
    table: &Table,
    directory: &DirectoryId,
    works: &[&Work],
    end: Instant,
) -> Result<Vec<Result<bool, Error>>, Error> {
    let tenant = Tenant::new(table.clone(), directory.clone(), sweeper()?);
    // Without groups there are no memberships to look for.
    let of_members = works.iter().any(|work| matches!(work, Work::Memberships(_)));
    let has_groups = of_members && has_groups(table, directory).await?;
    let sweeps: Vec<_> = works.iter().map(|work| one(&tenant, work, has_groups, end).boxed()).collect();
    Ok(stream::iter(sweeps).buffered(PARALLEL).collect().await)
}

async fn one(tenant: &Tenant, work: &Work, has_groups: bool, end: Instant) -> Result<bool, Error> {
    match work {
        Work::MemberList { group, version } => {
            remove_if_unused(tenant, &MemberList::new(group, version.clone()), end).await
        }
        Work::Memberships(_) if !has_groups => Ok(true),
        // An import may have brought it back, under the id that it had.
        Work::Memberships(id) if exists(tenant, id).await? => Ok(true),
        Work::Memberships(id) => Leaving::read(tenant, id, LEFT).await?.remove().await,
        Work::Count { group, version } => count_change(tenant, group, *version).await.map(|()| true),
        // They are in other partitions of the queue.
        Work::Release | Work::ProfileChange | Work::Erasure => Ok(true),
    }
}

async fn has_groups(table: &Table, directory: &DirectoryId) -> Result<bool, Error> {
    let groups = keys::resources(directory, &ResourceType::group().name);
    let mut pages = table.range(&groups, Range::All);
    Ok(pages.next(Some(1)).await?.is_some_and(|page| !page.is_empty()))
}

/// Removes `list` until `end`, unless its group uses it. While the event log has yet to compare it, it
/// stays: a job that is due a minute later removes it. Returns whether nothing is left to do here.
///
/// # Errors
/// The table's own.
pub(crate) async fn remove_if_unused(
    tenant: &Tenant,
    list: &MemberList,
    end: Instant,
) -> Result<bool, Error> {
    let kind = ResourceType::group();
    let (group, mark) =
        (tenant.key(&kind, &list.group), keys::mark(&tenant.directory, &kind.name, &list.group));
    let found = tenant.table().get_many(vec![group.clone(), mark.clone()]).await?;
    let (used, mark) = (found.get(&group).and_then(ListVersion::of), found.get(&mark));
    if used.as_ref() == Some(&list.version) {
        return Ok(true);
    }
    // Versions of lists increase: a log that follows a later list, or the one that the group has, needs
    // this one no more.
    let followed = mark.and_then(ListVersion::of);
    let is_comparing = mark.is_some_and(|mark| mark.contains_key(COMPARED));
    let has_passed = used == followed || followed.is_some_and(|followed| followed > list.version);
    if is_comparing || !has_passed {
        let later = Job::new(&tenant.directory, list.removal());
        queue::enqueue(tenant.table(), &later, seconds() + AGAIN).await?;
        return Ok(true);
    }
    remove_list(tenant, list, end).await
}

/// Removes the memberships of `list`, which no group uses, and what the event log says of them, until
/// `end`. Returns whether nothing is left to do.
///
/// # Errors
/// The table's own.
pub(crate) async fn remove_list(tenant: &Tenant, list: &MemberList, end: Instant) -> Result<bool, Error> {
    let (table, marks) = (tenant.table(), list.marks(&tenant.directory));
    Ok(remove_all(table, list.pages(tenant, None), end).await?
        && remove_all(table, table.range(&marks, Range::All), end).await?)
}

/// Counts a change of the members of `group`, unless another has been counted since `version`.
async fn count_change(tenant: &Tenant, group: &str, version: u64) -> Result<(), Error> {
    let update = Update::of(tenant.key(&ResourceType::group(), group))
        .set(LAST_MODIFIED, now())
        .add(MEMBERS_VERSION, 1)
        .when(equals(MEMBERS_VERSION, version));
    tenant.table().write(update).await?;
    Ok(())
}

/// Removes the items of `pages` until `end`. Returns whether these were all.
async fn remove_all(table: &Table, mut pages: Pages, end: Instant) -> Result<bool, Error> {
    while let Some(page) = pages.next(Some(STEP)).await? {
        let keys = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
        table.delete_many(keys).await?;
        if Instant::now() >= end && pages.has_more() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The name of sweeps where a credential's is needed.
pub(crate) fn sweeper() -> Result<CredentialId, Error> {
    "sweep".parse().map_err(|_| Error::corrupt("credential"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use table::name::MEMBER_LIST;
    use table::write::Put;

    use super::*;

    /// An item of the partition `pk`; with the version of a member list, a group.
    fn item(pk: &str, list: Option<&str>) -> Item {
        let item = Put::of(Key::new(pk, "x"));
        list.into_iter().fold(item, |item, list| item.set(MEMBER_LIST, list)).into_item()
    }

    fn works(old: &Item, new: &Item) -> Vec<Work> {
        jobs_for_stream_record(old, new).into_iter().map(|job| job.work).collect()
    }

    fn list(version: &str) -> Work {
        Work::MemberList { group: "x".to_owned(), version: version.into() }
    }

    #[test]
    fn a_deleted_group_leaves_its_members_and_its_own_memberships() {
        let works = works(&item("D#acme#Group", Some("v1")), &Item::new());
        assert_eq!(works, [list("v1"), Work::Memberships("x".to_owned())]);
    }

    #[test]
    fn a_replaced_list_is_removed() {
        let group = |version| item("D#acme#Group", Some(version));
        assert_eq!(works(&group("v1"), &group("v2")), [list("v1")]);
        assert_eq!(works(&group("v1"), &group("v1")), []);
        assert_eq!(works(&Item::new(), &group("v1")), []);
    }

    #[test]
    fn a_deleted_user_leaves_memberships() {
        let user = item("D#acme#User", None);
        assert_eq!(works(&user, &Item::new()), [Work::Memberships("x".to_owned())]);
        assert_eq!(works(&user, &user), []);
    }

    #[test]
    fn other_items_leave_nothing() {
        for pk in
            ["D#acme", "D#acme#Group#g#v1", "D#acme#User#userName", "C#acme", "A#acme#c", "S#0", "D#A#User"]
        {
            assert_eq!(works(&item(pk, Some("v1")), &Item::new()), [], "{pk}");
        }
    }
}
