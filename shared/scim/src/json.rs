//! JSON objects as clients send them.

use serde_json::{Map, Value};

/// The field of `object` called `name`, in any letter case (RFC 7643 §2.1).
#[must_use]
pub fn field<'o>(object: &'o Map<String, Value>, name: &str) -> Option<&'o Value> {
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}
