//! At most one element of a list is `primary` (RFC 7643 §2.4, RFC 7644 §3.5.2).

use serde_json::Value;

/// If several elements are primary, keeps the last one and sets `primary` of the others to
/// false.
///
/// A body with several primary elements is accepted. The last one wins, as with one PATCH
/// after the other.
pub fn keep_last(elements: &mut [Value]) {
    if let Some(last) = elements.iter().rposition(is_primary) {
        keep(elements, last);
    }
}

/// Makes the element at `chosen` the only primary one. Others that were primary get `false`.
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
