//! JSON as clients send it: parsing, and objects whose names have no letter case.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use crate::error::{Error, Kind, quoted};

/// Objects with more names than this are checked for duplicates by a set.
const FEW: usize = 16;
/// How many characters of a name an error quotes.
const SHOWN: usize = 100;

/// Reads the body of a request, with or without a byte order mark.
///
/// # Errors
/// [`Kind::InvalidSyntax`] if the body is empty or not valid JSON, or if an object in it
/// contains one name twice, in the same or in different letter case: the last one would
/// silently win (RFC 7643 §2.1).
pub fn parse(body: &[u8]) -> Result<Value, Error> {
    // Some clients' libraries begin UTF-8 with a byte order mark.
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    if body.trim_ascii().is_empty() {
        return Err(Error::new(Kind::InvalidSyntax, "the body is empty: send a JSON object"));
    }
    let mut deserializer = Deserializer::from_slice(body);
    let read = Node.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|error| {
        let detail = match error.classify() {
            serde_json::error::Category::Data => error.to_string(),
            _ => format!("invalid JSON: {error}"),
        };
        Error::new(Kind::InvalidSyntax, detail)
    })
}

/// The field of `object` called `name`, in any letter case (RFC 7643 §2.1).
#[must_use]
pub fn field<'o>(object: &'o Map<String, Value>, name: &str) -> Option<&'o Value> {
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

/// Whether `a` and `b` are one name. Names that contain a filter (`members[value eq "x"]`)
/// are compared exactly, because the filter's value may be case-sensitive.
fn is_same_name(a: &str, b: &str) -> bool {
    a == b || (!a.contains('[') && a.eq_ignore_ascii_case(b))
}

/// Any JSON value.
struct Node;

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        let mut names = Names::default();
        while let Some(name) = fields.next_key::<String>()? {
            if let Some(other) = names.twin(&object, &name) {
                return Err(A::Error::custom(twice(&other, &name)));
            }
            object.insert(name, fields.next_value_seed(Self)?);
        }
        Ok(object.into())
    }
}

fn twice(first: &str, second: &str) -> String {
    let (first, second) = (quoted(first, SHOWN), quoted(second, SHOWN));
    if first == second {
        return format!("an object contains `{first}` twice: send it once");
    }
    format!("an object contains one attribute twice, as `{first}` and as `{second}`: send it once")
}

/// The names of one object in lower case, once there are more than a [`FEW`]: so a body of
/// many names costs no more than its length.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    /// The name in `object` that is the same as `name`.
    fn twin(&mut self, object: &Map<String, Value>, name: &str) -> Option<String> {
        let find = || object.keys().find(|known| is_same_name(known, name)).cloned();
        if object.len() < FEW {
            return find();
        }
        let comparable =
            |name: &str| if name.contains('[') { name.to_owned() } else { name.to_ascii_lowercase() };
        if self.0.is_empty() {
            self.0 = object.keys().map(|name| comparable(name)).collect();
        }
        if self.0.insert(comparable(name)) { None } else { find() }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(body: &str) -> String {
        let error = parse(body.as_bytes()).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidSyntax);
        error.detail
    }

    #[test]
    fn every_value_is_read_as_it_was_sent() {
        let body = r#"{"a":[null,true,-3,18446744073709551615,1.5,"é\n",{"A":{}}],"b":[]}"#;
        let value = parse(body.as_bytes()).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(body).unwrap());
        assert_eq!(parse(b"\xEF\xBB\xBF{}").unwrap(), json!({}));
    }

    #[test]
    fn a_name_that_comes_twice_in_one_object_is_refused_by_its_name() {
        assert!(refusal(r#"{"userName":"a","userName":"b"}"#).contains("`userName` twice"));
        let detail = refusal(r#"{"userName":"a","UserName":"b"}"#);
        assert!(
            detail.contains("as `userName` and as `UserName`: send it once at line 1 column"),
            "{detail}"
        );
        refusal(r#"{"Operations":[{"op":"add","value":{"name":{"givenName":"a","GIVENNAME":"b"}}}]}"#);
        refusal(r#"{"emails":[{"value":"a","value":"a"}]}"#);
        refusal(r#"{"\u0061ctive":true,"active":true}"#);
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        refusal(&format!(r#"{{"{urn}":{{}},"{}":{{}}}}"#, urn.to_uppercase()));
    }

    #[test]
    fn one_name_in_two_objects_or_with_two_filters_is_not_twice() {
        for body in [
            r#"{"emails":[{"value":"a"},{"value":"b"}],"name":{"emails":1}}"#,
            r#"{"members[value eq \"a\"]":1,"members[value eq \"A\"]":2}"#,
        ] {
            assert!(parse(body.as_bytes()).is_ok(), "{body}");
        }
    }

    #[test]
    fn many_names_are_checked_too() {
        let names: Vec<String> = (0..200).map(|n| format!(r#""a{n}":{n}"#)).collect();
        let body = |last: &str| format!("{{{},{last}:0}}", names.join(","));
        assert!(parse(body(r#""b""#).as_bytes()).is_ok());
        assert!(refusal(&body(r#""A7""#)).contains("as `a7` and as `A7`"));
        assert!(refusal(&body(r#""a150""#)).contains("`a150` twice"));
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_position() {
        assert!(refusal("").contains("the body is empty"));
        assert!(refusal(" \n").contains("the body is empty"));
        assert!(refusal("{\"a\":").contains("invalid JSON: EOF"));
        assert!(refusal("{} {}").contains("line 1 column 4"));
        assert!(refusal("{\"a\":1e999}").contains("invalid JSON"));
        assert!(refusal(&"[".repeat(1000)).contains("recursion limit"));
        assert!(refusal("\"\u{1}\"").contains("control character"));
    }
}
