//! What the logs of several directories say in short, in one read.

use table::Table;

use super::guard::Counts;
use super::hours::Hours;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// What the log of a directory says in short.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Brief {
    /// How many changes of resources came in each of the last hours, and ever.
    pub hours: Hours,
    /// How many changes are held until a person decides.
    pub held: u64,
}

/// The briefs of `directories`, in the same order. Costs two reads for each, in calls of 100.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn briefs(table: &Table, directories: &[DirectoryId]) -> Result<Vec<Brief>, Error> {
    let keys = directories.iter().flat_map(|id| [keys::log_head(id), keys::guard(id)]);
    let found = table.get_many(keys.collect()).await?;
    let brief = |id: &DirectoryId| {
        let head = found.get(&keys::log_head(id));
        let counts = found.get(&keys::guard(id)).map(Counts::read).transpose()?;
        // Others go to the log by themselves, after a moment.
        let held = counts.filter(|counts| counts.opened.is_some()).map_or(0, |counts| counts.waiting);
        Ok::<_, Error>(Brief { hours: head.map(Hours::read).unwrap_or_default(), held })
    };
    directories.iter().map(brief).collect()
}
