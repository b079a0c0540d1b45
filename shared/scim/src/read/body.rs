//! A body's attributes, one after the other (RFC 7643 §2.1: names in any letter case).

use serde_json::{Map, Value};

use super::members;
use crate::dialect::body as dialect;
use crate::error::{Error, Kind};
use crate::model::attribute::{Attribute, Mutability, Values};
use crate::model::doc::Doc;
use crate::model::path::{AttrPath, Resolved, Target};
use crate::model::resource_type::ResourceType;
use crate::value::{any, complex, list, simple, slot};

/// The attributes that `sent` gives a resource of `kind`.
///
/// `schemas`, `id`, `meta` and everything else that the server writes is passed over;
/// passwords are accepted and forgotten.
///
/// # Errors
/// `InvalidSyntax` when `sent` is not an object; `InvalidValue` as [`any::read`].
pub fn read(kind: &ResourceType, sent: &Value) -> Result<Doc, Error> {
    let Some(object) = sent.as_object() else {
        return Err(Error::new(Kind::InvalidSyntax, "the body must be a JSON object"));
    };
    let mut doc = Doc::new();
    attributes(kind, object, &mut doc)?;
    only_offered(&kind.schema.attributes, &mut doc);
    Ok(doc)
}

/// Passes over elements of types that are not offered, which dotted keys (`emails.type`) may
/// have put together.
fn only_offered(rows: &[Attribute], doc: &mut Doc) {
    for row in rows.iter().filter(|row| row.sub("type").is_some_and(|types| types.values == Values::Offered))
    {
        let Some(Value::Array(elements)) = doc.get_mut(&row.name) else { continue };
        elements.retain(|element| element.as_object().is_none_or(|element| list::is_offered(row, element)));
        if elements.is_empty() {
            doc.shift_remove(&row.name);
        }
    }
}

fn attributes(kind: &ResourceType, object: &Map<String, Value>, doc: &mut Doc) -> Result<(), Error> {
    for (key, sent) in object {
        if let Some(inner) = sent.as_object().filter(|_| kind.schema.is(key)) {
            attributes(kind, inner, doc)?;
            continue;
        }
        match kind.resolve(&AttrPath::split(key)) {
            Some(Target::Extension(schema)) => {
                let Some(inner) = dialect::extension_object(&schema.id, sent)? else {
                    continue;
                };
                for (key, sent) in inner {
                    let path = AttrPath::split(&format!("{}:{key}", schema.id));
                    if let Some(Target::Attribute(resolved)) = kind.resolve(&path) {
                        attribute(kind, resolved, sent, doc)?;
                    }
                }
            }
            Some(Target::Attribute(resolved)) => attribute(kind, resolved, sent, doc)?,
            None => {}
        }
    }
    Ok(())
}

fn attribute(kind: &ResourceType, resolved: Resolved<'_>, sent: &Value, doc: &mut Doc) -> Result<(), Error> {
    let row = resolved.attribute;
    if !is_stored(row) || resolved.sub.is_some_and(|sub| !is_stored(sub)) {
        return Ok(());
    }
    if members::are(kind, row) && resolved.sub.is_none() {
        members::put(doc, &members::read(sent)?);
        return Ok(());
    }
    let value = match resolved.sub {
        Some(sub) => with_sub(doc, resolved, sub, sent)?,
        None => any::read(row, sent, &row.name)?,
    };
    slot::put(doc, resolved.extension, row, value);
    Ok(())
}

/// Whether a client's value for `row` is kept.
fn is_stored(row: &Attribute) -> bool {
    // `schemas` follows from the attributes that are there.
    row.name != "schemas" && !matches!(row.mutability, Mutability::ReadOnly | Mutability::WriteOnly)
}

/// The attribute with a part that was sent on its own (`name.givenName`, `emails.value`).
fn with_sub(
    doc: &Doc,
    resolved: Resolved<'_>,
    sub: &Attribute,
    sent: &Value,
) -> Result<Option<Value>, Error> {
    let row = resolved.attribute;
    let at = format!("{}.{}", row.name, sub.name);
    let there = slot::get(doc, resolved.extension, row).cloned();
    if complex::is_derived(sub) {
        return Ok(there);
    }
    let Some(part) = simple::read(sub, sent, &at)? else {
        return Ok(there);
    };
    let part = Doc::from_iter([(sub.name.clone(), part)]);
    Ok(Some(match there {
        Some(Value::Object(mut object)) => {
            object.extend(part);
            Value::Object(object)
        }
        Some(Value::Array(mut elements)) => {
            match elements.first_mut() {
                Some(Value::Object(first)) => first.extend(part),
                _ => elements.push(Value::Object(part)),
            }
            Value::Array(list::distinct(row, elements))
        }
        _ if row.multi_valued => Value::Array(vec![Value::Object(part)]),
        _ => Value::Object(part),
    }))
}
