//! Required attributes (RFC 7643 §2.2, §7 `required`).

use serde_json::Value;

use crate::error::{Error, Kind};
use crate::model::attribute::Attribute;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// Refuses a resource in which a required attribute is missing or consists of blanks.
///
/// Of the common attributes clients send `externalId` only, which a profile may require.
///
/// # Errors
/// [`Kind::MissingValue`] naming the attribute.
pub fn check(kind: &ResourceType, doc: &Doc) -> Result<(), Error> {
    rows(&kind.schema.attributes, doc, "")?;
    let external_id = kind.common.iter().find(|row| row.name == "externalId");
    rows(external_id.map_or(&[], std::slice::from_ref), doc, "")?;
    for extension in &kind.extensions {
        match doc.get(&extension.schema.id).and_then(Value::as_object) {
            Some(object) => rows(&extension.schema.attributes, object, &format!("{}:", extension.schema.id))?,
            None if extension.required => return Err(missing(&extension.schema.id)),
            None => {}
        }
    }
    Ok(())
}

fn rows(rows: &[Attribute], doc: &Doc, prefix: &str) -> Result<(), Error> {
    for row in rows {
        match doc.get(&row.name) {
            Some(Value::String(text)) if row.required && text.trim().is_empty() => {
                return Err(missing(&format!("{prefix}{}", row.name)));
            }
            Some(Value::Object(parts)) => parts_of(row, parts, prefix)?,
            Some(Value::Array(elements)) => {
                for parts in elements.iter().filter_map(Value::as_object) {
                    parts_of(row, parts, prefix)?;
                }
            }
            Some(_) => {}
            None if row.required => return Err(missing(&format!("{prefix}{}", row.name))),
            None => {}
        }
    }
    Ok(())
}

fn parts_of(row: &Attribute, parts: &Doc, prefix: &str) -> Result<(), Error> {
    match row.sub_attributes.iter().find(|sub| sub.required && !parts.contains_key(&sub.name)) {
        Some(sub) => Err(missing(&format!("{prefix}{}.{}", row.name, sub.name))),
        None => Ok(()),
    }
}

fn missing(at: &str) -> Error {
    Error::new(Kind::MissingValue, format!("`{at}` is required: send a value that is not empty"))
}
