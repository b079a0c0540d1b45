//! The list of all directories: an entry for each, written with its record.

use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys::{self, Item, text};
use crate::registry::record::DirectoryRecord;
use crate::store::{Change, Store};
use table::name;

impl Store {
    /// The directories in the order of their ids, at most `count` of those behind `after`; and
    /// whether there may be more.
    ///
    /// # Errors
    /// The table's own.
    pub async fn directories(
        &self,
        after: Option<&DirectoryId>,
        count: u16,
    ) -> Result<(Vec<DirectoryRecord>, bool), Error> {
        let mut pages = self.range(keys::DIRECTORIES, None);
        if let Some(after) = after {
            pages = pages.after(&keys::registration(after));
        }
        let entries = pages.next(Some(i32::from(count.clamp(1, 1000)))).await?.unwrap_or_default();
        let id = |entry: &Item| text(entry, name::SK)?.parse().map_err(|_| Error::corrupt(name::SK));
        let ids: Vec<DirectoryId> = entries.iter().map(id).collect::<Result<_, Error>>()?;
        let found = self.read_all(ids.iter().map(keys::directory).collect()).await?;
        let record = |id: &DirectoryId| Some(DirectoryRecord::read(id, found.get(&keys::directory(id))?));
        Ok((ids.iter().filter_map(record).collect::<Result<_, _>>()?, pages.has_more()))
    }

    /// Puts `directory` into the list, where one that is older than the list is not.
    ///
    /// # Errors
    /// The table's own.
    pub async fn register(&self, directory: &DirectoryId) -> Result<(), Error> {
        let entry = Change::put(keys::registration(directory), Item::new());
        self.write(&[entry], &WriteId::new().token()).await.map(drop)
    }
}
