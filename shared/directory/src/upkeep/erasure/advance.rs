//! The next part of an erasure.

use std::time::Instant;

use scim::profile::Profiles;
use table::Table;
use table::item::Item;
use table::name::RECEIPT;
use table::transaction::{Committed, Transaction};
use table::write::Delete;

use super::receipt::{self, ReceiptId};
use super::removal::Removal;
use super::state::Erasure;
use crate::clock::now;
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys;
use crate::tenant::Tenant;
use crate::upkeep::lease::{Lease, Stop};
use crate::upkeep::slice::Slice;
use crate::upkeep::sweep::sweeper;

/// Continues an erasure for a slice of time. Returns whether it has ended.
///
/// # Errors
/// The table's own.
pub async fn advance(
    table: &Table,
    directory: &DirectoryId,
    profiles: &Profiles,
    slice: Slice,
) -> Result<bool, Error> {
    let end = Instant::now() + slice.time;
    let Some(record) = table.get(&keys::directory(directory)).await? else { return Ok(true) };
    let Some(erasure) = Erasure::read(&record)? else { return Ok(true) };
    if !slice.is_settled(erasure.since) {
        return Ok(false);
    }
    let Some((lease, record)) = Lease::take(table, directory).await? else { return Ok(false) };
    let ended = remove(table, &lease, directory, profiles, &record, end).await;
    if !matches!(ended, Ok(true)) {
        lease.release().await;
    }
    ended
}

async fn remove(
    table: &Table,
    lease: &Lease<'_>,
    directory: &DirectoryId,
    profiles: &Profiles,
    record: &Item,
    end: Instant,
) -> Result<bool, Error> {
    let Some(erasure) = Erasure::read(record)? else { return Ok(true) };
    let tenant = Tenant::new(table.clone(), directory.clone(), sweeper()?);
    let mut removal = Removal::new(tenant, lease, end);
    let removed = removal.everything(profiles, record).await;
    let id = ReceiptId::new(directory, &erasure.receipt);
    let mut receipt = receipt::read(table, &id).await?.ok_or_else(|| Error::corrupt(RECEIPT))?;
    receipt.count(removal.counts);
    // What was removed is counted, also when something failed on the way.
    match removed {
        Ok(()) => {}
        Err(Stop::Lost) => return Ok(false),
        Err(Stop::Later) => {
            table.write(receipt.put()?).await?;
            return Ok(false);
        }
        Err(Stop::Fault(error)) => {
            table.write(receipt.put()?).await?;
            return Err(error);
        }
    }
    receipt.done = Some(now());
    let mut last = Transaction::new(WriteId::new().token());
    last.push(Delete::of(keys::directory(directory)).when(lease.condition()));
    last.push(Delete::of(keys::registration(directory)));
    last.push(receipt.put()?);
    // Refused: another run has taken the lease.
    Ok(matches!(table.commit(&last).await?, Committed::Done(_)))
}
