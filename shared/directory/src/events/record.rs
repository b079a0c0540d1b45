//! What a record of the table's stream says.

use scim::model::resource_type::ResourceType;
use serde::de::IgnoredAny;
use table::item::{Item, Key, optional_text};
use table::name::DOC;

use super::administration::Administration;
use super::content::{body, is_active};
use super::position::Position;
use crate::clock;
use crate::id::DirectoryId;
use crate::members::list::MemberList;

/// A record of the table's stream.
#[derive(Debug, Clone)]
pub struct Record {
    keys: Item,
    old: Item,
    new: Item,
    at: Position,
    time: String,
}

/// What a record says of one directory.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) what: What,
    /// Where the record is in the stream.
    pub(super) at: Position,
    /// When it was written there, RFC 3339.
    pub(super) time: String,
}

/// What has changed.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// A resource.
    Resource {
        /// Its type's name.
        kind: String,
        id: String,
        /// Its items before and after the change.
        old: Option<Item>,
        new: Option<Item>,
    },
    /// A resource: the record cannot be read.
    Unreadable { kind: String, id: String },
    /// Something of the administration.
    Administration(Administration),
    /// A membership came to be, or was removed.
    Membership { list: MemberList, member: String, is_present: bool },
}

impl What {
    /// Whether it disables or deletes a user.
    pub(super) fn ends_user(&self) -> bool {
        let Self::Resource { kind, id, old, new } = self else { return false };
        let name = (kind.clone(), id.clone());
        let is_active = |item: &Option<Item>| {
            item.as_ref().and_then(|item| body(&name, item)).is_some_and(|body| is_active(&body))
        };
        *kind == ResourceType::user().name && (new.is_none() || (is_active(old) && !is_active(new)))
    }
}

impl Record {
    /// The record `number` of `stream`, an ARN: `old` is the item before the change, and `new` the item
    /// after it; empty if the item did not or does not exist. `time` is when it was written, in
    /// milliseconds since 1970.
    #[must_use]
    pub fn new(stream: &str, number: &str, time: i64, old: Item, new: Item) -> Self {
        Self { keys: Item::new(), old, new, at: Position::new(stream, number), time: clock::at(time) }
    }

    /// With the key of the item, which a record without readable images has, too.
    #[must_use]
    pub fn with_keys(self, keys: Item) -> Self {
        Self { keys, ..self }
    }

    /// Whether the item can be read; if not, its event is `log.incomplete`.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        let is_json = |item: &Item| {
            optional_text(item, DOC).is_none_or(|doc| serde_json::from_str::<IgnoredAny>(doc).is_ok())
        };
        let has_image = !self.old.is_empty() || !self.new.is_empty();
        has_image && is_json(&self.old) && is_json(&self.new)
    }

    /// The directory and the fact; `None` when it is about nothing that has events.
    pub(super) fn read(self) -> Option<(DirectoryId, Fact)> {
        let Self { keys, old, new, at, time } = self;
        let Key { pk, sk } = Key::of(&new).or_else(|_| Key::of(&old)).or_else(|_| Key::of(&keys)).ok()?;
        let mut parts = pk.strip_prefix("D#")?.splitn(3, '#');
        let directory: DirectoryId = parts.next()?.parse().ok()?;
        let (kind, rest) = (parts.next(), parts.next());
        if let (Some(kind), None, true) = (kind, rest, old.is_empty() && new.is_empty()) {
            let what = What::Unreadable { kind: kind.to_owned(), id: sk };
            return Some((directory, Fact { what, at, time }));
        }
        let Some(kind) = kind else {
            let what = What::Administration(Administration::read(&directory, &sk, &old, &new)?);
            return Some((directory, Fact { what, at, time }));
        };
        let what = match rest {
            // Index entries and memberships are in partitions with longer names.
            None if old.contains_key(DOC) || new.contains_key(DOC) => What::Resource {
                kind: kind.to_owned(),
                id: sk,
                old: (!old.is_empty()).then_some(old),
                new: (!new.is_empty()).then_some(new),
            },
            Some(_) if kind == ResourceType::group().name && old.is_empty() != new.is_empty() => {
                let list = MemberList::of_partition(&directory, &pk)?;
                What::Membership { list, member: sk, is_present: old.is_empty() }
            }
            _ => return None,
        };
        Some((directory, Fact { what, at, time }))
    }
}
