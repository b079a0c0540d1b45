//! Memberships: items of their own, so that adding one costs the same in a group of 10
//! and of 1,000,000 and concurrent adds cannot lose each other.
//!
//! They lie in the partition of the group's *epoch*. A member list is replaced by
//! writing the new one under a new epoch and switching the group to it.

pub(crate) mod change;
mod exist;
mod list;
mod of_user;
mod plan;
mod read;
pub(crate) mod replace;

use std::collections::HashMap;

use scim::model::member::Member;
use serde_json::{Map, Value};

use crate::id::DirectoryId;
use crate::keys::{self, Item, Key, optional_text, s};
use table::name;

pub(crate) use plan::{Delta, Plan};
pub(crate) use read::set_members;

/// Members that a change's answer carries; beyond them it is answered without a body.
pub(crate) const SMALL: usize = 100;

/// The membership of `member`.
pub(crate) fn membership(directory: &DirectoryId, group: &str, epoch: &str, member: &Member) -> Item {
    let mut membership = key(directory, group, epoch, &member.value).item();
    membership.insert(name::MEMBER_KEY.to_owned(), s(keys::member_key(directory, &member.value)));
    for (attribute, value) in [(name::TYPE, &member.kind), (name::DISPLAY, &member.display)] {
        if let Some(value) = value {
            membership.insert(attribute.to_owned(), s(value));
        }
    }
    membership
}

pub(crate) fn key(directory: &DirectoryId, group: &str, epoch: &str, member: &str) -> Key {
    Key::new(keys::members(directory, group, epoch), member)
}

/// The member whose membership `item` is.
pub(crate) fn member(item: &Item) -> Option<Member> {
    let text = |attribute| optional_text(item, attribute).map(str::to_owned);
    Some(Member { value: text(name::SK)?, kind: text(name::TYPE), display: text(name::DISPLAY) })
}

/// The element of `members` that answers for `member` (RFC 7643 §4.2); `$ref` is added
/// where it is rendered.
pub(crate) fn element(member: &Member) -> Value {
    let mut element = Map::from_iter([("value".to_owned(), Value::from(&*member.value))]);
    for (name, value) in [("type", &member.kind), ("display", &member.display)] {
        if let Some(value) = value {
            element.insert(name.to_owned(), Value::from(&**value));
        }
    }
    Value::Object(element)
}

/// The members in a body's normal form.
pub(crate) fn taken_from(members: Option<&Value>) -> Vec<Member> {
    let mut seen: HashMap<String, ()> = HashMap::new();
    let elements = members.and_then(Value::as_array).into_iter().flatten();
    elements
        .filter_map(|element| {
            let text = |name: &str| element.get(name).and_then(Value::as_str).map(str::to_owned);
            Some(Member { value: text("value")?, kind: text("type"), display: text("display") })
        })
        .filter(|member| seen.insert(member.value.clone(), ()).is_none())
        .collect()
}
