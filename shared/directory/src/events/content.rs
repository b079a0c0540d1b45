//! What events show of a resource, and of a change of it.

use serde_json::{Map, Value, json};
use table::item::{Item, optional_text};
use table::name::{CREATED, DOC, LAST_MODIFIED};

use super::event::{Happening, Name, previous};

/// A resource as events show it: a group without members, a user without groups.
pub(super) type Body = Map<String, Value>;

/// What an event says of a change.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    pub(super) what: Happening,
    pub(super) data: Option<Value>,
    pub(super) previous: Option<Value>,
}

impl Difference {
    /// The change of `name` from `before` to `after`; absent when the resource did not or does not exist.
    pub(super) fn of(name: &Name, before: Option<&Body>, after: Option<&Body>) -> Self {
        let data = after.cloned().map(Value::Object);
        match (before, after) {
            (None, Some(_)) => Self { what: Happening::Created, data, previous: None },
            (before, None) => {
                Self { what: Happening::Deleted, data, previous: before.cloned().map(Value::Object) }
            }
            (Some(before), Some(after)) => {
                let what = happening(name, before, after);
                Self { what, data, previous: Some(changes(before, after)) }
            }
        }
    }

    /// Whether nothing has changed.
    pub(super) fn is_empty(&self) -> bool {
        self.what == Happening::Updated && self.previous.as_ref() == Some(&json!({}))
    }
}

/// The resource in `item`. `None` if it cannot be read.
pub(super) fn body((kind, id): &Name, item: &Item) -> Option<Body> {
    let doc: Body = serde_json::from_str(optional_text(item, DOC)?).ok()?;
    let meta = json!({
        "resourceType": kind,
        "created": optional_text(item, CREATED),
        "lastModified": optional_text(item, LAST_MODIFIED),
    });
    let first = [("id".to_owned(), Value::from(&**id)), ("meta".to_owned(), meta)];
    Some(first.into_iter().chain(doc).collect())
}

/// Whether a user is active: unless `active` is false.
pub(super) fn is_active(user: &Body) -> bool {
    user.get("active") != Some(&Value::Bool(false))
}

/// What changed between two bodies, other than when.
fn changes(before: &Body, after: &Body) -> Value {
    match previous(before, after) {
        Value::Object(mut changed) => {
            changed.remove("meta");
            Value::Object(changed)
        }
        other => other,
    }
}

/// What happened to a resource that was and is `before` and `after`.
pub(super) fn happening((kind, _): &Name, before: &Body, after: &Body) -> Happening {
    match (kind.as_str(), is_active(before), is_active(after)) {
        ("User", true, false) => Happening::Disabled,
        ("User", false, true) => Happening::Enabled,
        _ => Happening::Updated,
    }
}
