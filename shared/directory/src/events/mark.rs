//! What the log says of a resource or of a membership, and up to which record of the stream.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use table::item::{Item, Key, optional_number};
use table::name::REVISION;

use super::position::Position;
use crate::id::ListVersion;
use crate::members::list::MemberList;

/// The revisions of the log that had written marks, as they were read.
pub(super) type Revisions = HashMap<Key, u64>;

/// The revision of the log that had written the mark `item`.
pub(super) fn revision(item: &Item) -> u64 {
    optional_number(item, REVISION).unwrap_or(0)
}

/// What the log says of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ResourceMark {
    /// The last record of the stream that the log covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<Position>,
    /// The sequence number of the last event about it.
    pub(super) sequence: u64,
    /// Its version in the last event. A resource whose creation was logged from its item, before the
    /// record of it came, is ahead of the records.
    pub(super) version: u64,
    /// Whether it was deleted.
    #[serde(default, rename = "deleted")]
    pub(super) is_deleted: bool,
    /// Whether a change of it is held: the log does not say it yet.
    #[serde(default, rename = "held", skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_held: bool,
    /// What the log says of a group's members.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) view: Option<View>,
}

impl ResourceMark {
    /// Whether the log has yet to compare `list`, which the group has or had, with what it says.
    pub(super) fn calls_for(&self, list: &MemberList) -> bool {
        !self.is_deleted && !self.view.as_ref().is_some_and(|view| view.has_taken_in(&list.version))
    }
}

/// What the log says of a group's members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct View {
    /// The member list that the log follows. Marks of members are kept under it.
    #[serde(rename = "epoch")]
    pub(super) list: ListVersion,
    /// About how many members it has.
    pub(super) size: i64,
    /// How often the group's members had changed when the log was last appended.
    #[serde(rename = "membersVersion")]
    pub(super) version: u64,
    /// The comparison of a whole new list with the one before, while it goes on.
    #[serde(default, flatten, skip_serializing_if = "Option::is_none")]
    pub(super) comparison: Option<Comparison>,
}

impl View {
    /// The list in which the log has the members after `member`, and the last member for which that is so.
    /// Members that were not compared yet are in the list before, if there is one.
    pub(super) fn list_after(&self, member: &str) -> Option<(&ListVersion, Option<&str>)> {
        match &self.comparison {
            None => Some((&self.list, None)),
            Some(comparison) if member < &*comparison.after => Some((&self.list, Some(&comparison.after))),
            Some(comparison) => comparison.previous.as_ref().map(|previous| (previous, None)),
        }
    }

    /// Whether the log has taken in `list`, or one that the group got after it.
    pub(super) fn has_taken_in(&self, list: &ListVersion) -> bool {
        match list.cmp(&self.list) {
            Ordering::Less => true,
            Ordering::Equal => self.comparison.is_none(),
            Ordering::Greater => false,
        }
    }

    /// Whether the log has members in `list`.
    pub(super) fn uses(&self, list: &ListVersion) -> bool {
        let previous = self.comparison.as_ref().and_then(|comparison| comparison.previous.as_ref());
        self.list == *list || previous == Some(list)
    }
}

/// How far a whole new list has been compared with the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Comparison {
    /// The list before; none for a new group.
    #[serde(rename = "previousList", default, skip_serializing_if = "Option::is_none")]
    pub(super) previous: Option<ListVersion>,
    /// The last member that was compared, at first an empty text.
    #[serde(rename = "compared")] // `name::COMPARED`
    pub(super) after: String,
    /// Whether the difference is not reported, because the list before was too large.
    #[serde(rename = "silent")]
    pub(super) is_silent: bool,
}

/// What the log says of a membership.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MemberMark {
    /// The last record of the stream that the log covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<Position>,
    /// Whether the log says that it is a member.
    #[serde(rename = "present")]
    pub(super) is_present: bool,
    /// The sequence number of the event that says so.
    pub(super) sequence: u64,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use table::item::{decode, encode};
    use table::name::COMPARED;

    use super::*;

    #[test]
    fn a_mark_is_read_back() {
        let mut mark = ResourceMark {
            at: Some(Position::new("s", "1")),
            sequence: 7,
            version: 3,
            ..ResourceMark::default()
        };
        assert_eq!(decode::<ResourceMark>(encode(&mark).unwrap()).unwrap(), mark);
        let view = View { list: "v1".into(), size: 2, version: 5, comparison: None };
        mark.view = Some(view.clone());
        assert_eq!(decode::<ResourceMark>(encode(&mark).unwrap()).unwrap(), mark);
        let comparison = Comparison { previous: None, after: String::new(), is_silent: false };
        mark.view = Some(View { comparison: Some(comparison), ..view });
        let item = encode(&mark).unwrap();
        assert!(item.contains_key(COMPARED), "removals of lists look at it");
        assert_eq!(decode::<ResourceMark>(item).unwrap(), mark);
        let mark = MemberMark { at: None, is_present: true, sequence: 2 };
        assert_eq!(decode::<MemberMark>(encode(&mark).unwrap()).unwrap(), mark);
    }
}
