//! The attribute definitions of `/Schemas`.

use serde_json::Value;

use crate::mapping::Kind;
use crate::mapping::path::{Path, member};

/// The schemas that an endpoint publishes; empty when it publishes none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schemas {
    list: Vec<Value>,
}

impl Schemas {
    /// Reads a list response.
    pub(crate) fn read(body: &Value) -> Self {
        let list = member(body, "Resources").and_then(Value::as_array).cloned();
        Self { list: list.unwrap_or_default() }
    }

    /// Whether a schema is published.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.find(id).is_some()
    }

    /// The definitions of a path's attribute and sub-attribute.
    fn definitions(&self, kind: Kind, path: &Path) -> Option<(&Value, Option<&Value>)> {
        let schema = self.find(path.urn().unwrap_or(kind.schema()))?;
        let attribute = named(member(schema, "attributes")?, path.attribute())?;
        let sub = path.sub().and_then(|sub| named(member(attribute, "subAttributes")?, sub));
        Some((attribute, sub))
    }

    /// The attribute is required.
    pub(crate) fn is_required(&self, kind: Kind, path: &Path) -> bool {
        let required = |definition: &Value| member(definition, "required") == Some(&Value::Bool(true));
        match self.definitions(kind, path) {
            Some((attribute, None)) => required(attribute),
            Some((attribute, Some(sub))) => required(attribute) && required(sub),
            None => false,
        }
    }

    /// The canonical values of the attribute.
    pub(crate) fn allowed(&self, kind: Kind, path: &Path) -> Vec<Value> {
        let definition = self.definitions(kind, path).map(|(attribute, sub)| sub.unwrap_or(attribute));
        let values = definition.and_then(|it| member(it, "canonicalValues")).and_then(Value::as_array);
        values.cloned().unwrap_or_default()
    }

    /// The attribute's type: `string`, `boolean`, …
    pub(crate) fn type_of(&self, kind: Kind, path: &Path) -> Option<&str> {
        let (attribute, sub) = self.definitions(kind, path)?;
        member(sub.unwrap_or(attribute), "type").and_then(Value::as_str)
    }

    fn find(&self, id: &str) -> Option<&Value> {
        let is = |schema: &&Value| {
            member(schema, "id").and_then(Value::as_str).is_some_and(|it| it.eq_ignore_ascii_case(id))
        };
        self.list.iter().find(is)
    }
}

fn named<'a>(attributes: &'a Value, name: &str) -> Option<&'a Value> {
    let is = |it: &&Value| {
        member(it, "name").and_then(Value::as_str).is_some_and(|it| it.eq_ignore_ascii_case(name))
    };
    attributes.as_array()?.iter().find(is)
}
