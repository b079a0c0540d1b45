//! The position of an attribute in a resource: at its root, or in its extension's object
//! (RFC 7643 §3.3).

use serde_json::{Map, Value};

use crate::model::attribute::Attribute;
use crate::model::doc::Doc;
use crate::model::schema::Schema;

/// The value of `attribute` in `doc`.
#[must_use]
pub fn get<'d>(doc: &'d Doc, extension: Option<&Schema>, attribute: &Attribute) -> Option<&'d Value> {
    match extension {
        Some(schema) => doc.get(&schema.id)?.get(&attribute.name),
        None => doc.get(&attribute.name),
    }
}

/// Takes the value of `attribute` out of `doc` and leaves a null, which [`put`] replaces, so
/// that the order of attributes stays.
#[must_use]
pub fn take(doc: &mut Doc, extension: Option<&Schema>, attribute: &Attribute) -> Option<Value> {
    let object = match extension {
        Some(schema) => doc.get_mut(&schema.id)?.as_object_mut()?,
        None => doc,
    };
    object.get_mut(&attribute.name).map(Value::take)
}

/// Sets `attribute` in `doc`, or removes it. An extension's object that becomes empty is
/// removed too.
pub fn put(doc: &mut Doc, extension: Option<&Schema>, attribute: &Attribute, value: Option<Value>) {
    let Some(schema) = extension else {
        return set(doc, &attribute.name, value);
    };
    let mut object = match doc.get_mut(&schema.id).map(Value::take) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    };
    set(&mut object, &attribute.name, value);
    if object.is_empty() {
        doc.shift_remove(&schema.id);
    } else {
        // An existing key keeps its position, and a new one is appended.
        doc.insert(schema.id.clone(), Value::Object(object));
    }
}

fn set(object: &mut Doc, name: &str, value: Option<Value>) {
    match value {
        Some(value) => _ = object.insert(name.to_owned(), value),
        None => _ = object.shift_remove(name),
    }
}
