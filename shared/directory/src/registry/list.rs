//! The list of all directories: one entry for each, written together with its record.

use table::Table;
use table::item::{Item, text};
use table::name;
use table::query::Range;
use table::write::Put;

use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::registry::record::DirectoryRecord;

/// At most `count` directories with ids after `after` that begin with `prefix`, in the order of their ids; and
/// whether there may be more.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn page(
    table: &Table,
    prefix: &str,
    after: Option<&DirectoryId>,
    count: u16,
) -> Result<(Vec<DirectoryRecord>, bool), Error> {
    // DynamoDB refuses an empty prefix, and a start outside of the range.
    let range = if prefix.is_empty() { Range::All } else { Range::BeginsWith(prefix.to_owned()) };
    let mut pages = table.range(keys::DIRECTORIES, range);
    if let Some(after) = after.filter(|after| after.to_string().starts_with(prefix)) {
        pages = pages.after(&keys::registration(after));
    }
    let entries = pages.next(Some(i32::from(count.clamp(1, 1000)))).await?.unwrap_or_default();
    let id = |entry: &Item| text(entry, name::SK)?.parse().map_err(|_| Error::corrupt(name::SK));
    let ids: Vec<DirectoryId> = entries.iter().map(id).collect::<Result<_, Error>>()?;
    let found = table.get_many(ids.iter().map(keys::directory).collect()).await?;
    let records = ids.iter().filter_map(|id| found.get(&keys::directory(id)));
    Ok((records.map(DirectoryRecord::from_item).collect::<Result<_, _>>()?, pages.has_more()))
}

/// Adds the directory `id` to the list: directories that were created before there was a list are not
/// in it.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn register(table: &Table, id: &DirectoryId) -> Result<(), Error> {
    table.write(Put::of(keys::registration(id))).await?;
    Ok(())
}
