//! A resource as clients get it: with `schemas`, `id`, `meta` and the `$ref`s that the server
//! derives (RFC 7643 §3, §3.1, §4).

pub mod reference;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// The metadata of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it was created (RFC 3339).
    pub created: &'a str,
    /// When it last changed (RFC 3339).
    pub last_modified: &'a str,
    /// Its entity tag, such as `W/"3"`.
    pub version: &'a str,
}

/// The whole resource, before projection: `schemas` first, `meta` last.
///
/// `doc` is in normal form, with `members` or `groups` if they were read; `base` is the URL
/// up to and including `/scim/v2`.
#[must_use]
pub fn render(kind: &ResourceType, facts: &Facts<'_>, mut doc: Doc, base: &str) -> Doc {
    let extensions = kind.extensions.iter().map(|e| e.schema.id.as_str());
    let present = extensions.filter(|urn| doc.contains_key(*urn));
    let schemas: Vec<&str> = std::iter::once(kind.schema.id.as_str()).chain(present).collect();
    let mut answer = Doc::new();
    answer.insert("schemas".to_owned(), json!(schemas));
    answer.insert("id".to_owned(), json!(facts.id));
    if let Some(value) = doc.shift_remove("externalId") {
        answer.insert("externalId".to_owned(), value);
    }
    for (key, mut value) in doc {
        if let Some(row) = kind.attribute(&key) {
            reference::complete(kind, row, &mut value, base);
        } else if let (Some(extension), Value::Object(parts)) = (kind.extension(&key), &mut value) {
            for (name, part) in parts {
                if let Some(row) = extension.schema.attribute(name) {
                    reference::complete(kind, row, part, base);
                }
            }
        }
        answer.insert(key, value);
    }
    answer.insert(
        "meta".to_owned(),
        json!({
            "resourceType": kind.name,
            "created": facts.created,
            "lastModified": facts.last_modified,
            "location": location(kind, facts.id, base),
            "version": facts.version,
        }),
    );
    answer
}

/// The URL of the resource `id` of `kind`: `meta.location` and the `Location` header.
#[must_use]
pub fn location(kind: &ResourceType, id: &str, base: &str) -> String {
    reference::url(base, &kind.endpoint, id)
}
