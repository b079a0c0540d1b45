//! Background work on a directory: what a job does, and how the table stores it.
//! `queue` holds jobs until they are done.

use table::name::MEMBER_LIST;

use crate::id::{DirectoryId, ListVersion};

/// Work on one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The directory.
    pub directory: DirectoryId,
    /// What is to be done.
    pub work: Work,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Removes a member list, unless the group uses it now.
    MemberList {
        /// The group's id.
        group: String,
        /// The version of the list.
        version: ListVersion,
    },
    /// Removes the memberships of this resource, which was deleted.
    Memberships(String),
    /// Counts a change of the members of this group, if its members' version is still this one.
    Count {
        /// The group's id.
        group: String,
        /// The version.
        version: u64,
    },
    /// Releases the events of the directory that the guard held and that are due.
    Release,
    /// The next step of a change of the directory's profile.
    ProfileChange,
    /// The next step of the directory's erasure.
    Erasure,
}

// The words before the `#` are stored: they stay as they are.
const MEMBERSHIPS: &str = "member";
const COUNT: &str = "count";
const RELEASE: &str = "release";
const PROFILE_CHANGE: &str = "profile";
const ERASURE: &str = "erase";

impl Work {
    /// As the table stores it.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::MemberList { group, version } => format!("{MEMBER_LIST}#{group}#{version}"),
            Self::Memberships(resource) => format!("{MEMBERSHIPS}#{resource}"),
            Self::Count { group, version } => format!("{COUNT}#{group}#{version}"),
            Self::Release => format!("{RELEASE}#"),
            Self::ProfileChange => format!("{PROFILE_CHANGE}#"),
            Self::Erasure => format!("{ERASURE}#"),
        }
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        match text.split_once('#')? {
            (MEMBER_LIST, list) => {
                let (group, version) = list.split_once('#')?;
                Some(Self::MemberList { group: group.to_owned(), version: version.into() })
            }
            (MEMBERSHIPS, resource) => Some(Self::Memberships(resource.to_owned())),
            (COUNT, rest) => {
                let (group, version) = rest.split_once('#')?;
                Some(Self::Count { group: group.to_owned(), version: version.parse().ok()? })
            }
            (RELEASE, _) => Some(Self::Release),
            (PROFILE_CHANGE, _) => Some(Self::ProfileChange),
            (ERASURE, _) => Some(Self::Erasure),
            _ => None,
        }
    }
}

impl Job {
    /// The job that does `work` on `directory`.
    #[must_use]
    pub fn new(directory: &DirectoryId, work: Work) -> Self {
        Self { directory: directory.clone(), work }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_stored_as_before_and_read_back() {
        // The stored form of a member list's job is tested with the list.
        for (work, stored) in [
            (Work::Memberships("x".to_owned()), "member#x"),
            (Work::Count { group: "g".to_owned(), version: 7 }, "count#g#7"),
            (Work::Release, "release#"),
            (Work::ProfileChange, "profile#"),
            (Work::Erasure, "erase#"),
        ] {
            assert_eq!(work.to_text(), stored);
            assert_eq!(Work::from_text(stored), Some(work));
        }
    }
}
