//! Where an attribute lies in a resource: at its root, or in its extension's object
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

/// Takes the value of `attribute` out of `doc`, leaving a null in its place for [`put`] to
/// fill, so that the order of attributes stays.
#[must_use]
pub fn take(doc: &mut Doc, extension: Option<&Schema>, attribute: &Attribute) -> Option<Value> {
    let object = match extension {
        Some(schema) => doc.get_mut(&schema.id)?.as_object_mut()?,
        None => doc,
    };
    object.get_mut(&attribute.name).map(Value::take)
}

/// Sets `attribute` in `doc`, or removes it, and with it an extension's object that has
/// nothing else.
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
        // The key is there already, or new at the end: either way the order stays.
        doc.insert(schema.id.clone(), Value::Object(object));
    }
}

fn set(object: &mut Doc, name: &str, value: Option<Value>) {
    match value {
        Some(value) => _ = object.insert(name.to_owned(), value),
        None => _ = object.shift_remove(name),
    }
}
