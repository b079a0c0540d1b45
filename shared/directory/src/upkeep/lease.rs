//! The lease of a directory: one runner at a time changes its indexes, or erases it.
//!
//! The directory's record names the runner and until when the lease is good. Taking it is one
//! conditional update. A runner that was slow may have lost it, so the lease also fences what the
//! runner does:
//!
//! - each transaction has a `check` of the lease, each change of the record the same
//!   condition (`update`). Whenever it arrives, it does nothing after another runner
//!   has taken the lease;
//! - before a batch of deletes, which cannot have a condition, the lease is renewed.
//!   For as long as the lease is good, longer than such a call takes, no other runner begins.

use table::Table;
use table::condition::{Condition, absent, equals, exists, less};
use table::item::{Item, Key};
use table::name::{PK, RUNNER, UNTIL};
use table::write::{Check, Update, Written};

use crate::clock::seconds;
use crate::error::Error;
use crate::id::{DirectoryId, resource_id};
use crate::keys;

/// How long a lease is good, in seconds. A call takes less, with all its retries.
const GOOD: i64 = 60;

/// The right to change the indexes of a directory, or to erase it.
#[derive(Debug)]
pub(crate) struct Lease<'a> {
    table: &'a Table,
    record: Key,
    runner: String,
}

/// Why a runner stops before its work has ended.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Its time is up. The next run continues.
    Later,
    /// Another runner has taken the lease, or the directory is gone.
    Lost,
    /// A call failed.
    Fault(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

impl<'a> Lease<'a> {
    /// Takes the lease of `directory`. Returns it with the directory's record, or `None` when
    /// another runner has it or there is no such directory.
    ///
    /// # Errors
    /// The table's own.
    pub(crate) async fn take(
        table: &'a Table,
        directory: &DirectoryId,
    ) -> Result<Option<(Self, Item)>, Error> {
        let now = seconds();
        let lease = Self { table, record: keys::directory(directory), runner: resource_id() };
        let take = Update::of(lease.record.clone())
            .set(RUNNER, &lease.runner)
            .set(UNTIL, now + GOOD)
            // Also its own: the answer to the first attempt may have been lost.
            .when(exists(PK).and(absent(UNTIL).or(less(UNTIL, now)).or(lease.is_held())));
        match table.write(take).await? {
            Written::Done(Some(record)) => Ok(Some((lease, record))),
            Written::Done(None) | Written::Refused(_) => Ok(None),
        }
    }

    fn is_held(&self) -> Condition {
        equals(RUNNER, &self.runner)
    }

    /// Part of a transaction: it fails when another runner has taken the lease.
    pub(crate) fn check(&self) -> Check {
        Check::of(self.record.clone()).when(self.is_held())
    }

    /// An update of the directory's record, unless another runner has taken the lease.
    pub(crate) fn update(&self) -> Update {
        Update::of(self.record.clone()).when(self.is_held())
    }

    /// The condition of [`check`](Self::check), for another write of the directory's record.
    pub(crate) fn condition(&self) -> Condition {
        self.is_held()
    }

    /// Writes an [`update`](Self::update) of the record.
    ///
    /// # Errors
    /// [`Stop::Lost`], [`Stop::Fault`].
    pub(crate) async fn write(&self, update: Update) -> Result<(), Stop> {
        if self.table.write(update).await?.is_done() { Ok(()) } else { Err(Stop::Lost) }
    }

    /// As [`update`](Self::update); it also makes the lease good for another minute.
    pub(crate) fn renewal(&self) -> Update {
        self.update().set(UNTIL, seconds() + GOOD)
    }

    /// Makes the lease good for another minute.
    ///
    /// # Errors
    /// [`Stop::Lost`], [`Stop::Fault`].
    pub(crate) async fn renew(&self) -> Result<(), Stop> {
        self.write(self.renewal()).await
    }

    /// Gives the lease back, so that the next runner does not wait for its end.
    pub(crate) async fn release(self) {
        let release = self.update().remove(RUNNER).remove(UNTIL);
        if let Err(error) = self.table.write(release).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a lease was not released");
        }
    }
}

/// Ends the lease of a process that is gone. Only for a process that has the table to itself.
///
/// # Errors
/// The table's own.
pub async fn end(table: &Table, directory: &DirectoryId) -> Result<(), Error> {
    let end = Update::of(keys::directory(directory)).remove(RUNNER).remove(UNTIL).when(exists(UNTIL));
    table.write(end).await?;
    Ok(())
}
