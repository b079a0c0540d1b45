//! Every membership of every group: whether the index of members knows it, and the member exists.

use std::collections::BTreeSet;
use std::time::Instant;

use scim::model::resource_type::ResourceType;
use table::get::Batch;
use table::item::{Key, optional_text, text};
use table::name::{MEMBER_KEY, SK};
use table::query::Range;

use super::finding::{Finding, What};
use super::repair::{remove_membership, set_member_key};
use super::step::{Position, Step};
use super::suspects::Unknown;
use crate::error::Error;
use crate::id::{age_of, is_resource_id};
use crate::keys;
use crate::members::list::MemberList;
use crate::resource::stored::Stored;
use crate::resume;
use crate::tenant::Tenant;

/// Groups read at a time.
const GROUPS: i32 = 50;
/// Memberships read at a time.
const PAGE: i32 = 500;
/// A member younger than this, in seconds, may be about to be created with its group.
const YOUNG: u64 = 900;

impl Unknown {
    fn keys(&self) -> impl Iterator<Item = &Key> {
        self.possible.iter().chain([&self.group, &self.membership])
    }

    /// Whether the member is one of the group's and still does not exist.
    fn is_so(&self, found: &Batch) -> bool {
        found.get(&self.group).is_some_and(|item| self.list.is_of(item))
            && found.contains_key(&self.membership)
            && !self.possible.iter().any(|key| found.contains_key(key))
    }
}

/// Some members.
///
/// # Errors
/// The table's own.
pub(super) async fn page(step: &mut Step<'_>, kind: &ResourceType, scan: &mut Position) -> Result<(), Error> {
    if let (Some(group), Some(after)) = (scan.after.clone(), scan.data.member.take()) {
        scan.data.member = members_of(step, kind, &group, Some(&after)).await?;
        return Ok(());
    }
    let partition = keys::resources(&step.tenant.directory, &kind.name);
    let page = scan.page(step.table(), &partition, Some(GROUPS)).await?;
    for item in &page.items {
        scan.move_after(item)?;
        scan.data.member = members_of(step, kind, text(item, SK)?, None).await?;
        if scan.data.member.is_some() {
            // The rest of the page is read again after this group.
            return Ok(());
        }
    }
    scan.finish(&page)
}

/// Some members of a group after `after`. Returns where to continue; `None` when there are no more.
async fn members_of(
    step: &mut Step<'_>,
    kind: &ResourceType,
    group: &str,
    after: Option<&str>,
) -> Result<Option<String>, Error> {
    let tenant = step.tenant.clone();
    let Some(list) = list_in_use(&tenant, kind, group).await? else { return Ok(None) };
    let partition = list.partition(&tenant.directory);
    let page = resume::page(tenant.table(), &partition, Range::All, after, Some(PAGE)).await?;
    step.checked.memberships += page.items.len() as u64;
    let mut ids = Vec::with_capacity(page.items.len());
    for item in &page.items {
        let member = text(item, SK)?;
        ids.push(member.to_owned());
        let right = keys::member_key(&tenant.directory, member);
        if optional_text(item, MEMBER_KEY) != Some(&right)
            && has_other_key(&tenant, &Key::of(item)?, &right).await?
        {
            let repaired = step.options.repair && set_member_key(&tenant, &Key::of(item)?, &right).await?;
            let finding = Finding::new(What::MemberKey, &kind.name).of(group).with(member);
            step.findings.push(finding.repaired(repaired));
        }
    }
    strangers(step, kind, &list, &ids).await?;
    Ok(if page.last { None } else { ids.pop() })
}

/// Counts those of `members` that do not exist, and notes them where they should.
async fn strangers(
    step: &mut Step<'_>,
    kind: &ResourceType,
    list: &MemberList,
    members: &[String],
) -> Result<(), Error> {
    let tenant = step.tenant.clone();
    let kinds: Vec<String> = step.profile.resource_types.iter().map(|kind| kind.name.clone()).collect();
    let key = |kind: &str, id: &str| Key::new(keys::resources(&tenant.directory, kind), id);
    let possible = members.iter().filter(|id| is_resource_id(id));
    let keys: Vec<Key> = possible.flat_map(|id| kinds.iter().map(|kind| key(kind, id))).collect();
    let found: BTreeSet<Key> = tenant.table().get_many(keys).await?.into_keys().collect();
    let unknown = |id: &&String| !kinds.iter().any(|kind| found.contains(&key(kind, id)));
    for id in members.iter().filter(unknown) {
        step.checked.strangers += 1;
        if !step.profile.behavior.members_must_exist || age_of(id).is_some_and(|age| age < YOUNG) {
            continue;
        }
        step.suspects.members.push(Unknown {
            kind: kind.name.clone(),
            group: tenant.key(kind, &list.group),
            list: list.clone(),
            membership: list.key(&tenant.directory, id),
            possible: kinds.iter().map(|kind| key(kind, id)).collect(),
        });
    }
    Ok(())
}

/// Reads the members that do not exist again, for as long as patience lasts: a deleted member leaves
/// its groups after the answer. Reports those that stay.
///
/// # Errors
/// The table's own.
pub(super) async fn conclude(step: &mut Step<'_>, begun: Instant) -> Result<(), Error> {
    let tenant = step.tenant.clone();
    let unknown = &mut step.suspects.members;
    loop {
        let keys: BTreeSet<Key> = unknown.iter().flat_map(Unknown::keys).cloned().collect();
        let found = tenant.table().get_many(keys.into_iter().collect()).await?;
        unknown.retain(|unknown| unknown.is_so(&found));
        if unknown.is_empty() || begun.elapsed() >= step.options.patience {
            break;
        }
        tokio::time::sleep(step.options.patience / 8).await;
    }
    for Unknown { kind, group, membership, possible, .. } in std::mem::take(unknown) {
        let repaired = step.options.repair && remove_membership(&tenant, &membership, &possible).await?;
        let finding = Finding::new(What::MemberUnknown, &kind).of(&group.sk).with(&membership.sk);
        step.findings.push(finding.repaired(repaired));
    }
    Ok(())
}

/// The list that a group has now; `None` if the group does not exist, has no list, or cannot be read.
async fn list_in_use(tenant: &Tenant, kind: &ResourceType, group: &str) -> Result<Option<MemberList>, Error> {
    let item = tenant.table().get(&tenant.key(kind, group)).await?;
    Ok(item.and_then(|item| MemberList::open(&Stored::read(&item).ok()?)))
}

async fn has_other_key(tenant: &Tenant, membership: &Key, right: &str) -> Result<bool, Error> {
    let item = tenant.table().get(membership).await?;
    Ok(item.is_some_and(|item| optional_text(&item, MEMBER_KEY) != Some(right)))
}
