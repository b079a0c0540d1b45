//! The `$ref` beside a `value`: where the manager, member or group is served
//! (RFC 7643 §2.3.7, §4.1.2, §4.2, §4.3).

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

use crate::model::attribute::Attribute;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// What cannot stand in one segment of a path (RFC 3986 §3.3).
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Writes `$ref` into each element of `value` that has a `value`, where `row` declares
/// a `$ref` to a type of resource; `kind` is what has the attribute, and knows where such
/// resources are served. What a client sent as `$ref` is written over: it names another
/// server's resource, or ours at an old address.
pub fn complete(kind: &ResourceType, row: &Attribute, value: &mut Value, base: &str) {
    let Some(reference) = row.sub("$ref") else { return };
    match value {
        Value::Array(elements) => {
            for element in elements {
                if let Value::Object(parts) = element {
                    point(kind, &reference.reference_types, parts, base);
                }
            }
        }
        Value::Object(parts) => point(kind, &reference.reference_types, parts, base),
        _ => {}
    }
}

/// An element's own `type` decides between several types; without one it is the first.
fn point(kind: &ResourceType, types: &[String], parts: &mut Doc, base: &str) {
    let own = parts.get("type").and_then(Value::as_str);
    let named = types.iter().find(|t| own.is_some_and(|own| own.eq_ignore_ascii_case(t)));
    let endpoint = named.or(types.first()).and_then(|t| endpoint(kind, t));
    if let (Some(endpoint), Some(id)) = (endpoint, parts.get("value").and_then(Value::as_str)) {
        let url = url(base, endpoint, id);
        parts.insert("$ref".to_owned(), Value::String(url));
    }
}

fn endpoint<'k>(kind: &'k ResourceType, name: &str) -> Option<&'k str> {
    kind.endpoints.iter().find(|(known, _)| known == name).map(|(_, endpoint)| endpoint.as_str())
}

/// `base`, `endpoint` and `id` as one URL.
#[must_use]
pub fn url(base: &str, endpoint: &str, id: &str) -> String {
    format!("{base}{endpoint}/{}", utf8_percent_encode(id, SEGMENT))
}
