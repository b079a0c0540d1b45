//! One membership: as an item, as an element of `members`, and in a request.

use scim::model::member::Member;
use serde_json::{Map, Value};
use table::item::{Item, Key, optional_text};
use table::name::{DISPLAY, MEMBER_KEY, SK, TYPE};
use table::write::Put;

use crate::id::DirectoryId;
use crate::keys;

/// The item at `key` that makes `member` a member.
pub(super) fn put(directory: &DirectoryId, key: Key, member: &Member) -> Put {
    let put = Put::of(key).set(MEMBER_KEY, keys::member_key(directory, &member.value));
    let optional = [(TYPE, &member.kind), (DISPLAY, &member.display)];
    optional.into_iter().fold(put, |put, (attribute, value)| match value {
        Some(value) => put.set(attribute, value),
        None => put,
    })
}

/// The member whose membership `item` is.
pub(crate) fn member(item: &Item) -> Option<Member> {
    let text = |attribute| optional_text(item, attribute).map(str::to_owned);
    Some(Member { value: text(SK)?, kind: text(TYPE), display: text(DISPLAY) })
}

/// The element of `members` that stands for `member` (RFC 7643 §4.2), without `$ref`.
pub(crate) fn element(member: &Member) -> Value {
    let mut element = Map::from_iter([("value".to_owned(), Value::from(&*member.value))]);
    for (name, value) in [("type", &member.kind), ("display", &member.display)] {
        if let Some(value) = value {
            element.insert(name.to_owned(), Value::from(&**value));
        }
    }
    Value::Object(element)
}

/// The members in `members` of a body in its normal form, each with an id of its own.
pub(crate) fn from_body(members: Option<&Value>) -> Vec<Member> {
    let elements = members.and_then(Value::as_array).into_iter().flatten();
    elements
        .filter_map(|element| {
            let text = |name: &str| element.get(name).and_then(Value::as_str).map(str::to_owned);
            Some(Member { value: text("value")?, kind: text("type"), display: text("display") })
        })
        .collect()
}
