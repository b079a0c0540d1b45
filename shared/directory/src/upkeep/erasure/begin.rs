//! The beginning of an erasure.

use table::Table;
use table::condition::{absent, differs, exists};
use table::name::{ERASING_SINCE, PK, RECEIPT, STATE};
use table::transaction::{Committed, Transaction};
use table::write::Update;

use super::receipt::{self, Receipt, ReceiptId};
use super::state::Erasure;
use crate::clock::{now, seconds};
use crate::error::Error;
use crate::id::{DirectoryId, WriteId, resource_id};
use crate::keys;
use crate::registry::job::{Job, Work};
use crate::registry::queue;
use crate::registry::state::State;
use crate::upkeep::slice::SETTLE;

/// Begins to erase `directory`. When that has begun before, the receipt is the same.
/// [`advance`](super::advance) does the work.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory; the table's own.
pub async fn begin(table: &Table, directory: &DirectoryId) -> Result<Receipt, Error> {
    let key = keys::directory(directory);
    let record = table.get(&key).await?.ok_or(Error::NotFound)?;
    // The job comes before the change. A job that finds nothing ends, but an erasure without a
    // job would never end.
    queue::enqueue(table, &Job::new(directory, Work::Erasure), seconds() + SETTLE).await?;
    if let Some(begun) = Erasure::read(&record)? {
        let id = ReceiptId::new(directory, &begun.receipt);
        return receipt::read(table, &id).await?.ok_or_else(|| Error::corrupt(RECEIPT));
    }
    let receipt = Receipt::new(ReceiptId::new(directory, &resource_id()), now());
    let begin = Update::of(key)
        .set(STATE, State::Erasing.name())
        .set(ERASING_SINCE, seconds())
        .set(RECEIPT, receipt.id.number())
        .when(exists(PK).and(absent(STATE).or(differs(STATE, State::Erasing.name()))));
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(begin);
    transaction.push(receipt.put()?);
    match table.commit(&transaction).await? {
        Committed::Done(_) => Ok(receipt),
        // Another request began a moment earlier, or the directory does not exist any more.
        Committed::Refused(_) => Err(Error::Busy),
    }
}
