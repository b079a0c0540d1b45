//! Memberships of lists that no group has. A deleted group and a replaced list leave them for
//! the sweep, which the table's stream calls for a little later: only what nothing is going to
//! remove disagrees.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use scim::model::resource_type::ResourceType;

use super::Step;
use super::finding::{Finding, What};
use crate::error::Error;
use crate::keys::{Item, Key, text};
use crate::members::list::MemberList;
use crate::registry::job::{self, Job};
use crate::resource::stored::Stored;
use crate::tenant::Tenant;
use crate::time::seconds;
use table::name;

/// Lists under suspicion, each with one of its members.
#[derive(Debug, Default)]
pub(super) struct Abandoned(BTreeMap<MemberList, String>);

impl Abandoned {
    pub(super) fn note(&mut self, list: MemberList, member: &str) {
        self.0.insert(list, member.to_owned());
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Step<'_> {
    /// Looks at the lists under suspicion, for as long as patience lasts, and tells of those
    /// that stay.
    pub(super) async fn abandoned(&mut self, begun: Instant) -> Result<(), Error> {
        let scope = self.scope.clone();
        loop {
            // The order counts: what is swept is there first, then pending, then gone.
            let pending = if self.abandoned.0.is_empty() { BTreeSet::new() } else { scope.pending().await? };
            self.abandoned.0.retain(|list, _| !pending.contains(&list.removal().to_text()));
            scope.keep_abandoned(&mut self.abandoned.0).await?;
            if self.abandoned.0.is_empty() || begun.elapsed() >= self.options.patience {
                break;
            }
            tokio::time::sleep(self.options.patience / 8).await;
        }
        for (list, member) in std::mem::take(&mut self.abandoned.0) {
            if self.options.repair {
                scope.store.sweep(&Job::new(&scope.directory, list.removal()), seconds()).await?;
            }
            let finding = Finding::new(What::MembersAbandoned, "Group").of(&list.group).with(&member);
            self.findings.push(finding.repaired(self.options.repair));
        }
        Ok(())
    }
}

impl Tenant {
    /// The lists that those of `groups` use that exist and can be read.
    pub(super) async fn lists_in_use<'a>(
        &self,
        groups: impl Iterator<Item = &'a String>,
    ) -> Result<BTreeSet<MemberList>, Error> {
        let kind = ResourceType::group();
        let found = self.store.read_all(groups.map(|id| self.key(&kind, id)).collect()).await?;
        Ok(found.values().filter_map(|item| MemberList::open(&Stored::read(item).ok()?)).collect())
    }

    /// Keeps those `lists` whose membership is there while their groups do not have them.
    async fn keep_abandoned(&self, lists: &mut BTreeMap<MemberList, String>) -> Result<(), Error> {
        let membership = |list: &MemberList, member: &str| list.key(&self.directory, member);
        // A list is switched to after its members are written: were the groups asked first, one
        // might have switched since.
        let there = lists.iter().map(|(list, member)| membership(list, member)).collect();
        let there = self.store.read_all(there).await?;
        lists.retain(|list, member| there.contains_key(&membership(list, member)));
        let kind = ResourceType::group();
        let groups: BTreeSet<Key> = lists.keys().map(|list| self.key(&kind, &list.group)).collect();
        let groups = self.store.read_all(groups.into_iter().collect()).await?;
        // One that cannot be read may have it.
        let has = |item: &Item, list: &MemberList| {
            Stored::read(item).map_or(true, |stored| MemberList::open(&stored).as_ref() == Some(list))
        };
        lists
            .retain(|list, _| !groups.get(&self.key(&kind, &list.group)).is_some_and(|item| has(item, list)));
        Ok(())
    }

    /// What pending sweeps of this directory are about.
    async fn pending(&self) -> Result<BTreeSet<String>, Error> {
        let directory = self.directory.to_string();
        let mut works = BTreeSet::new();
        for shard in 0..job::SHARDS {
            for pending in job::all(self.table(), shard).all().await? {
                if text(&pending, name::DIRECTORY)? == directory {
                    works.insert(text(&pending, name::WORK)?.to_owned());
                }
            }
        }
        Ok(works)
    }
}
