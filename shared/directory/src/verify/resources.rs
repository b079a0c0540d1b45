//! Every resource: whether it can be read, has its index entries and the name key of its name, and
//! is a member in lists that no group uses.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use scim::model::resource_type::ResourceType;
use table::item::{Item, Key, optional_text, text};
use table::name::{ID, PK, SK, USER_NAME_KEY};
use table::query::Pages;

use super::abandoned::lists_in_use;
use super::count::Count;
use super::finding::{Finding, What};
use super::repair::{add_entry, set_user_name_key};
use super::step::{Position, Step};
use crate::error::Error;
use crate::keys;
use crate::members::list::MemberList;
use crate::members::of_user::memberships;
use crate::resource::index::{Entry, entries, entry_key, user_name_key};
use crate::resource::stored::Stored;
use crate::tenant::Tenant;

/// Resources, and memberships of each of them, read at a time.
const PAGE: i32 = 100;
/// Members whose lists are read at the same time.
const PARALLEL: usize = 8;
/// How often a resource that changes all the time is read.
const LOOKS: usize = 8;

/// One resource with its inconsistencies.
struct Seen {
    stored: Stored,
    /// Entries that are missing, or whose owner (given) is another.
    wrong: Vec<(Entry, Option<String>)>,
    /// The key of its name, where the item has another.
    user_name_key: Option<String>,
}

/// One page of resources.
///
/// # Errors
/// The table's own.
pub(super) async fn page(step: &mut Step<'_>, kind: &ResourceType, scan: &mut Position) -> Result<(), Error> {
    let tenant = step.tenant.clone();
    let mut count = match (scan.data.count.take(), &scan.after) {
        (Some(count), Some(_)) => count,
        _ => Count::begin(&tenant, kind).await?,
    };
    let partition = keys::resources(&tenant.directory, &kind.name);
    let page = scan.page(tenant.table(), &partition, Some(PAGE)).await?;
    count.seen += page.items.len() as i64;
    *step.checked.resources.entry(kind.name.clone()).or_default() += page.items.len() as u64;
    for id in suspects(&tenant, kind, &page.items).await? {
        resource(step, kind, &id).await?;
    }
    let ids = page.items.iter().map(|item| text(item, SK)).collect::<Result<Vec<_>, _>>()?;
    lists_of(step, &ids).await?;
    if page.last {
        count.end(&tenant, kind).await?;
    }
    scan.data.count = Some(count);
    scan.finish(&page)
}

/// Reads one resource again, and reports its inconsistencies.
async fn resource(step: &mut Step<'_>, kind: &ResourceType, id: &str) -> Result<(), Error> {
    let tenant = step.tenant.clone();
    let seen = match look(&tenant, kind, id).await {
        Ok(Some(seen)) => seen,
        Ok(None) => return Ok(()),
        Err(Error::Unavailable(_)) if is_unreadable(&tenant, kind, id).await? => {
            step.findings.push(Finding::new(What::Unreadable, &kind.name).of(id));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    for (entry, owner) in &seen.wrong {
        let what = match owner {
            None => What::EntryMissing,
            Some(owner) if has(&tenant, kind, owner, entry).await? => What::Duplicate,
            Some(_) => What::EntryOfAnother,
        };
        let repaired = step.options.repair
            && what != What::Duplicate
            && add_entry(&tenant, kind, &seen.stored, entry, owner.as_deref()).await?;
        let finding = Finding {
            other: owner.clone(),
            ..Finding::new(what, &kind.name).of(id).attribute(&entry.attribute)
        };
        step.findings.push(finding.repaired(repaired));
    }
    if let Some(key) = &seen.user_name_key {
        let repaired = step.options.repair && set_user_name_key(&tenant, kind, &seen.stored, key).await?;
        step.findings.push(Finding::new(What::UserNameKey, &kind.name).of(id).repaired(repaired));
    }
    Ok(())
}

/// Notes the lists that the index names for `ids` and that no group uses.
async fn lists_of(step: &mut Step<'_>, ids: &[&str]) -> Result<(), Error> {
    let tenant = &step.tenant;
    let mut members: Vec<(Pages, &str)> = ids.iter().map(|id| (memberships(tenant, id), *id)).collect();
    // One page of each: a member may be in any number of groups.
    while !members.is_empty() {
        let read = members.into_iter().map(|(mut pages, id)| {
            async move {
                let page = pages.next(Some(PAGE)).await?;
                Ok::<_, Error>((pages, id, page.unwrap_or_default()))
            }
            .boxed()
        });
        let read: Vec<_> = read.collect();
        let read: Vec<_> = stream::iter(read).buffer_unordered(PARALLEL).try_collect().await?;
        let mut lists: BTreeMap<MemberList, &str> = BTreeMap::new();
        members = Vec::new();
        for (pages, id, page) in read {
            for membership in &page {
                let list = MemberList::of_partition(&tenant.directory, text(membership, PK)?);
                lists.extend(list.map(|list| (list, id)));
            }
            if pages.has_more() {
                members.push((pages, id));
            }
        }
        let used = lists_in_use(tenant, lists.keys()).await?;
        let unused = lists.into_iter().filter(|(list, _)| !used.contains(list));
        step.suspects.lists.extend(unused.map(|(list, member)| (list, member.to_owned())));
    }
    Ok(())
}

/// The ids of a page's resources that may be inconsistent.
async fn suspects(tenant: &Tenant, kind: &ResourceType, page: &[Item]) -> Result<BTreeSet<String>, Error> {
    let mut suspects = BTreeSet::new();
    // Two may have one unique value.
    let mut wanted: Vec<(Key, String)> = Vec::new();
    for item in page {
        let id = text(item, SK)?;
        let Ok(stored) = Stored::read(item) else {
            suspects.insert(id.to_owned());
            continue;
        };
        let all = entries(kind, &stored.resource.doc);
        if misnamed(item, &all).is_some() {
            suspects.insert(id.to_owned());
        }
        wanted.extend(all.iter().map(|entry| (entry_key(tenant, kind, entry, id), id.to_owned())));
    }
    let keys: BTreeSet<Key> = wanted.iter().map(|(key, _)| key.clone()).collect();
    let found = tenant.table().get_many(keys.into_iter().collect()).await?;
    for (key, id) in wanted {
        if found.get(&key).and_then(|entry| optional_text(entry, ID)) != Some(&id) {
            suspects.insert(id);
        }
    }
    Ok(suspects)
}

/// The resource `id` with its entries, all read at one version; `None` when it does not exist any
/// more, or changes faster than it can be read.
async fn look(tenant: &Tenant, kind: &ResourceType, id: &str) -> Result<Option<Seen>, Error> {
    let (table, key) = (tenant.table(), tenant.key(kind, id));
    let Some(mut item) = table.get(&key).await? else { return Ok(None) };
    for _ in 0..LOOKS {
        let stored = Stored::read(&item)?;
        let all: Vec<Entry> = entries(kind, &stored.resource.doc).into_iter().collect();
        let keys: Vec<Key> = all.iter().map(|entry| entry_key(tenant, kind, entry, id)).collect();
        let found = table.get_many(keys.clone()).await?;
        let Some(again) = table.get(&key).await? else { return Ok(None) };
        if Stored::read(&again)?.resource.version.attributes != stored.resource.version.attributes {
            item = again;
            continue;
        }
        let owner = |key: &Key| found.get(key).and_then(|entry| optional_text(entry, ID));
        let wrong = all.iter().zip(&keys).filter(|(_, key)| owner(key) != Some(id));
        let wrong = wrong.map(|(entry, key)| (entry.clone(), owner(key).map(str::to_owned))).collect();
        let user_name_key = misnamed(&again, &all.into_iter().collect());
        return Ok(Some(Seen { stored, wrong, user_name_key }));
    }
    Ok(None)
}

async fn is_unreadable(tenant: &Tenant, kind: &ResourceType, id: &str) -> Result<bool, Error> {
    let item = tenant.table().get(&tenant.key(kind, id)).await?;
    Ok(item.is_some_and(|item| Stored::read(&item).is_err()))
}

/// Whether the resource `id` has the value of `entry`.
async fn has(tenant: &Tenant, kind: &ResourceType, id: &str, entry: &Entry) -> Result<bool, Error> {
    let Some(item) = tenant.table().get(&tenant.key(kind, id)).await? else { return Ok(false) };
    // One that cannot be read may have it.
    Ok(Stored::read(&item).map_or(true, |stored| entries(kind, &stored.resource.doc).contains(entry)))
}

/// The key of the user's name, when the item has another.
fn misnamed(item: &Item, entries: &BTreeSet<Entry>) -> Option<String> {
    let right = user_name_key(entries)?;
    (optional_text(item, USER_NAME_KEY) != Some(right)).then(|| right.to_owned())
}
