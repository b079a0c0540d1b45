//! Values without parts: string, boolean, number, date, binary, reference (RFC 7643 §2.3).

use serde_json::Value;

use super::shape::{TEXT, is_empty, mismatch};
use super::{format, sign_in_name};
use crate::dialect::value as dialect;
use crate::error::{Error, Kind, quoted};
use crate::model::attribute::{Attribute, Type, Values};

/// The value of `row`, or `None` if `sent` means "no value".
///
/// `at` is the attribute's path, for error messages. References, locales and time zones may
/// be any text: Microsoft's validator sends random text there.
///
/// # Errors
/// [`InvalidValue`](crate::error::Kind::InvalidValue) if `sent` has not the row's type, is
/// not one of the values that a profile allows, or is not a valid name for signing in.
pub fn read(row: &Attribute, sent: &Value, at: &str) -> Result<Option<Value>, Error> {
    let sent = dialect::value_of_object(dialect::only_element(sent));
    if is_empty(sent) {
        return Ok(None);
    }
    let read = match row.kind {
        Type::String | Type::Reference => sent.as_str().map(|_| sent.clone()),
        Type::Boolean => dialect::boolean(sent).map(Value::Bool),
        Type::Integer => dialect::number(sent).filter(|n| n.is_i64() || n.is_u64()).map(Value::Number),
        Type::Decimal => dialect::number(sent).map(Value::Number),
        Type::DateTime => sent.as_str().filter(|t| format::is_date_time(t)).map(|_| sent.clone()),
        Type::Binary => sent.as_str().filter(|t| format::is_base64(t)).map(|_| sent.clone()),
        Type::Complex => None,
    };
    let mut value = read.ok_or_else(|| mismatch(at, expected(row.kind), sent))?;
    if row.sign_in_name {
        value = Value::from(sign_in_name::read(value.as_str().unwrap_or_default(), at)?);
    }
    match value.as_str() {
        Some("") => Ok(None),
        Some(text) if row.values == Values::Allowed && !row.lists(text) => Err(not_allowed(row, text, at)),
        _ => Ok(Some(value)),
    }
}

/// How many characters of a value an error quotes.
const QUOTED: usize = 60;

fn not_allowed(row: &Attribute, text: &str, at: &str) -> Error {
    let allowed: Vec<String> = row.canonical_values.iter().map(|value| format!("`{value}`")).collect();
    let detail = format!("`{at}` cannot be `{}`: send one of {}", quoted(text, QUOTED), allowed.join(", "));
    Error::new(Kind::InvalidValue, detail)
}

fn expected(kind: Type) -> &'static str {
    match kind {
        Type::String | Type::Reference => TEXT,
        Type::Boolean => "true or false",
        Type::Integer => "a whole number",
        Type::Decimal => "a number",
        Type::DateTime => "a date and time such as `2026-01-31T12:00:00Z`",
        Type::Binary => "base64 text",
        Type::Complex => "an object",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use serde_json::json;

    use super::*;

    fn of(kind: Type, sent: &Value) -> Result<Option<Value>, Error> {
        read(&Attribute::new(kind, "x", ""), sent, "x")
    }

    #[test]
    fn a_value_of_the_right_type_is_kept_exactly_as_sent() {
        for (kind, sent) in [
            (Type::String, json!("  Ana  ")),
            (Type::Reference, json!("not a url")),
            (Type::Boolean, json!(false)),
            (Type::Integer, json!(-3)),
            (Type::Decimal, json!(1.5)),
            (Type::DateTime, json!("2008-01-23T04:56:22Z")),
            (Type::Binary, json!("QUJD")),
        ] {
            assert_eq!(of(kind, &sent).unwrap(), Some(sent));
        }
    }

    #[test]
    fn a_boolean_may_come_as_text_in_any_case() {
        assert_eq!(of(Type::Boolean, &json!("False")).unwrap(), Some(json!(false)));
        assert_eq!(of(Type::Boolean, &json!("TRUE")).unwrap(), Some(json!(true)));
        assert!(of(Type::Boolean, &json!("yes")).is_err());
        assert!(of(Type::Boolean, &json!(1)).is_err());
    }

    #[test]
    fn a_number_may_come_as_text_but_an_integer_has_no_fraction() {
        assert_eq!(of(Type::Integer, &json!("7")).unwrap(), Some(json!(7)));
        assert_eq!(of(Type::Decimal, &json!("7.5")).unwrap(), Some(json!(7.5)));
        assert!(of(Type::Integer, &json!(7.5)).is_err());
        assert!(of(Type::Integer, &json!("seven")).is_err());
    }

    #[test]
    fn null_and_empty_mean_no_value() {
        for empty in [json!(null), json!(""), json!([]), json!([null]), json!([{ "value": null }])] {
            assert_eq!(of(Type::String, &empty).unwrap(), None, "{empty}");
        }
    }

    #[test]
    fn a_single_value_may_come_wrapped() {
        for wrapped in [json!(["a"]), json!({ "value": "a" }), json!([{ "$ref": null, "value": "a" }])] {
            assert_eq!(of(Type::String, &wrapped).unwrap(), Some(json!("a")), "{wrapped}");
        }
        assert!(of(Type::String, &json!(["a", "b"])).is_err());
    }

    #[test]
    fn an_error_names_the_attribute_and_what_it_expects() {
        let error = of(Type::Boolean, &json!({})).unwrap_err();
        assert_eq!(error.detail, "`x` must be true or false, but an object was sent");
        let error = of(Type::DateTime, &json!("soon")).unwrap_err();
        assert!(error.detail.contains("a date and time"), "{}", error.detail);
    }
}
