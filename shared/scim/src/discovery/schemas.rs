//! `/Schemas` (RFC 7643 §7).
//!
//! Only the schemas of resources are listed, not those of the discovery documents: Entra
//! treats every schema except User and Group as an extension with attributes to map. The
//! common attributes belong to no schema (RFC 7643 §3.1). But `externalId` is listed with the
//! attributes of each resource type, because Entra maps only listed attributes.

use std::sync::Arc;

use serde_json::{Value, json};

use super::attribute;
use crate::message;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;
use crate::model::schema::Schema;
use crate::render::reference;

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// The schemas of all of `kinds` as a list response.
#[must_use]
pub fn schemas(kinds: &[Arc<ResourceType>], base: &str) -> Value {
    let all: Vec<Doc> = distinct(kinds).into_iter().map(|schema| one(kinds, schema, base)).collect();
    message::list(all)
}

/// The schema with the URN `id`, in any letter case.
#[must_use]
pub fn schema(kinds: &[Arc<ResourceType>], id: &str, base: &str) -> Option<Value> {
    let schema = distinct(kinds).into_iter().find(|schema| schema.is(id))?;
    Some(Value::Object(one(kinds, schema, base)))
}

/// Each schema once, although several resource types may have one extension.
fn distinct(kinds: &[Arc<ResourceType>]) -> Vec<&Schema> {
    let own = kinds.iter().map(|kind| &kind.schema);
    let extensions = kinds.iter().flat_map(|kind| kind.extensions.iter().map(|e| &e.schema));
    let mut distinct: Vec<&Schema> = Vec::new();
    for schema in own.chain(extensions) {
        if !distinct.iter().any(|known| known.is(&schema.id)) {
            distinct.push(schema);
        }
    }
    distinct
}

fn one(kinds: &[Arc<ResourceType>], schema: &Schema, base: &str) -> Doc {
    let mut doc = Doc::new();
    doc.insert("schemas".to_owned(), json!([SCHEMA]));
    doc.insert("id".to_owned(), json!(schema.id));
    doc.insert("name".to_owned(), json!(schema.name));
    doc.insert("description".to_owned(), json!(schema.description));
    let own = kinds.iter().find(|kind| kind.schema.id == schema.id);
    let external_id = own.and_then(|kind| kind.attribute("externalId"));
    let attributes: Vec<Doc> = schema.attributes.iter().chain(external_id).map(attribute::publish).collect();
    doc.insert("attributes".to_owned(), json!(attributes));
    let location = reference::url(base, "/Schemas", &schema.id);
    doc.insert("meta".to_owned(), json!({ "resourceType": "Schema", "location": location }));
    doc
}
