//! Attributes that a client may write once (RFC 7643 §7 `immutable`, RFC 7644 §3.5.1).

use serde_json::Value;

use crate::error::{Error, Kind};
use crate::model::attribute::{Attribute, Mutability};
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;
use crate::model::schema::Schema;
use crate::value::slot;

/// Carries over from `current` the immutable attributes that `next` does not name.
pub fn keep(kind: &ResourceType, current: &Doc, next: &mut Doc) {
    for (extension, row) in rows(kind).filter(|(_, row)| is_immutable(row)) {
        if slot::get(next, extension, row).is_none()
            && let Some(value) = slot::get(current, extension, row)
        {
            slot::put(next, extension, row, Some(value.clone()));
        }
    }
}

/// Refuses a change of an immutable attribute that has a value, or of such a part of a single
/// complex value.
///
/// # Errors
/// [`Kind::Mutability`] naming the attribute.
pub fn check(kind: &ResourceType, current: &Doc, next: &Doc) -> Result<(), Error> {
    for (extension, row) in rows(kind) {
        let (before, after) = (slot::get(current, extension, row), slot::get(next, extension, row));
        if is_immutable(row) {
            unchanged(&row.name, before, after)?;
        }
        for sub in row.sub_attributes.iter().filter(|sub| !row.multi_valued && is_immutable(sub)) {
            let part = |value: Option<&Value>| value.and_then(|value| value.get(&sub.name)).cloned();
            unchanged(&format!("{}.{}", row.name, sub.name), part(before).as_ref(), part(after).as_ref())?;
        }
    }
    Ok(())
}

fn rows(kind: &ResourceType) -> impl Iterator<Item = (Option<&Schema>, &Attribute)> {
    let core = kind.common.iter().chain(&kind.schema.attributes).map(|row| (None, row));
    let extended = kind.extensions.iter().flat_map(|extension| {
        extension.schema.attributes.iter().map(move |row| (Some(&extension.schema), row))
    });
    core.chain(extended)
}

fn is_immutable(row: &Attribute) -> bool {
    row.mutability == Mutability::Immutable
}

fn unchanged(at: &str, before: Option<&Value>, after: Option<&Value>) -> Result<(), Error> {
    if before.is_none() || before == after {
        return Ok(());
    }
    Err(Error::new(
        Kind::Mutability,
        format!("`{at}` is immutable: it cannot be changed once it has a value"),
    ))
}
