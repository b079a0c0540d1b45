//! Is one JSON value contained in another? Objects may hold more than is expected; arrays
//! hold as many elements as expected, in any order. Strings may be placeholders:
//!
//! | written | stands for |
//! |---|---|
//! | `<any>` | any value that is there |
//! | `<absent>` | the key is not there |
//! | `<string>`, `<integer>`, `<datetime>` | any value of that kind |
//! | `<contains userName>` | a text that has this in it |
//! | `<id:ana>`, `<version:ana>`, `<cursor:next>` | captured where it is first seen, equal everywhere else |
//!
//! In an array, a first element `<at least>` allows more elements than are written, and
//! `<in order>` makes their order count.

use std::collections::BTreeMap;

use serde_json::Value;

/// Captured values, by placeholder.
#[derive(Debug, Clone, Default)]
pub struct Captures {
    seen: BTreeMap<String, String>,
}

impl Captures {
    /// Sets the value of `name`.
    pub fn set(&mut self, name: &str, value: &str) {
        self.seen.insert(name.to_owned(), value.to_owned());
    }

    /// `text` with every known placeholder in it replaced.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (name, value) in &self.seen {
            filled = filled.replace(name, value);
        }
        filled
    }

    /// `value` with every known placeholder in its strings and keys replaced.
    #[must_use]
    pub fn fill_json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(items) => items.iter().map(|item| self.fill_json(item)).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(key, field)| (self.fill(key), self.fill_json(field))).collect()
            }
            other => other.clone(),
        }
    }

    /// The parts of `expected` that `actual` does not contain, one line each; captures values
    /// on the way.
    pub fn compare(&mut self, expected: &Value, actual: &Value) -> Vec<String> {
        let mut differences = Vec::new();
        self.walk("$", expected, Some(actual), &mut differences);
        differences
    }

    /// Like [`Captures::compare`], for one line of text, such as a header.
    pub fn compare_text(&mut self, expected: &str, actual: Option<&str>) -> Vec<String> {
        let mut differences = Vec::new();
        let actual = actual.map(|text| Value::String(text.to_owned()));
        self.walk("$", &Value::String(expected.to_owned()), actual.as_ref(), &mut differences);
        differences
    }

    /// Adds the captures of `other`.
    pub fn learn(&mut self, other: Self) {
        self.seen.extend(other.seen);
    }

    fn walk(&mut self, place: &str, expected: &Value, actual: Option<&Value>, out: &mut Vec<String>) {
        let Some(actual) = actual else {
            if expected != "<absent>" {
                out.push(format!("{place}: expected {expected}, it is absent"));
            }
            return;
        };
        match (expected, actual) {
            (Value::String(text), _) if text.starts_with('<') && text.ends_with('>') => {
                if !self.placeholder(text, actual) {
                    out.push(format!("{place}: expected {text}, got {actual}"));
                }
            }
            (Value::String(text), Value::String(got)) => {
                if &self.fill(text) != got {
                    out.push(format!("{place}: expected {}, got {actual}", self.fill(text)));
                }
            }
            (Value::Object(fields), Value::Object(got)) => {
                for (key, field) in fields {
                    self.walk(&format!("{place}.{key}"), field, got.get(&self.fill(key)), out);
                }
            }
            (Value::Array(items), Value::Array(got)) => self.array(place, items, got, out),
            _ if expected == actual => {}
            _ => out.push(format!("{place}: expected {expected}, got {actual}")),
        }
    }

    fn array(&mut self, place: &str, items: &[Value], got: &[Value], out: &mut Vec<String>) {
        let (items, exactly, ordered) = match items.split_first() {
            Some((first, rest)) if first == "<at least>" => (rest, false, false),
            Some((first, rest)) if first == "<in order>" => (rest, true, true),
            _ => (items, true, false),
        };
        if exactly && items.len() != got.len() {
            let list = Value::Array(got.to_vec());
            out.push(format!("{place}: expected {} elements, got {}: {list}", items.len(), got.len()));
            return;
        }
        if ordered {
            for (index, (item, one)) in items.iter().zip(got).enumerate() {
                self.walk(&format!("{place}[{index}]"), item, Some(one), out);
            }
            return;
        }
        let mut left: Vec<&Value> = got.iter().collect();
        for (index, item) in items.iter().enumerate() {
            // Try each candidate on a copy: a failed attempt must not leave captures.
            let found = left.iter().position(|one| {
                let mut attempt = self.clone();
                let fits = attempt.compare(item, one).is_empty();
                if fits {
                    *self = attempt;
                }
                fits
            });
            match found {
                Some(position) => drop(left.remove(position)),
                None => {
                    let rest: Value = left.iter().map(|one| (*one).clone()).collect();
                    out.push(format!("{place}[{index}]: expected {item} among {rest}"));
                }
            }
        }
    }

    fn placeholder(&mut self, name: &str, actual: &Value) -> bool {
        let text = actual.as_str();
        if let Some(part) = name.strip_prefix("<contains ").and_then(|rest| rest.strip_suffix('>')) {
            return text.is_some_and(|text| text.contains(&self.fill(part)));
        }
        match name {
            "<any>" => true,
            "<absent>" => false,
            "<string>" => text.is_some_and(|text| !text.is_empty()),
            "<integer>" => actual.is_u64(),
            "<datetime>" => text.is_some_and(is_datetime),
            _ => {
                let Some(text) = text else { return false };
                let known = self.fill(name);
                if known == name
                    && ["<id:", "<version:", "<cursor:"].iter().any(|kind| name.starts_with(kind))
                {
                    self.set(name, text);
                    return !text.is_empty();
                }
                known == text
            }
        }
    }
}

/// The shape of RFC 3339 in UTC, `2026-01-31T09:15:27.123Z`.
fn is_datetime(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let Some(rest) = shape.strip_prefix("0000-00-00T00:00:00") else { return false };
    rest == "Z" || (rest.starts_with('.') && rest.ends_with("0Z") && !rest.contains(' '))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Captures;

    fn differences(expected: serde_json::Value, actual: serde_json::Value) -> usize {
        Captures::default().compare(&expected, &actual).len()
    }

    #[test]
    fn objects_may_hold_more_and_arrays_may_not() {
        assert_eq!(differences(json!({"a": 1}), json!({"a": 1, "b": 2})), 0);
        assert_eq!(differences(json!([1]), json!([1, 2])), 1);
        assert_eq!(differences(json!(["<at least>", 2]), json!([1, 2])), 0);
        assert_eq!(differences(json!([2, 1]), json!([1, 2])), 0);
        assert_eq!(differences(json!(["<in order>", 2, 1]), json!([1, 2])), 2);
    }

    #[test]
    fn placeholders_distinguish_kinds() {
        assert_eq!(differences(json!({"a": "<any>"}), json!({})), 1);
        assert_eq!(differences(json!({"a": "<absent>"}), json!({"a": 1})), 1);
        assert_eq!(differences(json!({"a": "<absent>"}), json!({})), 0);
        assert_eq!(differences(json!("<integer>"), json!("1")), 1);
        assert_eq!(differences(json!("<contains ow>"), json!("how")), 0);
        assert_eq!(differences(json!("<contains ow>"), json!("what")), 1);
        assert!(Captures::default().compare_text("<absent>", None).is_empty());
        assert_eq!(Captures::default().compare_text("<absent>", Some("x")).len(), 1);
        assert_eq!(differences(json!("<datetime>"), json!("2026-01-31T09:15:27.123Z")), 0);
        assert_eq!(differences(json!("<datetime>"), json!("31 January")), 1);
    }

    #[test]
    fn what_is_captured_must_come_again() {
        let mut captures = Captures::default();
        assert!(captures.compare(&json!({"id": "<id:ana>"}), &json!({"id": "7"})).is_empty());
        assert_eq!(captures.fill("/Users/<id:ana>"), "/Users/7");
        assert_eq!(captures.compare(&json!({"id": "<id:ana>"}), &json!({"id": "8"})).len(), 1);
    }
}
