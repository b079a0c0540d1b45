//! Which attributes of a resource changed, as paths of RFC 7644.

use serde_json::{Map, Value};

/// What every resource has, and receivers need not hear of.
const COMMON: [&str; 2] = ["schemas", "meta"];

/// A path and its value now; `None` if it was removed.
pub(super) type Change<'a> = (String, Option<&'a Value>);

/// The paths of the attributes in `previous`, the attributes that changed as they were before, with their
/// values in `now`, the resource. Of an extension only the attributes that differ.
pub(super) fn changed<'a>(previous: &Map<String, Value>, now: &'a Map<String, Value>) -> Vec<Change<'a>> {
    let mut changes = Vec::new();
    for (name, before) in previous.iter().filter(|(name, _)| !COMMON.contains(&name.as_str())) {
        let after = now.get(name);
        if !name.contains(':') {
            changes.push((name.clone(), after));
            continue;
        }
        let (before, after) = (before.as_object(), after.and_then(Value::as_object));
        let old = |part: &String| before.and_then(|before| before.get(part));
        let removed = before.into_iter().flat_map(Map::keys);
        let removed = removed.filter(|part| after.is_none_or(|after| !after.contains_key(*part)));
        changes.extend(removed.map(|part| (format!("{name}:{part}"), None)));
        let set = after.into_iter().flatten().filter(|(part, value)| old(part) != Some(value));
        changes.extend(set.map(|(part, value)| (format!("{name}:{part}"), Some(value))));
    }
    changes
}

/// The paths of all attributes of `resource`.
pub(super) fn all(resource: &Map<String, Value>) -> Vec<String> {
    let nothing = resource.keys().map(|name| (name.clone(), Value::Null)).collect();
    changed(&nothing, resource).into_iter().map(|(path, _)| path).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_extension_is_named_by_its_attributes() {
        let map = |value: Value| value.as_object().unwrap().clone();
        let now = map(json!({
            "schemas": ["urn:x:User"], "id": "1", "userName": "ann", "meta": {}, "nickName": "A",
            "urn:x:User": { "division": "D", "department": "T", "floor": 3 },
        }));
        let previous = map(json!({
            "title": "Cook", "nickName": null, "schemas": [],
            "urn:x:User": { "division": "D", "department": "S", "manager": { "value": "2" } },
        }));
        let paths = |previous| changed(previous, &now);
        assert_eq!(
            paths(&previous),
            [
                ("title".to_owned(), None),
                ("nickName".to_owned(), Some(&json!("A"))),
                ("urn:x:User:manager".to_owned(), None),
                ("urn:x:User:department".to_owned(), Some(&json!("T"))),
                ("urn:x:User:floor".to_owned(), Some(&json!(3))),
            ]
        );
        let added = map(json!({ "urn:x:User": null }));
        assert_eq!(paths(&added).len(), 3);
        let removed = map(json!({ "urn:y:User": { "a": 1 } }));
        assert_eq!(paths(&removed), [("urn:y:User:a".to_owned(), None)]);
        assert_eq!(
            all(&now),
            [
                "id",
                "userName",
                "nickName",
                "urn:x:User:division",
                "urn:x:User:department",
                "urn:x:User:floor"
            ]
        );
    }
}
