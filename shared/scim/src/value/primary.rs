//! At most one element of a list is `primary` (RFC 7643 §2.4, RFC 7644 §3.5.2).

use serde_json::Value;

/// Makes `primary` true in the last element only of those where it is, and false in the
/// others.
///
/// A body that says `true` twice is not refused: what a client says last stands, as it
/// would had it sent one PATCH after the other.
pub fn keep_last(elements: &mut [Value]) {
    if let Some(last) = elements.iter().rposition(is_primary) {
        keep(elements, last);
    }
}

/// Makes the element at `chosen` the only primary one; the others that were get `false`.
pub fn keep(elements: &mut [Value], chosen: usize) {
    for (index, element) in elements.iter_mut().enumerate() {
        if index != chosen
            && is_primary(element)
            && let Some(object) = element.as_object_mut()
        {
            object.insert("primary".to_owned(), Value::Bool(false));
        }
    }
}

/// Whether `element` says `"primary": true`.
#[must_use]
pub fn is_primary(element: &Value) -> bool {
    element.get("primary") == Some(&Value::Bool(true))
}
