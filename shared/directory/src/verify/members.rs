//! Every membership of every group: does the index of members know it, and is the member there.

use std::collections::BTreeSet;
use std::time::Instant;

use scim::model::resource_type::ResourceType;

use super::Step;
use super::finding::{Finding, What};
use super::place::Place;
use super::repair;
use crate::error::Error;
use crate::id::{age_of, is_resource_id};
use crate::keys::{self, Key, optional_text, text};
use crate::members::list::MemberList;
use crate::resource::stored::Stored;
use crate::store::Batch;
use crate::tenant::Tenant;
use table::name;

/// Groups read at a time.
const GROUPS: i32 = 50;
/// Memberships read at a time.
const PAGE: i32 = 500;
/// A member younger than this, in seconds, may be about to be created with its group.
const ABOUT: u64 = 900;

/// A membership of somebody who is nobody.
#[derive(Debug)]
pub(super) struct Unknown {
    kind: String,
    group: Key,
    list: MemberList,
    membership: Key,
    /// Where the member would be.
    possible: Vec<Key>,
}

impl Unknown {
    fn keys(&self) -> impl Iterator<Item = &Key> {
        self.possible.iter().chain([&self.group, &self.membership])
    }

    /// Whether the member is one of the group's and still nobody.
    fn is_so(&self, found: &Batch) -> bool {
        found.get(&self.group).is_some_and(|item| self.list.is_of(item))
            && found.contains_key(&self.membership)
            && !self.possible.iter().any(|key| found.contains_key(key))
    }
}

impl Step<'_> {
    /// Some members. Returns whether they were the last ones.
    pub(super) async fn members(&mut self, kind: &ResourceType, place: &mut Place) -> Result<bool, Error> {
        let scope = self.scope.clone();
        if let (Some(group), Some(after)) = (place.after.clone(), place.member.take()) {
            place.member = self.members_of(kind, &group, &after).await?;
            return Ok(false);
        }
        let pk = keys::resources(&scope.directory, &kind.name);
        let mut pages = scope.store.range(&pk, None);
        if let Some(after) = &place.after {
            pages = pages.after(&Key::new(pk, &**after));
        }
        let page = pages.next(Some(GROUPS)).await?.unwrap_or_default();
        for item in &page {
            let id = text(item, name::SK)?;
            place.after = Some(id.to_owned());
            place.member = self.members_of(kind, id, "").await?;
            if place.member.is_some() {
                // The rest of the page is read again behind this group.
                return Ok(false);
            }
        }
        Ok(!pages.has_more())
    }

    /// The members of a group behind `after`; `None` when there are no more, or where to go on.
    async fn members_of(
        &mut self,
        kind: &ResourceType,
        group: &str,
        after: &str,
    ) -> Result<Option<String>, Error> {
        let scope = self.scope.clone();
        let Some(list) = scope.list_in_use(kind, group).await? else { return Ok(None) };
        let mut pages = list.pages(&scope, (!after.is_empty()).then_some(after));
        let page = pages.next(Some(PAGE)).await?.unwrap_or_default();
        self.checked.memberships += page.len() as u64;
        let mut ids = Vec::with_capacity(page.len());
        for item in &page {
            let member = text(item, name::SK)?;
            ids.push(member.to_owned());
            let right = keys::member_key(&scope.directory, member);
            if optional_text(item, name::MEMBER_KEY) != Some(&right)
                && scope.has_other_key(&Key::of(item)?, &right).await?
            {
                let repaired =
                    self.options.repair && repair::set_member_key(&scope, &Key::of(item)?, &right).await?;
                let finding = Finding::new(What::MemberKey, &kind.name).of(group).with(member);
                self.findings.push(finding.repaired(repaired));
            }
        }
        self.strangers(kind, &list, &ids).await?;
        Ok(if pages.has_more() { ids.pop() } else { None })
    }

    /// Counts those of `members` who are nobody, and tells of them where they should not be.
    async fn strangers(
        &mut self,
        kind: &ResourceType,
        list: &MemberList,
        members: &[String],
    ) -> Result<(), Error> {
        let scope = self.scope.clone();
        let kinds: Vec<String> = self.profile.resource_types.iter().map(|kind| kind.name.clone()).collect();
        let key = |kind: &str, id: &str| Key::new(keys::resources(&scope.directory, kind), id);
        let possible = members.iter().filter(|id| is_resource_id(id));
        let keys: Vec<Key> = possible.flat_map(|id| kinds.iter().map(|kind| key(kind, id))).collect();
        let found: BTreeSet<Key> = scope.store.read_all(keys).await?.into_keys().collect();
        let nobody = |id: &&String| !kinds.iter().any(|kind| found.contains(&key(kind, id)));
        for id in members.iter().filter(nobody) {
            self.checked.strangers += 1;
            if !self.profile.behavior.members_must_exist || age_of(id).is_some_and(|age| age < ABOUT) {
                continue;
            }
            self.unknown.push(Unknown {
                kind: kind.name.clone(),
                group: scope.key(kind, &list.group),
                list: list.clone(),
                membership: list.key(&scope.directory, id),
                possible: kinds.iter().map(|kind| key(kind, id)).collect(),
            });
        }
        Ok(())
    }

    /// Looks at the members who are nobody, for as long as patience lasts (whoever was deleted
    /// leaves the group behind the answer), and tells of those who stay.
    pub(super) async fn unknown(&mut self, begun: Instant) -> Result<(), Error> {
        let scope = self.scope.clone();
        loop {
            let keys: BTreeSet<Key> = self.unknown.iter().flat_map(Unknown::keys).cloned().collect();
            let found = scope.store.read_all(keys.into_iter().collect()).await?;
            self.unknown.retain(|unknown| unknown.is_so(&found));
            if self.unknown.is_empty() || begun.elapsed() >= self.options.patience {
                break;
            }
            tokio::time::sleep(self.options.patience / 8).await;
        }
        for Unknown { kind, group, membership, possible, .. } in std::mem::take(&mut self.unknown) {
            let repaired =
                self.options.repair && repair::remove_membership(&scope, &membership, &possible).await?;
            let finding = Finding::new(What::MemberUnknown, &kind).of(&group.sk).with(&membership.sk);
            self.findings.push(finding.repaired(repaired));
        }
        Ok(())
    }
}

impl Tenant {
    /// The list that a group has now; `None` when it is gone, has none, or cannot be read.
    async fn list_in_use(&self, kind: &ResourceType, group: &str) -> Result<Option<MemberList>, Error> {
        let item = self.store.read(&self.key(kind, group)).await?;
        Ok(item.and_then(|item| MemberList::open(&Stored::read(&item).ok()?)))
    }

    async fn has_other_key(&self, membership: &Key, right: &str) -> Result<bool, Error> {
        let item = self.store.read(membership).await?;
        Ok(item.is_some_and(|item| optional_text(&item, name::MEMBER_KEY) != Some(right)))
    }
}
