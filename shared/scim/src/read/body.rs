//! The attributes of a body (RFC 7643 §2.1: names in any letter case).

use std::collections::HashMap;

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
/// Ignored are `schemas`, `id`, `meta` and all other attributes that only the server writes.
/// Passwords are accepted and not stored.
///
/// # Errors
/// `InvalidSyntax` if `sent` is not an object or names one attribute in two ways, such as
/// `userName` and `urn:…:User:userName`; `InvalidValue` as [`any::read`].
pub fn read(kind: &ResourceType, sent: &Value) -> Result<Doc, Error> {
    let Some(object) = sent.as_object() else {
        return Err(Error::new(Kind::InvalidSyntax, "the body must be a JSON object"));
    };
    let mut sent = Vec::new();
    collect(kind, object, &mut sent)?;
    // Parts after wholes: `name.givenName` is kept if `name` comes after it.
    sent.sort_by_key(|sent| sent.found.sub.is_some());
    let mut body = Body { kind, doc: Doc::new(), seen: HashMap::new() };
    for Sent { key, found, value } in sent {
        body.attribute(&key, found, value)?;
    }
    only_offered(&kind.schema.attributes, &mut body.doc);
    Ok(body.doc)
}

/// Drops elements of types that the profile does not offer, which dotted keys (`emails.type`)
/// may have put together.
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

/// An attribute as it was sent.
struct Sent<'k, 'v> {
    key: String,
    found: Resolved<'k>,
    value: &'v Value,
}

/// Looks up what the keys of `object` name. Unknown ones are ignored.
fn collect<'k, 'v>(
    kind: &'k ResourceType,
    object: &'v Map<String, Value>,
    sent: &mut Vec<Sent<'k, 'v>>,
) -> Result<(), Error> {
    for (key, value) in object {
        if let Some(inner) = value.as_object().filter(|_| kind.schema.is(key)) {
            collect(kind, inner, sent)?;
            continue;
        }
        match kind.resolve(&AttrPath::split(key)) {
            Some(Target::Extension(schema)) => {
                for (key, value) in dialect::extension_object(&schema.id, value)?.into_iter().flatten() {
                    let key = format!("{}:{key}", schema.id);
                    if let Some(Target::Attribute(found)) = kind.resolve(&AttrPath::split(&key)) {
                        sent.push(Sent { key, found, value });
                    }
                }
            }
            Some(Target::Attribute(found)) => sent.push(Sent { key: key.clone(), found, value }),
            None => {}
        }
    }
    Ok(())
}

/// What was read of a body.
struct Body<'k> {
    kind: &'k ResourceType,
    doc: Doc,
    /// The key under which each attribute was sent, by its path.
    seen: HashMap<String, String>,
}

impl<'k> Body<'k> {
    fn attribute(&mut self, key: &str, found: Resolved<'k>, sent: &Value) -> Result<(), Error> {
        let row = found.attribute;
        if !is_stored(row) || found.sub.is_some_and(|sub| !is_stored(sub)) {
            return Ok(());
        }
        self.once(key, found)?;
        if members::are(self.kind, row) {
            return self.members(found.sub, sent);
        }
        let value = match found.sub {
            Some(sub) => with_sub(&self.doc, found, sub, sent)?,
            None => any::read(row, sent, &row.name)?,
        };
        slot::put(&mut self.doc, found.extension, row, value);
        Ok(())
    }

    /// Refuses an attribute that was sent under another key already.
    fn once(&mut self, key: &str, found: Resolved<'_>) -> Result<(), Error> {
        let urn = found.extension.map(|schema| schema.id.clone());
        let sub = found.sub.map(|sub| sub.name.clone());
        let path = AttrPath { urn, name: found.attribute.name.clone(), sub }.to_string();
        match self.seen.insert(path, key.to_owned()) {
            None => Ok(()),
            Some(other) => Err(Error::new(
                Kind::InvalidSyntax,
                format!("the body contains one attribute twice, as `{other}` and as `{key}`: send it once"),
            )),
        }
    }

    /// A group's members. Of their parts, only `value` can be sent separately.
    fn members(&mut self, sub: Option<&Attribute>, sent: &Value) -> Result<(), Error> {
        let listed = match (sub, sent) {
            (None, _) => members::read(sent)?,
            (Some(sub), Value::String(_)) if sub.name == "value" => members::of(std::slice::from_ref(sent))?,
            (Some(_), _) => return Ok(()),
        };
        members::put(&mut self.doc, &listed);
        Ok(())
    }
}

/// Whether a client's value for `row` is stored.
fn is_stored(row: &Attribute) -> bool {
    // `schemas` is derived from the attributes that are present.
    row.name != "schemas" && !matches!(row.mutability, Mutability::ReadOnly | Mutability::WriteOnly)
}

/// The attribute with a part that was sent separately (`name.givenName`, `emails.value`).
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
