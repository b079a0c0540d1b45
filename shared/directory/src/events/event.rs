//! One event of the log.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A resource: its type and its id.
pub(super) type Name = (String, String);

/// What happened to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happening {
    /// It was created, a group without members.
    Created,
    /// Attributes changed, of a user other than by disabling or enabling.
    Updated,
    /// `active` of a user became false. Other attributes may have changed as well.
    Disabled,
    /// `active` of a user became true. Other attributes may have changed as well.
    Enabled,
    /// It was deleted, a group with its members. The groups that it was a member of have events of their own.
    Deleted,
    /// A credential was revoked.
    Revoked,
    /// Members of a group were added or removed.
    MembersChanged,
    /// A group has a whole new list of members, too many for events: read the group.
    MembersReplaced,
    /// The resource cannot be read: what happened is not known.
    Unreadable,
    /// Nothing: it is as a snapshot shows it.
    Snapshot,
    /// Nothing: a group has these members.
    MembersSnapshot,
    /// Changes of the directory wait for a person.
    HeldOpened,
    /// No change waits for a person any more.
    HeldClosed,
}

impl Happening {
    /// The type of an event that reports this of a resource of the type `kind`: `user.created`.
    pub(super) fn of(self, kind: &str) -> String {
        let name = match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Deleted => "deleted",
            Self::Revoked => "revoked",
            Self::MembersChanged => "members_changed",
            Self::MembersReplaced => "members_replaced",
            Self::Snapshot => "snapshot",
            Self::MembersSnapshot => "members_snapshot",
            Self::Unreadable => return "log.incomplete".to_owned(),
            Self::HeldOpened => return "held.opened".to_owned(),
            Self::HeldClosed => return "held.closed".to_owned(),
        };
        format!("{}.{name}", kind.to_lowercase())
    }
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The resource's type, such as `User`; of administration `Directory`, `Credential` or `Client`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The resource's id.
    pub id: String,
    /// How often its attributes have been changed, from 1; absent from events of members and of
    /// administration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// One event of the log. Serialized, it is what consumers get.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its id: the same whenever and however it is sent.
    pub id: String,
    /// Its position in the log of its directory, from 1 without gaps.
    pub sequence: u64,
    /// What happened, such as `user.created` or `group.members_changed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// The directory.
    pub directory: String,
    /// The credential, OAuth client or grant that made the change, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// What it is about.
    pub resource: Subject,
    /// The resource after the change; of members the ids that were `added` and `removed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// The attributes that changed, as they were before; null for one that was not there. Of a
    /// deletion the whole resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Value>,
    /// The sequence number of the previous event about this resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<u64>,
}

/// A new id of an event. It contains the time.
pub(super) fn new_id() -> String {
    format!("evt_{}", Uuid::now_v7().simple())
}

/// When the id of an event was made, in milliseconds since 1970; `None` for any other text.
pub(super) fn time_of(id: &str) -> Option<u64> {
    let (seconds, nanoseconds) = Uuid::try_parse(id.strip_prefix("evt_")?).ok()?.get_timestamp()?.to_unix();
    Some(seconds * 1000 + u64::from(nanoseconds) / 1_000_000)
}

/// The ids of an event of members.
pub(super) fn members(added: &[String], removed: &[String]) -> Value {
    json!({ "added": added, "removed": removed })
}

/// The attributes of `before` that `after` does not have, or has with another value. Those that only
/// `after` has are null.
pub(super) fn previous(before: &Map<String, Value>, after: &Map<String, Value>) -> Value {
    let changed = before.iter().filter(|(name, value)| after.get(*name) != Some(value));
    let added = after.keys().filter(|name| !before.contains_key(*name));
    let changed = changed.map(|(name, value)| (name.clone(), value.clone()));
    Value::Object(changed.chain(added.map(|name| (name.clone(), Value::Null))).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn previous_has_what_changed_as_it_was() {
        let map = |value: Value| value.as_object().unwrap().clone();
        let before = map(json!({ "userName": "ann", "title": "Cook", "active": true }));
        let after = map(json!({ "userName": "anna", "active": true, "nickName": "A" }));
        let changed = json!({ "userName": "ann", "title": "Cook", "nickName": null });
        assert_eq!(previous(&before, &after), changed);
    }

    #[test]
    fn an_id_contains_the_time() {
        let before = crate::clock::milliseconds();
        let time = time_of(&new_id()).unwrap();
        assert!((before..=crate::clock::milliseconds()).contains(&time), "{time}");
        assert_eq!(time_of("0199f0c5"), None);
    }

    #[test]
    fn a_type_names_the_resource_and_what_happened() {
        assert_eq!(Happening::MembersChanged.of("Group"), "group.members_changed");
        assert_eq!(Happening::Created.of("Device"), "device.created");
    }
}
