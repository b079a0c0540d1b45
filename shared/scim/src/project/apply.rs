//! Reduces a rendered resource to the requested attributes.

use serde_json::Value;

use super::name::Name;
use super::{Projection, Selection};
use crate::model::attribute::{Attribute, Returned};
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// How much of an attribute is returned.
enum Share<'a> {
    Nothing,
    /// All parts that are returned by default, and these.
    All(Vec<&'a str>),
    /// These parts and those that are always returned.
    Parts(Vec<&'a str>),
    /// All parts that are returned by default, without these.
    Without(Vec<&'a str>),
}

impl Projection {
    /// The requested attributes of `doc`, a rendered resource of `kind`.
    ///
    /// `schemas` lists only the extensions that are present in the result. Attributes that
    /// `kind` does not have are left out.
    #[must_use]
    pub fn apply(&self, kind: &ResourceType, doc: Doc) -> Doc {
        let mut answer = Doc::new();
        let mut gone = Vec::new();
        for (key, value) in doc {
            let left = match (kind.attribute(&key), kind.extension(&key)) {
                (Some(row), _) => self.attribute(None, row, value),
                (None, Some(extension)) => {
                    let urn = extension.schema.id.as_str();
                    let left = self.extension(urn, &extension.schema.attributes, value);
                    if left.is_none() {
                        gone.push(urn.to_owned());
                    }
                    left
                }
                (None, None) => None,
            };
            if let Some(value) = left {
                answer.insert(key, value);
            }
        }
        if let Some(Value::Array(schemas)) = answer.get_mut("schemas") {
            schemas
                .retain(|urn| !gone.iter().any(|g| urn.as_str().is_some_and(|u| u.eq_ignore_ascii_case(g))));
        }
        answer
    }

    fn extension(&self, urn: &str, rows: &[Attribute], value: Value) -> Option<Value> {
        let Value::Object(parts) = value else { return None };
        let mut left = Doc::new();
        for (key, value) in parts {
            let row = rows.iter().find(|row| row.name.eq_ignore_ascii_case(&key));
            if let Some(value) = row.and_then(|row| self.attribute(Some(urn), row, value)) {
                left.insert(key, value);
            }
        }
        (!left.is_empty()).then_some(Value::Object(left))
    }

    fn attribute(&self, urn: Option<&str>, row: &Attribute, value: Value) -> Option<Value> {
        let names = self.names(urn, &row.name);
        let by_element = names.iter().any(|name| name.filter.is_some());
        let share = self.share(row, &names);
        match value {
            Value::Array(elements) if !row.sub_attributes.is_empty() => {
                let left = elements.into_iter().filter_map(|element| match element {
                    Value::Object(parts) if by_element => self.element(row, &names, parts),
                    Value::Object(parts) => cut(row, &share, parts).map(Value::Object),
                    _ if matches!(share, Share::Nothing) => None,
                    other => Some(other),
                });
                let left: Vec<Value> = left.collect();
                (!left.is_empty()).then_some(Value::Array(left))
            }
            Value::Object(parts) if by_element => self.element(row, &names, parts),
            Value::Object(parts) => cut(row, &share, parts).map(Value::Object),
            _ if matches!(share, Share::Nothing) => None,
            other => Some(other),
        }
    }

    /// The requested parts of one element, by those of `names` that select it.
    fn element(&self, row: &Attribute, names: &[&Name], parts: Doc) -> Option<Value> {
        let element = Value::Object(parts);
        let selecting: Vec<&Name> = names.iter().copied().filter(|name| name.selects(&element)).collect();
        let Value::Object(parts) = element else { return None };
        cut(row, &self.share(row, &selecting), parts).map(Value::Object)
    }

    /// The sent names that cover the attribute.
    fn names(&self, urn: Option<&str>, attribute: &str) -> Vec<&Name> {
        let names = match &self.selection {
            Selection::Default => &[][..],
            Selection::Only(names) | Selection::Except(names) => names,
        };
        names.iter().filter(|name| name.covers(urn, attribute)).collect()
    }

    fn share<'a>(&self, row: &Attribute, named: &[&'a Name]) -> Share<'a> {
        let subs = || named.iter().filter_map(|n| n.sub.as_deref()).collect();
        let whole = named.iter().any(|n| n.sub.is_none());
        match (row.returned, &self.selection) {
            (Returned::Never, _) => Share::Nothing,
            (Returned::Always, Selection::Only(_)) => Share::All(subs()),
            (Returned::Always, _) => Share::All(Vec::new()),
            (_, Selection::Only(_)) if named.is_empty() => Share::Nothing,
            (_, Selection::Only(_)) if whole => Share::All(subs()),
            (_, Selection::Only(_)) => Share::Parts(subs()),
            (Returned::Request, _) => Share::Nothing,
            (Returned::Default, Selection::Default) => Share::All(Vec::new()),
            (Returned::Default, Selection::Except(_)) if whole => Share::Nothing,
            (Returned::Default, Selection::Except(_)) => Share::Without(subs()),
        }
    }
}

/// The requested parts of one object, or `None` if there are none.
fn cut(row: &Attribute, share: &Share<'_>, parts: Doc) -> Option<Doc> {
    if matches!(share, Share::Nothing) {
        return None;
    }
    let left: Doc = parts.into_iter().filter(|(key, _)| keeps(row, share, key)).collect();
    (!left.is_empty()).then_some(left)
}

fn keeps(row: &Attribute, share: &Share<'_>, key: &str) -> bool {
    let listed = |subs: &[&str]| subs.iter().any(|sub| sub.eq_ignore_ascii_case(key));
    let Some(sub) = row.sub(key) else { return false };
    match (sub.returned, share) {
        (Returned::Never, _) | (_, Share::Nothing) => false,
        (Returned::Always, _) => true,
        (_, Share::Parts(subs)) => listed(subs),
        (Returned::Request, Share::All(subs)) => listed(subs),
        (Returned::Request, Share::Without(_)) => false,
        (Returned::Default, Share::All(_)) => true,
        (Returned::Default, Share::Without(subs)) => !listed(subs),
    }
}
