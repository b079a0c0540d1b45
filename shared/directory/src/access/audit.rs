//! What sessions of the console did: one small item for each form that was sent, kept for a year.

use serde::{Deserialize, Serialize};
use table::Table;
use table::item::{Item, decode, encode, text};
use table::name::{EXPIRES, SK};
use table::query::Range;
use table::transaction::Transaction;
use table::write::Put;

use crate::access::oauth::hash::unguessable;
use crate::clock::{milliseconds, seconds};
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys;
use crate::registry::record;

/// How long an item is kept, in seconds: a year.
const KEPT: i64 = 365 * 86_400;

/// A form that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Who sent it, as the audit log names them.
    pub by: String,
    /// Its route.
    pub what: String,
    /// The id that it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What was chosen in it, such as `approve`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// The status of the response.
    pub status: u16,
}

/// An [`Action`] that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// When it was answered, in seconds since 1970.
    pub at: i64,
    /// What it was.
    pub action: Action,
}

/// Stores `action`, of a form about `directory`, or about none. Stores nothing of a directory that is being
/// erased.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn store(table: &Table, directory: Option<&DirectoryId>, action: &Action) -> Result<(), Error> {
    // Not the form of an id: an erasure looks for what belongs to the ids of credentials.
    let name = format!("{:013}.{}", milliseconds(), unguessable::<4>()?);
    let put = Put::of(keys::audit(directory, &name)).with(encode(action)?).set(EXPIRES, seconds() + KEPT);
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(put);
    if let Some(directory) = directory {
        transaction.push(record::check_not_erasing(directory));
    }
    table.commit(&transaction).await?;
    Ok(())
}

/// Up to `limit` actions, the newest first: about `directory`, or about none. With `before`, those that
/// follow the action with this name. Returns the name to continue with, if there are more.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn list(
    table: &Table,
    directory: Option<&DirectoryId>,
    before: Option<&str>,
    limit: u16,
) -> Result<(Vec<Audited>, Option<String>), Error> {
    let mut pages =
        table.range(&keys::console(directory), Range::BeginsWith(keys::AUDIT.to_owned())).backwards();
    if let Some(before) = before {
        pages = pages.after(&keys::audit(directory, before));
    }
    let page = pages.next(Some(i32::from(limit))).await?.unwrap_or_default();
    let last = page.last().filter(|_| pages.has_more()).and_then(name).map(str::to_owned);
    let now = seconds();
    let found = page.into_iter().filter_map(Audited::read).filter(|one| now < one.at.saturating_add(KEPT));
    Ok((found.collect(), last))
}

impl Audited {
    /// Reads an item; `None` for one of another version of Rollcall.
    fn read(item: Item) -> Option<Self> {
        let at: i64 = name(&item)?.split('.').next()?.parse().ok()?;
        Some(Self { at: at / 1000, action: decode(item).ok()? })
    }
}

/// What the key of an item ends with: its time, and random digits.
fn name(item: &Item) -> Option<&str> {
    text(item, SK).ok()?.strip_prefix(keys::AUDIT)
}
