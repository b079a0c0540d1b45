//! Operations that have something in common other than references, and so keep the order in which they
//! were sent.
//!
//! Two operations do if they are about the same resource, or if one may free a unique value that
//! the other needs. A PATCH is not applied to find out which values it frees: resources that have
//! or are sent the same unique value are one family, and the operations on a family follow each
//! other. And an operation that deletes a resource comes before or after those that mention it.

use std::collections::{BTreeSet, HashMap, HashSet};

use directory::resource::index::{unique_key, unique_values};
use petgraph::unionfind::UnionFind;
use scim::bulk::order::{self, Touch};
use scim::bulk::request::{Method, Task};
use scim::model::doc::Doc;
use scim::model::path::AttrPath;
use scim::model::resource_type::{Index, ResourceType};
use scim::patch::operation::Operation;
use serde_json::Value;

use super::work::{Deed, Work};

/// By operation: the ids of deleted resources that it mentions, as values or in a PATCH's paths.
pub(super) struct Mentions(Vec<BTreeSet<String>>);

impl Mentions {
    /// Those of `tasks`, whose references are resolved: a resource may be deleted by its `bulkId`.
    pub(super) fn of<'a>(tasks: impl Iterator<Item = Option<&'a Task>> + Clone) -> Self {
        let deletes = tasks.clone().flatten().filter(|task| task.method == Method::Delete);
        let deleted: HashSet<&str> = deletes.filter_map(|task| task.id.as_deref()).collect();
        let mentions = |task: Option<&Task>| {
            let mut found = BTreeSet::new();
            if let Some(task) = task.filter(|_| !deleted.is_empty()) {
                texts(&task.data, &mut |text| {
                    found.extend(text.split('"').filter(|part| deleted.contains(part)).map(str::to_owned));
                });
            }
            found
        };
        Self(tasks.map(mentions).collect())
    }
}

/// What an operation touches.
#[derive(PartialEq, Eq, Hash)]
enum Thing<'a> {
    /// A resource, or several that share unique values.
    Family(usize),
    /// A resource that one operation deletes and others mention.
    Deleted(&'a str),
}

/// By operation: those before it in `sequence` that must have been tried before it. `doc` has the
/// attributes of the resource of an operation before the request.
pub(super) fn after<'a>(
    sequence: &[usize],
    mentions: &Mentions,
    works: &[Option<&'a Work>],
    doc: impl Fn(&Work) -> Option<&'a Doc>,
) -> Vec<BTreeSet<usize>> {
    let families = families(works, doc);
    order::after(sequence, |operation| {
        let mentioned = mentions.0.get(operation).into_iter().flatten();
        let mut touches: Vec<_> = mentioned.map(|id| (Thing::Deleted(id), Touch::Mention)).collect();
        if let Some(Some(work)) = works.get(operation) {
            touches.extend(families.get(operation).map(|family| (Thing::Family(*family), Touch::Change)));
            if matches!(work.deed, Deed::Delete { .. }) {
                touches.push((Thing::Deleted(&work.id), Touch::Change));
            }
        }
        touches
    })
}

/// By operation: the number of its family.
fn families<'a>(works: &[Option<&'a Work>], doc: impl Fn(&Work) -> Option<&'a Doc>) -> Vec<usize> {
    #[derive(PartialEq, Eq, Hash)]
    enum Node<'a> {
        Resource(&'a str, &'a str),
        Value(&'a str, String, String),
    }
    let mut numbers = HashMap::new();
    let mut edges = Vec::new();
    let mut resources = Vec::new();
    let mut number = |node| {
        let next = numbers.len();
        *numbers.entry(node).or_insert(next)
    };
    for (operation, work) in works.iter().enumerate() {
        let Some(work) = work else {
            // It touches nothing: it is its own family.
            resources.push(number(Node::Value("", String::new(), operation.to_string())));
            continue;
        };
        let kind = work.kind.name.as_str();
        let resource = number(Node::Resource(kind, &work.id));
        let before = doc(work).into_iter().flat_map(|doc| unique_values(&work.kind, doc));
        for (attribute, key) in before.chain(sent(work)) {
            edges.push((resource, number(Node::Value(kind, attribute, key))));
        }
        resources.push(resource);
    }
    let mut families = UnionFind::new(numbers.len());
    for (resource, value) in edges {
        families.union(resource, value);
    }
    resources.into_iter().map(|resource| families.find(resource)).collect()
}

/// The unique values that `work` may give its resource, each with its attribute. They may be more
/// than it really does.
fn sent(work: &Work) -> Vec<(String, String)> {
    match &work.deed {
        Deed::Create { doc, .. } => unique_values(&work.kind, doc),
        Deed::Replace { body, .. } => in_operation(&work.kind, None, Some(body)),
        Deed::Change { operations, .. } => {
            let sent = |operation: &Operation| {
                in_operation(&work.kind, operation.path.as_deref(), operation.value.as_ref())
            };
            operations.iter().flat_map(sent).collect()
        }
        Deed::Delete { .. } => Vec::new(),
    }
}

fn in_operation(kind: &ResourceType, path: Option<&str>, value: Option<&Value>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for index in kind.indexes.iter().filter(|index| index.unique) {
        let mut add = |text: &str| found.push(unique_key(index, text.trim()));
        match path {
            None => in_object(index, value, &mut add),
            Some(path) => {
                let (attribute, filter) = without_filter(path);
                if let Some(sub) = named(index, &attribute) {
                    in_filter(index, &filter, &mut add);
                    in_value(index, sub.as_deref(), value, &mut add);
                } else {
                    // The path of an extension, whose attributes are in the value.
                    in_object(index, value, &mut add);
                }
            }
        }
    }
    found
}

/// The values of `index` in an object of attributes, whose names may be paths; those of an
/// extension are in an object of their own.
fn in_object(index: &Index, object: Option<&Value>, add: &mut impl FnMut(&str)) {
    // Some clients send the one object in a list.
    let objects = match object {
        Some(Value::Array(elements)) => elements.as_slice(),
        Some(object) => std::slice::from_ref(object),
        None => &[],
    };
    for (name, value) in objects.iter().filter_map(Value::as_object).flatten() {
        let (attribute, filter) = without_filter(name);
        match named(index, &attribute) {
            Some(sub) => {
                in_filter(index, &filter, add);
                in_value(index, sub.as_deref(), Some(value), add);
            }
            None if value.is_object() && name.contains(':') => in_object(index, Some(value), add),
            None => {}
        }
    }
}

/// Whether `path` names the attribute of `index`; with the sub-attribute that it names.
#[allow(clippy::option_option, reason = "a path without a sub-attribute is one of the answers")]
fn named(index: &Index, path: &str) -> Option<Option<String>> {
    let path = AttrPath::split(path);
    path.name.eq_ignore_ascii_case(&index.path.name).then_some(path.sub)
}

/// The values of `index` in a value that was sent for its attribute, or for `sub` of it.
fn in_value(index: &Index, sub: Option<&str>, value: Option<&Value>, add: &mut impl FnMut(&str)) {
    let is_value = |name: &str| match &index.path.sub {
        Some(sub) => name.eq_ignore_ascii_case(sub),
        None => name.eq_ignore_ascii_case("value"),
    };
    if sub.is_some_and(|sub| !is_value(sub)) {
        return;
    }
    let mut open: Vec<&Value> = value.into_iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => add(text),
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                open.extend(fields.iter().filter(|(name, _)| is_value(name)).map(|(_, value)| value));
            }
            Value::Number(number) => add(&number.to_string()),
            Value::Null | Value::Bool(_) => {}
        }
    }
}

/// The values that the filter of a path compares: a PATCH may add an element that matches it.
fn in_filter(index: &Index, filter: &str, add: &mut impl FnMut(&str)) {
    let mut parts = filter.split('"');
    while let (Some(before), Some(text)) = (parts.next(), parts.next()) {
        let name = before.split_ascii_whitespace().rev().nth(1).unwrap_or_default();
        let name = name.trim_start_matches(['(', '[']);
        if index.path.sub.as_deref().is_some_and(|sub| name.eq_ignore_ascii_case(sub)) {
            add(text);
        }
    }
}

/// `path` without the filter in brackets, and the filter.
fn without_filter(path: &str) -> (String, String) {
    match (path.find('['), path.rfind(']')) {
        (Some(from), Some(to)) if from < to => {
            let part = |range| path.get(range).unwrap_or_default();
            (format!("{}{}", part(0..from), part(to + 1..path.len())), part(from + 1..to).to_owned())
        }
        _ => (path.to_owned(), String::new()),
    }
}

/// Calls `found` with each text in `data`.
fn texts(data: &Value, found: &mut impl FnMut(&str)) {
    let mut open = vec![data];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => found(text),
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use scim::patch::request::parse;
    use serde_json::json;

    use super::*;

    fn index(path: &str) -> Index {
        Index { path: AttrPath::split(path), unique: true, case_exact: true, idle: false }
    }

    /// The unique values that a PATCH with `operation` may give a user whose `attribute` is unique.
    fn sent(attribute: &str, operation: Value) -> Vec<(String, String)> {
        let kind = ResourceType { indexes: vec![index(attribute)], ..ResourceType::user() };
        let operations = parse(json!({ "Operations": [operation] })).unwrap_or_default();
        let found = operations.iter().map(|it| in_operation(&kind, it.path.as_deref(), it.value.as_ref()));
        found.flatten().collect()
    }

    #[test]
    fn each_way_to_send_a_unique_value_is_found() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let number = format!("{urn}:employeeNumber");
        for (attribute, operation) in [
            ("userName", json!({ "op": "replace", "path": "userName", "value": "x" })),
            ("userName", json!({ "op": "Add", "path": "USERNAME", "value": ["x"] })),
            ("userName", json!({ "op": "replace", "value": { "username": " x " } })),
            ("userName", json!({ "op": "replace", "value": [{ "userName": { "value": "x" } }] })),
            (
                "emails.value",
                json!({ "op": "add", "path": "emails", "value": [{ "type": "work", "value": "x" }] }),
            ),
            (
                "emails.value",
                json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "x" }),
            ),
            (
                "emails.value",
                json!({ "op": "replace", "path": "emails[value eq \"x\"].type", "value": "home" }),
            ),
            ("emails.value", json!({ "op": "add", "value": { "emails[type eq \"work\"].value": "x" } })),
            (&number, json!({ "op": "add", "path": number, "value": "x" })),
            (&number, json!({ "op": "add", "path": urn, "value": { "employeeNumber": "x" } })),
            (&number, json!({ "op": "add", "value": { urn: { "employeeNumber": "x" } } })),
        ] {
            let expected = [unique_key(&index(attribute), "x")];
            assert_eq!(sent(attribute, operation.clone()), expected, "{attribute}: {operation}");
        }
    }

    #[test]
    fn other_values_join_no_resources() {
        for (attribute, operation) in [
            ("userName", json!({ "op": "replace", "path": "title", "value": "x" })),
            ("userName", json!({ "op": "replace", "value": { "title": "x", "name": { "givenName": "y" } } })),
            (
                "emails.value",
                json!({ "op": "replace", "path": "emails[type eq \"work\"].type", "value": "x" }),
            ),
            ("emails.value", json!({ "op": "add", "path": "phoneNumbers", "value": [{ "value": "x" }] })),
        ] {
            assert!(sent(attribute, operation.clone()).is_empty(), "{attribute}: {operation}");
        }
    }
}
