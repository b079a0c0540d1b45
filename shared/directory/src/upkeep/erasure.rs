//! A directory is erased, with everything in it, behind the answer.
//!
//! 1. The record says so, and a receipt is written in the same transaction. No request is
//!    admitted from then on; those admitted before, by a record that is believed for a while,
//!    have ended a [minute](crate::upkeep::profile_change::SETTLE) later.
//! 2. A pending sweep carries the work on, some seconds at a time: lists of members, resources
//!    with all memberships that the index of members knows, index entries, counters, page
//!    anchors, pending sweeps, credentials and whatever else is in the directory's partition.
//!    Each run removes what it finds: one that is cut off goes on where it was.
//! 3. The record and its entry in the registry go last, in the transaction that completes the
//!    receipt. It says when, and how many of what, and holds no personal data.
//!
//! Two runs may overlap. When one of them ends it, a new directory may be made under the same
//! id: the other one asks the record before it removes anything more.

mod receipt;
mod remove;

use std::time::{Duration, Instant};

use scim::profile::Profiles;

pub use self::receipt::{Receipt, ReceiptId, Receipts};
use self::remove::{End, Removal};
use crate::error::Error;
use crate::id::{DirectoryId, WriteId, resource_id};
use crate::keys::{self, Item, n, optional_number, optional_text, s, text};
use crate::registry::job::{self, Job, Work};
use crate::registry::state::State;
use crate::store::{Change, Store, Written};
use crate::tenant::Tenant;
use crate::time::{now, seconds};
use crate::upkeep::sweep::sweeper;
use table::name::{self, STATE};

/// How long one run works.
const RUN: Duration = Duration::from_secs(20);

/// Since when it is being erased, in seconds since 1970.
const SINCE: &str = "erasingSince";
/// The receipt's id.
const RECEIPT: &str = "receipt";

/// An erasure that is under way, as the record tells of it.
struct Erasure {
    since: i64,
    receipt: String,
}

impl Erasure {
    fn read(record: &Item) -> Result<Option<Self>, Error> {
        if optional_text(record, STATE) != Some(State::Erasing.name()) {
            return Ok(None);
        }
        let since = optional_number(record, SINCE).ok_or_else(|| Error::corrupt(SINCE))?;
        Ok(Some(Self { since, receipt: text(record, RECEIPT)?.to_owned() }))
    }
}

impl Store {
    /// Begins to erase `directory`, or goes on: the same receipt is told again.
    /// [`advance_erasure`](Self::advance_erasure) does it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none; the table's own.
    pub async fn erase_directory(&self, directory: &DirectoryId) -> Result<Receipt, Error> {
        let key = keys::directory(directory);
        let record = self.read(&key).await?.ok_or(Error::NotFound)?;
        // Before the change: a sweep that finds nothing ends, and an erasure without one would not.
        job::enqueue(self, &Job::new(directory, Work::Erasure), seconds()).await?;
        if let Some(begun) = Erasure::read(&record)? {
            let receipt = ReceiptId::new(directory, &begun.receipt);
            return self.receipt(&receipt).await?.ok_or_else(|| Error::corrupt(RECEIPT));
        }
        let receipt = Receipt::new(ReceiptId::new(directory, &resource_id()), now());
        let begin = Change::update(key, "SET #state = :erasing, #since = :now, #receipt = :receipt")
            .only_if("attribute_exists(#pk) AND (attribute_not_exists(#state) OR #state <> :erasing)")
            .name("#pk", name::PK)
            .name("#state", STATE)
            .name("#since", SINCE)
            .name("#receipt", RECEIPT)
            .value(":erasing", s(State::Erasing.name()))
            .value(":now", n(seconds()))
            .value(":receipt", s(receipt.id.number()));
        match self.write(&[begin, receipt.put()?], &WriteId::new().token()).await? {
            Written::Done(_) => Ok(receipt),
            // Another was a moment earlier, or it is gone by now.
            Written::Refused(_) => Err(Error::Busy),
        }
    }

    /// Carries an erasure on for about 20 seconds. `settle` is how long requests may run that
    /// were admitted before, in seconds. Returns whether it has ended.
    ///
    /// # Errors
    /// The table's own.
    pub async fn advance_erasure(
        &self,
        directory: &DirectoryId,
        profiles: &Profiles,
        settle: i64,
    ) -> Result<bool, Error> {
        let key = keys::directory(directory);
        let Some(record) = self.read(&key).await? else { return Ok(true) };
        let Some(erasure) = Erasure::read(&record)? else { return Ok(true) };
        if seconds() < erasure.since.saturating_add(settle) {
            return Ok(false);
        }
        let scope = Tenant::new(self.clone(), directory.clone(), sweeper()?);
        let mut removal = Removal::new(scope, &erasure.receipt, Instant::now() + RUN);
        let ended = removal.everything(profiles, &record).await;
        let id = ReceiptId::new(directory, &erasure.receipt);
        let mut receipt = self.receipt(&id).await?.ok_or_else(|| Error::corrupt(RECEIPT))?;
        receipt.count(removal.counts);
        // What was removed is counted, also when something failed on the way.
        match ended {
            Ok(End::Reached) => {}
            // Another run has ended it; what is there now is another directory's.
            Ok(End::Overtaken) => return Ok(true),
            Ok(End::Later) => {
                self.write(&[receipt.put()?], &WriteId::new().token()).await?;
                return Ok(false);
            }
            Err(error) => {
                self.write(&[receipt.put()?], &WriteId::new().token()).await?;
                return Err(error);
            }
        }
        receipt.done = Some(now());
        let registered = keys::registration(directory);
        let record = Change::delete(key)
            .only_if("#state = :erasing AND #receipt = :receipt")
            .name("#state", STATE)
            .name("#receipt", RECEIPT)
            .value(":erasing", s(State::Erasing.name()))
            .value(":receipt", s(&*erasure.receipt));
        let last = [record, Change::delete(registered), receipt.put()?];
        // Refused: another run has ended it.
        self.write(&last, &WriteId::new().token()).await?;
        Ok(true)
    }

    /// Whether `directory` is gone, or about to be.
    pub(crate) async fn is_erased(&self, directory: &DirectoryId) -> Result<bool, Error> {
        let record = self.read(&keys::directory(directory)).await?;
        record.map_or(Ok(true), |record| Ok(Erasure::read(&record)?.is_some()))
    }
}
