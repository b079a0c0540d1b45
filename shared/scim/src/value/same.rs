//! When two elements of a list are the same (RFC 7643 §2.4).

use serde_json::Value;

use crate::model::attribute::{Attribute, Type};
use crate::model::compare::comparable;

/// Whether `element` has every part of `sent` already. A missing `primary` counts as `false`
/// (RFC 7643 §2.4).
#[must_use]
pub fn contains(element: &Value, sent: &Value) -> bool {
    match (element, sent) {
        (Value::Object(element), Value::Object(sent)) => sent.iter().all(|(name, value)| {
            element
                .get(name)
                .map_or(name == "primary" && *value == Value::Bool(false), |there| there == value)
        }),
        (element, sent) => element == sent,
    }
}

/// Whether `a` and `b` are two states of one element: equal in `value` and `type`, a pair
/// that SHOULD NOT occur twice (RFC 7643 §2.4). Roles need to be equal in `value` only,
/// because Entra sends one role with and without its type.
///
/// Elements without a `value` (addresses) have no such identity.
#[must_use]
pub fn identical(row: &Attribute, a: &Value, b: &Value) -> bool {
    if row.kind != Type::Complex {
        return equal(row, Some(a), Some(b));
    }
    let Some(value) = row.value_sub() else {
        return false;
    };
    let equal_in = |sub: &Attribute| equal(sub, a.get(&sub.name), b.get(&sub.name));
    a.get(&value.name).is_some()
        && equal_in(value)
        && (is_by_value(row) || row.sub("type").is_none_or(equal_in))
}

/// Whether `value` alone identifies an element of `row` (`entra-role-deduplicated.json`).
#[must_use]
pub fn is_by_value(row: &Attribute) -> bool {
    row.name == "roles"
}

/// A text that is the same for duplicates: elements that are equal in all parts, or roles
/// with the same value.
#[must_use]
pub fn key(row: &Attribute, element: &Value) -> String {
    let value = row.value_sub().filter(|_| is_by_value(row));
    if let Some(value) = value
        && let Some(text) = element.get(&value.name).and_then(Value::as_str)
    {
        return comparable(text, value.case_exact).into_owned();
    }
    match element {
        Value::Object(parts) => {
            let mut parts: Vec<_> = parts.iter().collect();
            parts.sort_by_key(|(name, _)| *name);
            format!("{parts:?}")
        }
        simple => simple.to_string(),
    }
}

/// Whether `listed`, from the value of a remove, means `element`: the identifying parts are
/// equal, or all parts of `listed` if it has no `value`.
#[must_use]
pub fn is_listed(row: &Attribute, element: &Value, listed: &Value) -> bool {
    if row.kind != Type::Complex {
        return equal(row, Some(element), Some(listed));
    }
    let agrees = |sub: &Attribute| match listed.get(&sub.name) {
        Some(named) => equal(sub, element.get(&sub.name), Some(named)),
        None => true,
    };
    match row.value_sub().filter(|value| listed.get(&value.name).is_some()) {
        Some(value) => agrees(value) && (is_by_value(row) || row.sub("type").is_none_or(agrees)),
        None => row.sub_attributes.iter().all(agrees),
    }
}

fn equal(row: &Attribute, a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::String(a)), Some(Value::String(b))) => {
            comparable(a, row.case_exact) == comparable(b, row.case_exact)
        }
        (a, b) => a == b,
    }
}
