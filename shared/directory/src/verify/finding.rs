//! The kinds of inconsistencies. Ids and attributes are reported, values are not: they may be personal.

use serde::Serialize;

/// An inconsistency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What it is.
    pub what: What,
    /// The type of the resource, such as `User`.
    pub resource_type: String,
    /// The resource's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The attribute whose index is concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The other resource concerned: the owner of a value, or a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// By how many a counter is too high.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excess: Option<i64>,
    /// Whether it has been repaired.
    pub repaired: bool,
}

/// The kinds of inconsistencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum What {
    /// A resource's item that cannot be read. Not repaired.
    Unreadable,
    /// A resource has no index entry for one of its values.
    EntryMissing,
    /// The entry of a unique value belongs to another resource that has the value as well: one of the
    /// two needs another value. Not repaired.
    Duplicate,
    /// The entry of a unique value belongs to another resource that does not have the value.
    EntryOfAnother,
    /// An index entry of a resource that does not exist, or does not have the value.
    EntryStale,
    /// The key by which a user is found by name does not belong to the name.
    UserNameKey,
    /// A type's counters and the number of its resources differ.
    Counter,
    /// Memberships in a list that no group uses, and that nothing is going to remove.
    MembersAbandoned,
    /// A membership with a wrong key in the index of members.
    MemberKey,
    /// A member that does not exist, where the profile requires that members exist.
    MemberUnknown,
}

impl What {
    /// Whether it depends on which indexes the directory has.
    pub(super) fn is_of_an_index(self) -> bool {
        matches!(self, Self::EntryMissing | Self::Duplicate | Self::EntryOfAnother | Self::EntryStale)
    }
}

impl Finding {
    pub(super) fn new(what: What, resource_type: &str) -> Self {
        Self {
            what,
            resource_type: resource_type.to_owned(),
            id: None,
            attribute: None,
            other: None,
            excess: None,
            repaired: false,
        }
    }

    pub(super) fn of(self, id: &str) -> Self {
        Self { id: Some(id.to_owned()), ..self }
    }

    pub(super) fn attribute(self, attribute: &str) -> Self {
        Self { attribute: Some(attribute.to_owned()), ..self }
    }

    pub(super) fn with(self, other: &str) -> Self {
        Self { other: Some(other.to_owned()), ..self }
    }

    pub(super) fn repaired(self, repaired: bool) -> Self {
        Self { repaired, ..self }
    }
}
