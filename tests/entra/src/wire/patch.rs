//! The operations of a PATCH, in both dialects.

use serde_json::{Map, Value, json};

use super::Dialect;
use crate::mapping::path::Path;

/// One attribute to change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which.
    pub path: Path,
    /// The present value.
    pub old: Option<Value>,
    /// The wanted value.
    pub new: Value,
}

/// The operations that make these changes.
///
/// The default dialect has one operation for each attribute and sends booleans as texts. The other
/// one puts all plain attributes into one object without a path; targets with brackets keep their
/// own operation in both.
#[must_use]
pub fn operations(dialect: Dialect, changes: &[Change]) -> Vec<Value> {
    let single = |change: &Change| {
        let op = if change.old.is_none() { "Add" } else { "Replace" };
        json!({ "op": cased(dialect, op), "path": change.path.text(), "value": spelled(dialect, &change.new) })
    };
    if dialect == Dialect::Default {
        return changes.iter().map(single).collect();
    }
    let (plain, own): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| change.path.element().is_none());
    let mut operations: Vec<Value> = own.into_iter().map(single).collect();
    let (replaced, added): (Vec<&Change>, Vec<&Change>) =
        plain.into_iter().partition(|change| change.old.is_some());
    for (op, changes) in [("replace", replaced), ("add", added)] {
        match changes.as_slice() {
            [] => {}
            [one] => operations.push(single(one)),
            several => {
                let pairs = several.iter().map(|change| (change.path.text().to_owned(), change.new.clone()));
                operations.push(json!({ "op": op, "value": pairs.collect::<Map<String, Value>>() }));
            }
        }
    }
    operations
}

/// Sets a reference to one object, or removes it with an empty text.
#[must_use]
pub fn manager(dialect: Dialect, path: &Path, was_there: bool, target: Option<&str>) -> Vec<Value> {
    let op = if was_there || target.is_none() { "Replace" } else { "Add" };
    vec![json!({ "op": cased(dialect, op), "path": path.text(), "value": target.unwrap_or_default() })]
}

/// Adds these members.
#[must_use]
pub fn add_members(dialect: Dialect, ids: &[String]) -> Vec<Value> {
    vec![json!({ "op": cased(dialect, "Add"), "path": "members", "value": list(dialect, ids) })]
}

/// Removes these members: by a list in the default dialect, by one filter each in the other.
#[must_use]
pub fn remove_members(dialect: Dialect, ids: &[String]) -> Vec<Value> {
    match dialect {
        Dialect::Default => vec![json!({ "op": "Remove", "path": "members", "value": list(dialect, ids) })],
        Dialect::Flag => {
            let one =
                |id: &String| json!({ "op": "remove", "path": format!("members[value eq {}]", json!(id)) });
            ids.iter().map(one).collect()
        }
    }
}

fn list(dialect: Dialect, ids: &[String]) -> Vec<Value> {
    let one = |id: &String| match dialect {
        Dialect::Default => json!({ "$ref": null, "value": id }),
        Dialect::Flag => json!({ "value": id }),
    };
    ids.iter().map(one).collect()
}

fn cased(dialect: Dialect, op: &str) -> String {
    match dialect {
        Dialect::Default => op.to_owned(),
        Dialect::Flag => op.to_ascii_lowercase(),
    }
}

/// The default dialect writes booleans as texts.
fn spelled(dialect: Dialect, value: &Value) -> Value {
    match (dialect, value) {
        (Dialect::Default, Value::Bool(true)) => json!("True"),
        (Dialect::Default, Value::Bool(false)) => json!("False"),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, old: Option<&str>, new: Value) -> Change {
        Change { path: Path::parse(path).unwrap(), old: old.map(Value::from), new }
    }

    fn changes() -> Vec<Change> {
        vec![
            change("displayName", Some("a"), json!("Ana")),
            change("active", Some("x"), json!(false)),
            change("emails[type eq \"work\"].value", Some("a"), json!("a@ex.io")),
            change("name.givenName", Some("a"), json!("Ana")),
            change("title", None, json!("CTO")),
        ]
    }

    #[test]
    fn the_default_dialect() {
        let expected = json!([
            { "op": "Replace", "path": "displayName", "value": "Ana" },
            { "op": "Replace", "path": "active", "value": "False" },
            { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "a@ex.io" },
            { "op": "Replace", "path": "name.givenName", "value": "Ana" },
            { "op": "Add", "path": "title", "value": "CTO" },
        ]);
        assert_eq!(json!(operations(Dialect::Default, &changes())), expected);
    }

    #[test]
    fn the_dialect_of_the_flag() {
        let expected = json!([
            { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "a@ex.io" },
            { "op": "replace", "value": { "displayName": "Ana", "active": false, "name.givenName": "Ana" } },
            { "op": "add", "path": "title", "value": "CTO" },
        ]);
        assert_eq!(json!(operations(Dialect::Flag, &changes())), expected);
    }

    #[test]
    fn managers() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
        let path = Path::parse(urn).unwrap();
        let of = |dialect, was_there, target| json!(manager(dialect, &path, was_there, target)[0]);
        assert_eq!(of(Dialect::Default, false, Some("1")), json!({ "op": "Add", "path": urn, "value": "1" }));
        assert_eq!(of(Dialect::Flag, true, Some("1")), json!({ "op": "replace", "path": urn, "value": "1" }));
        assert_eq!(of(Dialect::Default, true, None), json!({ "op": "Replace", "path": urn, "value": "" }));
    }

    #[test]
    fn members() {
        let ids = ["1".to_owned(), "2".to_owned()];
        let both = json!([{ "$ref": null, "value": "1" }, { "$ref": null, "value": "2" }]);
        assert_eq!(
            json!(add_members(Dialect::Default, &ids)),
            json!([{ "op": "Add", "path": "members", "value": both }])
        );
        assert_eq!(
            json!(remove_members(Dialect::Default, &ids)),
            json!([{ "op": "Remove", "path": "members", "value": both }])
        );
        assert_eq!(
            json!(remove_members(Dialect::Flag, &ids)),
            json!([
                { "op": "remove", "path": "members[value eq \"1\"]" },
                { "op": "remove", "path": "members[value eq \"2\"]" },
            ])
        );
        assert_eq!(
            json!(add_members(Dialect::Flag, &ids[..1])),
            json!([{ "op": "add", "path": "members", "value": [{ "value": "1" }] }])
        );
    }
}
