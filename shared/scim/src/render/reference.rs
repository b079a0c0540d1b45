//! The `$ref` of a `value`: the URL of the manager, member or group (RFC 7643 §2.3.7, §4.1.2,
//! §4.2, §4.3).

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

use crate::model::attribute::Attribute;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// Characters that are escaped in one segment of a path (RFC 3986 §3.3).
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

/// Sets `$ref` in each element of `value` that has a `value`, if `row` declares a `$ref` to a
/// resource type. `kind` is the type that has the attribute, and has the endpoints of the
/// types. A `$ref` from a client is overwritten: it may lead to another server, or to an old
/// URL of this one.
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

/// The element's `type` decides between several types. Without it there is no `$ref`, and none for
/// a `value` that cannot be the id of a resource: a URL that leads nowhere helps no client.
fn point(kind: &ResourceType, types: &[String], parts: &mut Doc, base: &str) {
    let own = parts.get("type").and_then(Value::as_str);
    let target = match types {
        [only] => Some(only),
        several => several.iter().find(|t| own.is_some_and(|own| own.eq_ignore_ascii_case(t))),
    };
    let endpoint = target.and_then(|t| endpoint(kind, t));
    let Some(id) = parts.get("value").and_then(Value::as_str) else { return };
    match endpoint.filter(|_| is_id(id)) {
        Some(endpoint) => {
            let url = url(base, endpoint, id);
            parts.insert("$ref".to_owned(), Value::String(url));
        }
        None => _ = parts.shift_remove("$ref"),
    }
}

/// Whether `text` has the form of the ids of resources, which are UUIDs.
fn is_id(text: &str) -> bool {
    let is_dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, c): (usize, char)| if is_dash(at) { c == '-' } else { c.is_ascii_hexdigit() };
    text.len() == 36 && text.chars().enumerate().all(fits)
}

fn endpoint<'k>(kind: &'k ResourceType, name: &str) -> Option<&'k str> {
    kind.endpoints.iter().find(|(known, _)| known == name).map(|(_, endpoint)| endpoint.as_str())
}

/// `base`, `endpoint` and `id` as one URL.
#[must_use]
pub fn url(base: &str, endpoint: &str, id: &str) -> String {
    format!("{base}{endpoint}/{}", utf8_percent_encode(id, SEGMENT))
}
