//! `/ResourceTypes` (RFC 7643 §6).

use std::sync::Arc;

use serde_json::{Value, json};

use crate::message;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;
use crate::render::reference;

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

/// All of `kinds` as a list response.
#[must_use]
pub fn resource_types(kinds: &[Arc<ResourceType>], base: &str) -> Value {
    let all: Vec<Doc> = kinds.iter().map(|kind| one(kind, base)).collect();
    message::list(all)
}

/// The resource type called `name`, in any letter case.
#[must_use]
pub fn resource_type(kinds: &[Arc<ResourceType>], name: &str, base: &str) -> Option<Value> {
    let kind = kinds.iter().find(|kind| kind.name.eq_ignore_ascii_case(name))?;
    Some(Value::Object(one(kind, base)))
}

fn one(kind: &ResourceType, base: &str) -> Doc {
    let mut doc = Doc::new();
    doc.insert("schemas".to_owned(), json!([SCHEMA]));
    doc.insert("id".to_owned(), json!(kind.name));
    doc.insert("name".to_owned(), json!(kind.name));
    doc.insert("endpoint".to_owned(), json!(kind.endpoint));
    doc.insert("description".to_owned(), json!(kind.description));
    doc.insert("schema".to_owned(), json!(kind.schema.id));
    if !kind.extensions.is_empty() {
        let extensions: Vec<Value> = (kind.extensions.iter())
            .map(|e| json!({ "schema": e.schema.id, "required": e.required }))
            .collect();
        doc.insert("schemaExtensions".to_owned(), json!(extensions));
    }
    let location = reference::url(base, "/ResourceTypes", &kind.name);
    doc.insert("meta".to_owned(), json!({ "resourceType": "ResourceType", "location": location }));
    doc
}
