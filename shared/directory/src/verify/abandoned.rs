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
use crate::members;
use crate::registry::job::{self, Job, Work};
use crate::resource::stored::Stored;
use crate::tenant::Tenant;
use crate::time::seconds;
use table::name;

/// Lists under suspicion: group and epoch, each with one of its members.
#[derive(Debug, Default)]
pub(super) struct Abandoned(BTreeMap<(String, String), String>);

impl Abandoned {
    pub(super) fn note(&mut self, group: &str, epoch: &str, member: &str) {
        self.0.insert((group.to_owned(), epoch.to_owned()), member.to_owned());
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
            self.abandoned.0.retain(|(group, epoch), _| {
                let work = Work::MemberList { group: group.clone(), version: epoch.clone() };
                !pending.contains(&work.to_text())
            });
            scope.keep_abandoned(&mut self.abandoned.0).await?;
            if self.abandoned.0.is_empty() || begun.elapsed() >= self.options.patience {
                break;
            }
            tokio::time::sleep(self.options.patience / 8).await;
        }
        for ((group, epoch), member) in std::mem::take(&mut self.abandoned.0) {
            if self.options.repair {
                let work = Work::MemberList { group: group.clone(), version: epoch };
                scope.store.sweep(&Job::new(&scope.directory, work), seconds()).await?;
            }
            let finding = Finding::new(What::MembersAbandoned, "Group").of(&group).with(&member);
            self.findings.push(finding.repaired(self.options.repair));
        }
        Ok(())
    }
}

impl Tenant {
    /// The present lists of `groups` that are there.
    pub(super) async fn epochs<'a>(
        &self,
        groups: impl Iterator<Item = &'a String>,
    ) -> Result<BTreeMap<String, String>, Error> {
        let kind = ResourceType::group();
        let found = self.store.read_all(groups.map(|id| self.key(&kind, id)).collect()).await?;
        let epoch = |item| Stored::read(item).ok()?.epoch;
        Ok(found.iter().filter_map(|(key, item)| Some((key.sk.clone(), epoch(item)?))).collect())
    }

    /// Keeps those `lists` whose membership is there while their groups do not have them.
    async fn keep_abandoned(&self, lists: &mut BTreeMap<(String, String), String>) -> Result<(), Error> {
        let membership = |(group, epoch): &(String, String), member: &str| {
            members::key(&self.directory, group, epoch, member)
        };
        // A list is switched to after its members are written: were the groups asked first, one
        // might have switched since.
        let there = lists.iter().map(|(list, member)| membership(list, member)).collect();
        let there = self.store.read_all(there).await?;
        lists.retain(|list, member| there.contains_key(&membership(list, member)));
        let kind = ResourceType::group();
        let groups: BTreeSet<Key> = lists.keys().map(|(group, _)| self.key(&kind, group)).collect();
        let groups = self.store.read_all(groups.into_iter().collect()).await?;
        // One that cannot be read may have it.
        let has = |item: &Item, epoch: &str| {
            Stored::read(item).map_or(true, |stored| stored.epoch.as_deref() == Some(epoch))
        };
        lists.retain(|(group, epoch), _| {
            !groups.get(&self.key(&kind, group)).is_some_and(|item| has(item, epoch))
        });
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
