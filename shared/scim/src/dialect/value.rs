//! Quirks of values. File names are those of `tests/corpus/patch`.

use serde_json::{Map, Number, Value};

use crate::error::Error;
use crate::json::{self, field};
use crate::model::attribute::{Attribute, Type};
use crate::value::shape::{LIST, is_empty, mismatch};

/// A single value in an array of one: `["x"]` is `"x"` (`entra-array-wrapped-scalar.json`).
#[must_use]
pub fn only_element(sent: &Value) -> &Value {
    match sent.as_array().map(Vec::as_slice) {
        Some([only]) => only,
        _ => sent,
    }
}

/// A simple value in an object: `{"$ref": null, "value": "x"}` is `"x"`
/// (`entra-array-wrapped-scalar.json`).
#[must_use]
pub fn value_of_object(sent: &Value) -> &Value {
    sent.as_object().and_then(|object| field(object, "value")).unwrap_or(sent)
}

/// A boolean as text in any case: `"False"` is `false` (`entra-disable-boolean-as-string.json`).
#[must_use]
pub fn boolean(sent: &Value) -> Option<bool> {
    match sent {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A number as text: `"7"` is `7`. Some clients send every value as a string.
#[must_use]
pub fn number(sent: &Value) -> Option<Number> {
    match sent {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => text.parse::<i64>().map(Number::from).ok().or_else(|| {
            let read: f64 = text.parse().ok()?;
            Number::from_f64(read)
        }),
        _ => None,
    }
}

/// The values of a list. A single object stands for a list of one: `{…}` is `[{…}]`
/// (`multi-valued-as-single-object.json`).
///
/// A text or another simple value is refused. It could be anything, such as JSON as text or
/// several values with commas, and would replace the whole list
/// (`emails-replaced-by-text.json`, `members-replaced-by-json-text.json`).
///
/// # Errors
/// `InvalidValue` naming `at`, the attribute's path.
pub fn elements<'v>(sent: &'v Value, at: &str) -> Result<&'v [Value], Error> {
    match sent {
        Value::Array(items) => Ok(items),
        Value::Null => Ok(&[]),
        Value::Object(_) => Ok(std::slice::from_ref(sent)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(mismatch(at, LIST, sent)),
    }
}

/// A complex value as the text of its `value`: `"x"` is `{"value": "x"}`, for a manager
/// (`entra-manager-string.json`) and for elements of a list (`multi-valued-of-strings.json`).
#[must_use]
pub fn bare_value(text: &Value) -> Map<String, Value> {
    Map::from_iter([("value".to_owned(), text.clone())])
}

/// `displayName` for an element's `display`, as in Entra's complex roles
/// (`entra-role-display-name.json`).
#[must_use]
pub fn display_name(row: &Attribute, mut object: Map<String, Value>) -> Map<String, Value> {
    if row.sub("displayName").is_none() && row.sub("display").is_some() && field(&object, "display").is_none()
    {
        let alias = object.keys().find(|key| key.eq_ignore_ascii_case("displayName")).cloned();
        if let Some(value) = alias.and_then(|alias| object.shift_remove(&alias)) {
            object.insert("display".to_owned(), value);
        }
    }
    object
}

/// A role whose `value` is the JSON text of the role:
/// `{"value": "{\"id\":…,\"value\":\"Admin\",\"displayName\":\"Admin\"}"}` (`entra-role-json-text.json`).
///
/// Parts of the object itself win over parts in the text.
#[must_use]
pub fn role_json(row: &Attribute, object: Map<String, Value>) -> Map<String, Value> {
    let text = field(&object, "value").and_then(Value::as_str).filter(|_| row.name == "roles");
    let Some(Ok(Value::Object(inner))) = text.map(|text| json::parse(text.as_bytes())) else {
        return object;
    };
    if !field(&inner, "value").is_some_and(Value::is_string) {
        return object;
    }
    let mut role = display_name(row, inner);
    role.extend(
        object.into_iter().filter(|(key, sent)| !key.eq_ignore_ascii_case("value") && !is_empty(sent)),
    );
    role
}

/// A reference to a resource of this service without its id: `{"$ref": "…/Users/7"}` is
/// `{"value": "7"}` (`manager-by-reference-only.json`).
#[must_use]
pub fn value_of_reference(row: &Attribute, mut object: Map<String, Value>) -> Map<String, Value> {
    let refers = !row.multi_valued
        && row.sub("$ref").is_some_and(|sub| sub.kind == Type::Reference)
        && field(&object, "value").is_none();
    if refers
        && let Some(url) = field(&object, "$ref").and_then(Value::as_str)
        && let Some(id) = url.trim_end_matches('/').rsplit('/').next().filter(|id| !id.is_empty())
    {
        let id = Value::String(id.to_owned());
        object.insert("value".to_owned(), id);
    }
    object
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use serde_json::json;

    use super::*;
    use crate::model::{enterprise, group, user};

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn parts_of_a_role_win_over_parts_in_its_json_text_unless_they_are_empty() {
        let roles = user::schema().attribute("roles").cloned().unwrap();
        let text = json!({ "value": "Admin", "displayName": "Inside", "type": "inside" }).to_string();
        let sent = object(json!({ "value": text, "display": null, "type": "outside", "primary": "" }));
        let role = role_json(&roles, sent);
        assert_eq!(Value::Object(role), json!({ "value": "Admin", "type": "outside", "display": "Inside" }));
    }

    #[test]
    fn display_name_is_display_only_if_there_is_no_display() {
        let roles = user::schema().attribute("roles").cloned().unwrap();
        let alias = |sent: Value| Value::Object(display_name(&roles, object(sent)));
        assert_eq!(alias(json!({ "DisplayName": "x" })), json!({ "display": "x" }));
        let both = json!({ "Display": "x", "displayName": "y" });
        assert_eq!(alias(both.clone()), both);
        let manager = enterprise::schema().attribute("manager").cloned().unwrap();
        let own = object(json!({ "displayName": "x" }));
        assert_eq!(display_name(&manager, own.clone()), own, "a manager has a displayName of its own");
    }

    #[test]
    fn a_reference_replaces_a_missing_value() {
        let manager = enterprise::schema().attribute("manager").cloned().unwrap();
        let value = |sent: Value| value_of_reference(&manager, object(sent)).get("value").cloned();
        assert_eq!(value(json!({ "$ref": "https://example.com/scim/v2/Users/7/" })), Some(json!("7")));
        assert_eq!(value(json!({ "$ref": "7" })), Some(json!("7")));
        assert_eq!(value(json!({ "$ref": "../Users/7", "value": "8" })), Some(json!("8")));
        assert_eq!(
            value(json!({ "$ref": "../Users/7", "value": "" })),
            Some(json!("")),
            "the value is cleared"
        );
        assert_eq!(value(json!({ "$ref": "" })), None);
        let members = group::schema().attribute("members").cloned().unwrap();
        let member = object(json!({ "$ref": "../Users/7" }));
        assert_eq!(
            value_of_reference(&members, member.clone()),
            member,
            "a member is identified by its value"
        );
    }
}
