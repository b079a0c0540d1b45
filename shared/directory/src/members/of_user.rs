//! The groups of a member, by `member-index`; they may follow by the index's lag.

use std::collections::BTreeMap;

use scim::model::resource_type::ResourceType;
use serde_json::{Value, json};

use crate::error::Error;
use crate::keys::{self, Key, group_of, text};
use crate::resource::stored::Stored;
use crate::store::Pages;
use crate::tenant::Tenant;
use table::name;

impl Tenant {
    /// The memberships of `member` that `member-index` knows, of every group and epoch.
    pub(crate) fn memberships_of(&self, member: &str) -> Pages {
        let key = keys::member_key(&self.directory, member);
        self.store.index(name::MEMBER_INDEX, (name::MEMBER_KEY, &key), name::PK, None)
    }

    /// The groups that `member` is in, in order of their ids. Each exists, and the
    /// membership is one of its present epoch.
    pub(crate) async fn groups_with(&self, member: &str) -> Result<Vec<Stored>, Error> {
        let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for membership in self.memberships_of(member).all().await? {
            if let Some((group, epoch)) = group_of(&self.directory, text(&membership, name::PK)?) {
                known.entry(group.to_owned()).or_default().push(epoch.to_owned());
            }
        }
        let kind = ResourceType::group();
        let found = self.store.read_all(known.keys().map(|id| self.key(&kind, id)).collect()).await?;
        let mut groups = Vec::new();
        for (id, epochs) in known {
            let Some(item) = found.get(&self.key(&kind, &id)) else { continue };
            let group = Stored::read(item)?;
            if group.epoch.as_ref().is_some_and(|epoch| epochs.contains(epoch)) {
                groups.push(group);
            }
        }
        Ok(groups)
    }

    /// The elements of a user's `groups` (RFC 7643 §4.1.2).
    pub(crate) async fn groups_of(&self, member: &str) -> Result<Vec<Value>, Error> {
        let groups = self.groups_with(member).await?;
        Ok(groups
            .into_iter()
            .map(|group| {
                let mut element = json!({ "value": group.resource.id, "type": "direct" });
                if let (Some(name), Some(element)) =
                    (group.resource.doc.get("displayName"), element.as_object_mut())
                {
                    element.insert("display".to_owned(), name.clone());
                }
                element
            })
            .collect())
    }

    /// Removes memberships of a member that is gone, at most `most` or, in pages,
    /// a page more. Returns
    /// whether all that are known have been removed.
    pub(crate) async fn leave_groups(&self, member: &str, most: usize) -> Result<bool, Error> {
        let mut pages = self.memberships_of(member);
        let mut removed = 0;
        let limit = i32::try_from(most).unwrap_or(i32::MAX).min(1000);
        while let Some(page) = pages.next(Some(limit)).await? {
            let keys = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
            removed += keys.len();
            self.store.write_many(Vec::new(), keys).await?;
            if removed >= most {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
