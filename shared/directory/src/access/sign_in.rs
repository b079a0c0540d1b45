//! Attempts to sign in to the console: how many an origin made within a period.

use table::Table;
use table::item::number;
use table::name::{EXPIRES, N};
use table::write::{Delete, Update, Written};

use crate::clock::seconds;
use crate::error::Error;
use crate::keys;

/// How long attempts count, in seconds.
pub const PERIOD: i64 = 600;

/// Counts an attempt from `origin`, a text that stands for where requests come from. Returns how many
/// there were in this period.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn count(table: &Table, origin: &str) -> Result<u64, Error> {
    let period = seconds() / PERIOD;
    let update = Update::of(keys::attempts(origin, period)).add(N, 1).set(EXPIRES, (period + 2) * PERIOD);
    match table.write(update).await? {
        Written::Done(Some(item)) => Ok(number(&item, N)?),
        Written::Done(None) | Written::Refused(_) => Err(Error::corrupt(N)),
    }
}

/// Forgets the attempts from `origin`, who has signed in.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn forget(table: &Table, origin: &str) -> Result<(), Error> {
    table.write(Delete::of(keys::attempts(origin, seconds() / PERIOD))).await?;
    Ok(())
}
