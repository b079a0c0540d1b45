//! Memberships in lists that no group uses. A deleted group and a replaced list leave them to a sweep,
//! which the table's stream calls for a little later. Only a list that nothing is going to remove is
//! an inconsistency.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use scim::model::resource_type::ResourceType;
use table::item::{Item, Key};

use super::finding::{Finding, What};
use super::step::Step;
use crate::clock::seconds;
use crate::error::Error;
use crate::members::list::MemberList;
use crate::registry::job::{Job, Work};
use crate::registry::queue;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;
use crate::upkeep::sweep::remove_if_unused;

/// How long the repair of one list may take; a job removes the rest.
const REPAIR: Duration = Duration::from_secs(5);
/// Groups read at a time.
const GROUPS: usize = 100;

/// Lists, each with one of its members.
type Lists = BTreeMap<MemberList, String>;

/// Reads the suspected lists again, for as long as patience lasts, and reports those that stay.
///
/// # Errors
/// The table's own.
pub(super) async fn conclude(step: &mut Step<'_>, begun: Instant) -> Result<(), Error> {
    let tenant = step.tenant.clone();
    let mut lists = std::mem::take(&mut step.suspects.lists);
    loop {
        // The order counts: a list that is swept is there first, then queued, then gone.
        drop_queued(&tenant, &mut lists).await?;
        keep_abandoned(&tenant, &mut lists).await?;
        if lists.is_empty() || begun.elapsed() >= step.options.patience {
            break;
        }
        tokio::time::sleep(step.options.patience / 8).await;
    }
    for (list, member) in lists {
        if step.options.repair && !remove_if_unused(&tenant, &list, Instant::now() + REPAIR).await? {
            let removal = Job::new(&tenant.directory, list.removal());
            queue::enqueue(tenant.table(), &removal, seconds()).await?;
        }
        let finding = Finding::new(What::MembersAbandoned, "Group").of(&list.group).with(&member);
        step.findings.push(finding.repaired(step.options.repair));
    }
    Ok(())
}

/// Those of `lists` that their groups use.
///
/// # Errors
/// The table's own.
pub(super) async fn lists_in_use(
    tenant: &Tenant,
    lists: impl Iterator<Item = &MemberList>,
) -> Result<BTreeSet<MemberList>, Error> {
    let groups: BTreeSet<&String> = lists.map(|list| &list.group).collect();
    let kind = ResourceType::group();
    let keys: Vec<Key> = groups.into_iter().map(|id| tenant.key(&kind, id)).collect();
    let used = |item: &Item| MemberList::open(&Stored::read(item).ok()?);
    let mut lists = BTreeSet::new();
    // Not all at once: a group may have 350 KB.
    for keys in keys.chunks(GROUPS) {
        let found = tenant.table().get_many(keys.to_vec()).await?;
        lists.extend(found.values().filter_map(used));
    }
    Ok(lists)
}

/// Drops those of `lists` for which a job is queued.
async fn drop_queued(tenant: &Tenant, lists: &mut Lists) -> Result<(), Error> {
    let mut pages = queue::sweeps_of(tenant.table(), &tenant.directory);
    while !lists.is_empty()
        && let Some(page) = pages.next(None).await?
    {
        for queued in queue::read(&page)? {
            if let Some(Work::MemberList { group, version }) = queued.job.map(|job| job.work) {
                lists.remove(&MemberList::new(&group, version));
            }
        }
    }
    Ok(())
}

/// Keeps those `lists` that have the membership while their groups do not use them.
async fn keep_abandoned(tenant: &Tenant, lists: &mut Lists) -> Result<(), Error> {
    // A group comes to use a list after its members are written. If the groups were read first, one
    // might have come to use the list since.
    let there = lists.iter().map(|(list, member)| list.key(&tenant.directory, member)).collect();
    let there = tenant.table().get_many(there).await?;
    lists.retain(|list, member| there.contains_key(&list.key(&tenant.directory, member)));
    let kind = ResourceType::group();
    let groups: BTreeSet<Key> = lists.keys().map(|list| tenant.key(&kind, &list.group)).collect();
    let groups = tenant.table().get_many(groups.into_iter().collect()).await?;
    // A group that cannot be read may use it.
    let uses = |item: &Item, list: &MemberList| {
        Stored::read(item).map_or(true, |group| MemberList::open(&group).as_ref() == Some(list))
    };
    lists.retain(|list, _| !groups.get(&tenant.key(&kind, &list.group)).is_some_and(|item| uses(item, list)));
    Ok(())
}
