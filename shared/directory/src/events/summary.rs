//! Events without the values of attributes, read from the end of the log: what people look at first.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use table::Table;
use table::item::{Item, decode, optional_number, text};
use table::name::{EVENT, EVENT_TYPE, EXPIRES, SK};
use table::query::Range;

use super::event::{Subject, time_of};
use super::mark::ResourceMark;
use crate::clock::seconds;
use crate::error::Error;
use crate::id::{DirectoryId, is_resource_id};
use crate::keys;

/// An event without the values of attributes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Summary {
    id: String,
    /// Its position in the log of its directory.
    pub sequence: u64,
    /// What happened, such as `user.created`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// The credential, OAuth client or grant that made the change, where it is known.
    pub actor: Option<String>,
    /// What it is about.
    pub resource: Subject,
    data: Option<Members>,
    previous: Option<BTreeMap<String, IgnoredAny>>,
    /// The sequence number of the previous event about this resource.
    pub prior: Option<u64>,
}

/// The ids of members in an event of members. In other events there may be attributes with these names.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Members {
    added: Option<Value>,
    removed: Option<Value>,
}

impl Summary {
    fn read(item: &Item) -> Result<Self, Error> {
        serde_json::from_str(text(item, EVENT)?).map_err(|_| Error::corrupt(EVENT))
    }

    /// When it was appended to the log, in milliseconds since 1970: usually a second after the change.
    #[must_use]
    pub fn appended(&self) -> Option<u64> {
        time_of(&self.id)
    }

    /// The names of the attributes that changed. None of a creation, and all of a deletion.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.previous.iter().flat_map(BTreeMap::keys).map(String::as_str)
    }

    /// How many members were added and removed; `None` when it is not an event of members.
    #[must_use]
    pub fn members(&self) -> Option<(usize, usize)> {
        let data = self.data.as_ref().filter(|_| self.kind.ends_with(".members_changed"))?;
        let count = |ids: &Option<Value>| ids.as_ref()?.as_array().map(Vec::len);
        Some((count(&data.added)?, count(&data.removed)?))
    }
}

/// Some events, the newest first.
#[derive(Debug, Default)]
pub struct Older {
    /// The events.
    pub events: Vec<Summary>,
    /// What the next call passes as `before`, if there may be more.
    pub next: Option<u64>,
}

/// Reads up to `limit` events of `directory` with sequence numbers below `before`, or the newest ones. Returns
/// those of the types that `wants` accepts. It may read fewer, and then there are more.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn older(
    table: &Table,
    directory: &DirectoryId,
    before: Option<u64>,
    limit: u16,
    wants: impl Fn(&str) -> bool,
) -> Result<Older, Error> {
    let last = before.map(|before| keys::event(directory, before.saturating_sub(1)).sk);
    // Sequence numbers are digits, and the head sorts after them.
    let range = Range::Between(keys::event(directory, 0).sk, last.unwrap_or_else(|| ":".to_owned()));
    let mut pages = table.range(&keys::log(directory), range).backwards();
    let page = pages.next(Some(i32::from(limit))).await?.unwrap_or_default();
    let (mut older, now) = (Older::default(), seconds());
    for item in &page {
        if !is_kept(item, now) {
            // Nor are those before it.
            return Ok(Older { next: None, ..older });
        }
        older.next = Some(sequence(item)?).filter(|sequence| *sequence > 1);
        if wants(text(item, EVENT_TYPE)?) {
            older.events.push(Summary::read(item)?);
        }
    }
    if !pages.has_more() {
        older.next = None;
    }
    Ok(older)
}

/// The event `sequence` of `directory`; `None` if it is not kept any more.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn one(table: &Table, directory: &DirectoryId, sequence: u64) -> Result<Option<Summary>, Error> {
    let item = table.get(&keys::event(directory, sequence)).await?;
    let now = seconds();
    item.filter(|item| is_kept(item, now)).as_ref().map(Summary::read).transpose()
}

/// The sequence number of the last event about the resource `id` of the type `kind`; `None` if the log does not
/// know it.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn last_about(
    table: &Table,
    directory: &DirectoryId,
    kind: &str,
    id: &str,
) -> Result<Option<u64>, Error> {
    // An id that Rollcall did not issue may not fit into a key.
    if !is_resource_id(id) {
        return Ok(None);
    }
    let mark = table.get(&keys::mark(directory, kind, id)).await?;
    let mark = mark.map(decode::<ResourceMark>).transpose()?;
    Ok(mark.map(|mark| mark.sequence).filter(|sequence| *sequence > 0))
}

/// DynamoDB deletes expired events within some days and in any order. Until then they count as deleted,
/// so that there is no gap between those that are kept: no event expires before an older one
/// ([`retention`](super::retention)).
pub(super) fn is_kept(item: &Item, now: i64) -> bool {
    optional_number(item, EXPIRES).is_none_or(|expires: i64| now < expires)
}

/// The sequence number of the event in `item`.
pub(super) fn sequence(item: &Item) -> Result<u64, Error> {
    text(item, SK)?.parse().map_err(|_| Error::corrupt(EVENT))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_summary_has_names_of_attributes_and_no_values() {
        let read = |more: Value| {
            let mut event = json!({ "id": "evt_0190c0de000070008000000000000000", "sequence": 7, "type": "user.updated",
                "time": "2027-01-31T09:30:00.000Z", "directory": "acme", "resource": { "type": "User", "id": "u1" } });
            event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_value::<Summary>(event).unwrap()
        };
        let data = json!({ "title": "canary", "added": "canary" });
        let changed =
            read(json!({ "data": data, "previous": { "title": "canary", "nickName": null }, "prior": 3 }));
        assert_eq!(changed.attributes().collect::<Vec<_>>(), ["nickName", "title"]);
        assert_eq!((changed.prior, changed.members()), (Some(3), None));
        assert_eq!(changed.appended(), Some(0x0190_c0de_0000));
        let members =
            read(json!({ "type": "group.members_changed", "data": { "added": ["a", "b"], "removed": [] } }));
        assert_eq!((members.members(), members.attributes().count()), (Some((2, 0)), 0));
        let erased = read(json!({ "type": "user.deleted", "erased": true }));
        assert_eq!((erased.attributes().count(), erased.members()), (0, None));
    }
}
