//! The member lists that groups had when this process last read or changed them.
//!
//! A membership's key contains its list, which only the group's item names. With the list that the group had
//! last time, both can be read at once. What is remembered is a guess: a caller compares it with the group.

use quick_cache::sync::Cache;

use crate::id::{DirectoryId, ListVersion};

/// How many groups are remembered.
const CAPACITY: usize = 1024;

/// The lists of the groups that one process has read: of 1,024 groups at most.
#[derive(Debug)]
pub struct RecentLists(Cache<(DirectoryId, String), RecentList>);

/// The members of a group as its item described them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecentList {
    /// The list.
    pub(crate) version: ListVersion,
    /// How often the members had changed.
    pub(crate) changes: u64,
    /// About how many members there were.
    pub(crate) size: i64,
}

impl Default for RecentLists {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl RecentLists {
    pub(crate) fn remember(&self, directory: &DirectoryId, group: &str, list: RecentList) {
        self.0.insert((directory.clone(), group.to_owned()), list);
    }

    pub(crate) fn recall(&self, directory: &DirectoryId, group: &str) -> Option<RecentList> {
        self.0.get(&(directory.clone(), group.to_owned()))
    }
}
