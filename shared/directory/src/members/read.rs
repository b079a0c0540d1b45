//! Reading a group's members.

use std::collections::BTreeMap;

use scim::model::member::Member;
use scim::model::resource_type::ResourceType;
use serde_json::Value;

use super::{element, member};
use crate::error::Error;
use crate::keys;
use crate::resource::stored::{Resource, Stored};
use crate::tenant::{Tenant, Wants};
use table::retry::Attempts;

/// Members that one answer may hold: about what fits Lambda's 6 MB response compressed.
const MOST: usize = 100_000;

impl Tenant {
    /// `stored` with its members or groups, where they are wanted.
    pub(crate) async fn complete(
        &self,
        kind: &ResourceType,
        stored: Stored,
        wants: Wants,
    ) -> Result<Resource, Error> {
        if kind.has_members() {
            return if wants.members { self.with_members(kind, stored).await } else { Ok(stored.resource) };
        }
        let mut resource = stored.resource;
        if wants.groups {
            let groups = self.groups_of(&resource.id).await?;
            if !groups.is_empty() {
                resource.doc.insert("groups".to_owned(), Value::Array(groups));
            }
        }
        Ok(resource)
    }

    async fn with_members(&self, kind: &ResourceType, mut stored: Stored) -> Result<Resource, Error> {
        if self.show_members(kind, &mut stored, MOST).await? {
            return Ok(stored.resource);
        }
        Err(Error::TooMany(format!(
            "the group has more than {MOST} members, too many for one answer: ask for \
             `excludedAttributes=members`, or page its members with \
             `/Users?filter=groups.value eq \"{}\"`",
            stored.resource.id
        )))
    }

    /// Puts the members of a group into it, with the group as it is when its list has been
    /// replaced meanwhile. Returns whether they are at most `most`.
    pub(crate) async fn show_members(
        &self,
        kind: &ResourceType,
        stored: &mut Stored,
        most: usize,
    ) -> Result<bool, Error> {
        let mut attempts = Attempts::default();
        loop {
            let Some(members) = self.members(stored, most).await? else { return Ok(false) };
            // While they were read the list may have been replaced and the old one swept.
            let now = self.stored(kind, &stored.resource.id).await?;
            if now.epoch == stored.epoch {
                set_members(&mut stored.resource, members.iter());
                return Ok(true);
            }
            *stored = now;
            attempts.again().await?;
        }
    }

    /// The members of a group as of now; `None` when there are more than `most`.
    pub(crate) async fn members(&self, group: &Stored, most: usize) -> Result<Option<Vec<Member>>, Error> {
        let Some(epoch) = &group.epoch else { return Ok(Some(Vec::new())) };
        let mut pages = self.store.range(&keys::members(&self.directory, &group.resource.id, epoch), None);
        let mut members = Vec::new();
        let limit = i32::try_from(most + 1).unwrap_or(i32::MAX);
        while let Some(page) = pages.next(Some(limit)).await? {
            members.extend(page.iter().filter_map(member));
            if members.len() > most {
                return Ok(None);
            }
        }
        Ok(Some(members))
    }

    /// Those of `ids` who are members of a group, as of now.
    pub(crate) async fn members_among<'a>(
        &self,
        group: &Stored,
        ids: impl Iterator<Item = &'a String>,
    ) -> Result<BTreeMap<String, Member>, Error> {
        let Some(epoch) = &group.epoch else { return Ok(BTreeMap::new()) };
        let keys = ids.map(|id| super::key(&self.directory, &group.resource.id, epoch, id));
        let found = self.store.read_all(keys.collect()).await?;
        Ok(found.values().filter_map(member).map(|m| (m.value.clone(), m)).collect())
    }
}

/// Answers `members` in `resource`; none leaves the attribute out.
pub(crate) fn set_members<'a>(resource: &mut Resource, members: impl Iterator<Item = &'a Member>) {
    let elements: Vec<Value> = members.map(element).collect();
    if !elements.is_empty() {
        resource.doc.insert("members".to_owned(), Value::Array(elements));
    }
}
