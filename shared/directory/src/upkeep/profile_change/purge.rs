//! Removing the entries of indexes.

use std::time::Instant;

use scim::model::resource_type::ResourceType;
use table::Table;
use table::item::Key;
use table::query::Range;
use table::transaction::{Committed, MOST_WRITES, Transaction};
use table::write::Delete;

use crate::id::{DirectoryId, WriteId};
use crate::keys;
use crate::upkeep::lease::{Lease, Stop};
use crate::value_key::SEPARATOR;

/// Entries that one transaction removes, in addition to the check of the lease.
const STEP: usize = MOST_WRITES - 1;

/// Removes the entries of `kinds`' indexes until `end`. A transaction that arrives late removes
/// nothing: another runner may have filled the indexes meanwhile.
///
/// # Errors
/// [`Stop`]; what is left is removed when it is called again.
pub(super) async fn purge(
    table: &Table,
    lease: &Lease<'_>,
    directory: &DirectoryId,
    kinds: &[ResourceType],
    end: Instant,
) -> Result<(), Stop> {
    for kind in kinds {
        for index in &kind.indexes {
            let pk = keys::index(directory, &kind.name, &index.path.to_string());
            let mut pages = table.range(&pk, Range::All);
            while let Some(page) = pages.next(i32::try_from(STEP).ok()).await? {
                let keys = page.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
                // An attribute that is unique in one profile only has entries of both forms.
                let own = keys.into_iter().filter(|key| key.sk.contains(SEPARATOR) != index.unique);
                remove(table, lease, own.collect()).await?;
                if Instant::now() >= end {
                    return Err(Stop::Later);
                }
            }
        }
    }
    Ok(())
}

async fn remove(table: &Table, lease: &Lease<'_>, keys: Vec<Key>) -> Result<(), Stop> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(lease.check());
    for key in keys {
        transaction.push(Delete::of(key));
    }
    match table.commit(&transaction).await? {
        Committed::Done(_) => Ok(()),
        Committed::Refused(_) => Err(Stop::Lost),
    }
}
