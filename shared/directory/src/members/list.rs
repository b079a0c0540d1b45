//! Writing memberships.

use scim::model::member::Member;

use super::{key, membership};
use crate::error::Error;
use crate::registry::job::{Job, Work};
use crate::registry::queue;
use crate::tenant::Tenant;
use crate::time::seconds;

/// How long a write of a new member list may take, in seconds, before it counts as interrupted.
const ABANDONED: i64 = 900;

impl Tenant {
    /// Queues the removal of what is written under `epoch`, in case that the group never comes to
    /// use it.
    pub(crate) async fn intend(&self, group: &str, epoch: &str) -> Result<(), Error> {
        let work = Work::MemberList { group: group.to_owned(), version: epoch.to_owned() };
        queue::enqueue(self.table(), &Job::new(&self.directory, work), seconds() + ABANDONED).await
    }

    /// Writes the memberships of `members` under `epoch`.
    pub(crate) async fn put_members<'a>(
        &self,
        group: &str,
        epoch: &str,
        members: impl IntoIterator<Item = &'a Member>,
    ) -> Result<(), Error> {
        let puts = members.into_iter().map(|m| membership(&self.directory, group, epoch, m)).collect();
        self.store.write_many(puts, Vec::new()).await
    }

    /// Removes what [`put_members`](Self::put_members) wrote under an epoch that nobody
    /// reads. What fails here is swept later.
    pub(crate) async fn abandon_members<'a>(
        &self,
        group: &str,
        epoch: &str,
        members: impl IntoIterator<Item = &'a Member>,
    ) {
        let deletes = members.into_iter().map(|m| key(&self.directory, group, epoch, &m.value)).collect();
        if let Err(error) = self.store.write_many(Vec::new(), deletes).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "an abandoned member list is left to the sweep"
            );
        }
    }
}
