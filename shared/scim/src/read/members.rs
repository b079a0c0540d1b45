//! The members of a group as a client lists them (RFC 7643 §4.2).
//!
//! A stored group does not contain them: each membership is stored separately.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::dialect::value as dialect;
use crate::error::{Error, Kind};
use crate::json::field;
use crate::model::attribute::Attribute;
use crate::model::doc::Doc;
use crate::model::member::Member;
use crate::model::resource_type::ResourceType;
use crate::value::shape::{TEXT, is_empty, mismatch};

/// The longest id of a member, in bytes: it is part of a key.
pub const MAX_ID_BYTES: usize = 512;
/// The longest `type` or `display` of a member, in bytes.
pub const MAX_TEXT_BYTES: usize = 4096;
/// The most members in one list. Each is an item of the list's partition, which DynamoDB lets write
/// 1,000 a second: ten seconds of the 29 that API Gateway waits.
pub const MAX_LISTED: usize = 10_000;

/// Whether `row` is the `members` of a group.
#[must_use]
pub fn are(kind: &ResourceType, row: &Attribute) -> bool {
    kind.has_members() && row.name == "members"
}

/// The members that `sent` lists, each once, with the last `type` and `display` that are sent for it: a list
/// of objects and ids, or a single object. Nulls in the list are ignored. A `$ref` says the type of a member that has no `type`; otherwise it is ignored, because
/// the server derives it.
///
/// # Errors
/// [`Kind::InvalidValue`] when one has no `value`, or one that cannot be an id;
/// [`Kind::PayloadTooLarge`] for more than [`MAX_LISTED`].
pub fn read(sent: &Value) -> Result<Vec<Member>, Error> {
    of(dialect::elements(sent, "members")?)
}

/// The members that `items` describe, as [`read`].
///
/// # Errors
/// As [`read`].
pub fn of(items: &[Value]) -> Result<Vec<Member>, Error> {
    if items.len() > MAX_LISTED {
        let detail = format!(
            "`members` lists {} members, too many to write in time: list {MAX_LISTED} at most, and add the \
             others by PATCH, some thousand in each request",
            items.len()
        );
        return Err(Error::new(Kind::PayloadTooLarge, detail));
    }
    let mut positions = HashMap::new();
    let mut members: Vec<Member> = Vec::new();
    for item in items.iter().filter(|item| !item.is_null()) {
        let member = one(item)?;
        match positions.get(&member.value).and_then(|position: &usize| members.get_mut(*position)) {
            Some(sent_before) => sent_before.update(&member),
            None => {
                positions.insert(member.value.clone(), members.len());
                members.push(member);
            }
        }
    }
    // A list of nulls is not an empty list and must not empty the group.
    if members.is_empty() && !items.is_empty() {
        check_id("")?;
    }
    Ok(members)
}

fn one(sent: &Value) -> Result<Member, Error> {
    let bare;
    let object = match sent {
        Value::Object(object) => object,
        Value::String(_) => {
            bare = dialect::bare_value(sent);
            &bare
        }
        other => return Err(mismatch("members", "objects with the id of a user or group as `value`", other)),
    };
    let value = text(object, "value")?.unwrap_or_default();
    check_id(&value)?;
    let display = match text(object, "display")? {
        Some(display) => Some(display),
        None => text(object, "displayName")?,
    };
    let kind = text(object, "type")?.or_else(|| referenced(object, &value));
    Ok(Member { value, kind, display })
}

/// The type of the member `id` by its `$ref`, a URL such as `https://…/Groups/<id>`.
fn referenced(object: &Map<String, Value>, id: &str) -> Option<String> {
    let rest = field(object, "$ref")?.as_str()?.trim_end_matches('/').strip_suffix(id)?;
    let (_, endpoint) = rest.strip_suffix('/')?.rsplit_once('/')?;
    let types = [("Users", "User"), ("Groups", "Group")];
    types.into_iter().find(|(known, _)| *known == endpoint).map(|(_, kind)| kind.to_owned())
}

/// Checks the id of a member.
///
/// # Errors
/// [`Kind::InvalidValue`] if `id` is empty or too long.
pub fn check_id(id: &str) -> Result<(), Error> {
    let detail = match id.len() {
        0 => "every member needs a `value`: send the id of a user or group".to_owned(),
        1..=MAX_ID_BYTES => return Ok(()),
        length => {
            format!("the `value` of a member may have {MAX_ID_BYTES} bytes, but has {length}: send its id")
        }
    };
    Err(Error::new(Kind::InvalidValue, detail))
}

fn text(object: &Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match field(object, name).filter(|sent| !is_empty(sent)) {
        None => Ok(None),
        Some(Value::String(text)) if text.len() > MAX_TEXT_BYTES && name != "value" => {
            let detail = format!("`members.{name}` may have {MAX_TEXT_BYTES} bytes, but has {}", text.len());
            Err(Error::new(Kind::InvalidValue, detail))
        }
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(mismatch(&format!("members.{name}"), TEXT, other)),
    }
}

/// Sets `members` in `doc`, or removes it if there are none.
pub fn put(doc: &mut Doc, members: &[Member]) {
    doc.shift_remove("members");
    if !members.is_empty() {
        doc.insert("members".to_owned(), members.iter().map(json).collect());
    }
}

fn json(member: &Member) -> Value {
    let mut object = Map::from_iter([("value".to_owned(), Value::from(member.value.clone()))]);
    for (name, text) in [("type", &member.kind), ("display", &member.display)] {
        if let Some(text) = text {
            object.insert(name.to_owned(), Value::from(text.clone()));
        }
    }
    Value::Object(object)
}
