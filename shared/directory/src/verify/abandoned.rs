//! Memberships of lists that no group has. A deleted group and a replaced list leave them for
//! the sweep, which the table's stream calls for a little later: only what nothing is going to
//! remove disagrees.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use scim::model::resource_type::ResourceType;

use super::Step;
use super::finding::{Finding, What};
use crate::error::Error;
use crate::members;
use crate::resource::Stored;
use crate::scope::Scope;
use crate::sweep::{Sweep, Work};
use crate::table::item::{self, SWEEP_SHARDS, text};
use crate::table::name;
use crate::time::seconds;

/// Lists under suspicion: group and epoch, each with one of its members.
#[derive(Debug, Default)]
pub(super) struct Abandoned(BTreeMap<(String, String), String>);

impl Abandoned {
    pub(super) fn note(&mut self, group: &str, epoch: &str, member: &str) {
        self.0.insert((group.to_owned(), epoch.to_owned()), member.to_owned());
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
            let mut left = BTreeMap::new();
            for ((group, epoch), member) in std::mem::take(&mut self.abandoned.0) {
                let work = Work::Epoch { group: group.clone(), epoch: epoch.clone() };
                if !pending.contains(&work.to_text()) && scope.is_abandoned(&group, &epoch, &member).await? {
                    left.insert((group, epoch), member);
                }
            }
            self.abandoned.0 = left;
            if self.abandoned.0.is_empty() || begun.elapsed() >= self.options.patience {
                break;
            }
            tokio::time::sleep(self.options.patience / 8).await;
        }
        for ((group, epoch), member) in std::mem::take(&mut self.abandoned.0) {
            if self.options.repair {
                let work = Work::Epoch { group: group.clone(), epoch };
                let sweep = Sweep { directory: scope.directory.clone(), work };
                scope.store.sweep(&sweep, seconds()).await?;
            }
            let finding = Finding::new(What::MembersAbandoned, "Group").of(&group).with(&member);
            self.findings.push(finding.repaired(self.options.repair));
        }
        Ok(())
    }
}

impl Scope {
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

    /// Whether the membership is there in a list that its group does not have.
    async fn is_abandoned(&self, group: &str, epoch: &str, member: &str) -> Result<bool, Error> {
        let kind = ResourceType::group();
        // A list is switched to after its members are written: were the group asked first, it
        // might have switched since.
        if self.store.read(&members::key(&self.directory, group, epoch, member)).await?.is_none() {
            return Ok(false);
        }
        match self.store.read(&self.key(&kind, group)).await? {
            None => Ok(true),
            // One that cannot be read may have it.
            Some(item) => Ok(Stored::read(&item).is_ok_and(|stored| stored.epoch.as_deref() != Some(epoch))),
        }
    }

    /// What pending sweeps of this directory are about.
    async fn pending(&self) -> Result<BTreeSet<String>, Error> {
        let directory = self.directory.to_string();
        let mut works = BTreeSet::new();
        for shard in 0..SWEEP_SHARDS {
            for pending in self.store.range(&item::sweeps(shard), None).all().await? {
                if text(&pending, name::DIRECTORY)? == directory {
                    works.insert(text(&pending, name::WORK)?.to_owned());
                }
            }
        }
        Ok(works)
    }
}
