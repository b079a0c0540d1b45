//! People and groups from a file.
//!
//! JSON: `{"users": [{"id": …, "userPrincipalName": …, "manager": id or userPrincipalName,
//! "assigned": true, …}], "groups": [{"id": …, "displayName": …, "members": [ids or names]}]}`.
//! CSV: one person per row, the columns named like the source attributes, and in addition `id`,
//! `manager`, `groups` (names, separated by semicolons), `appRole`, `assigned`, `accountEnabled`,
//! `softDeleted`, `purged`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::{Directory, Group, Person, flag};
use crate::mapping::path::member;

/// Columns that are not attributes of a person.
const OWN: [&str; 9] =
    ["id", "objectId", "manager", "groups", "approle", "assigned", "accountEnabled", "softDeleted", "purged"];

/// Reads a source file; its extension decides the format.
///
/// # Errors
/// What is wrong, with the row.
pub fn read(path: &Path) -> Result<Directory, String> {
    let wrong =
        |error: &dyn std::fmt::Display| format!("cannot read the source `{}`: {error}", path.display());
    let csv = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let directory = if csv { from_csv(&text) } else { from_json(&text) };
    directory.map_err(|error| wrong(&error))
}

fn from_csv(text: &str) -> Result<Directory, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut users = Vec::new();
    let mut groups: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let cells = headers.iter().zip(row.iter()).filter(|(_, cell)| !cell.is_empty());
        let user: Map<String, Value> = cells.map(|(name, cell)| (name.to_owned(), json!(cell))).collect();
        let user = Value::Object(user);
        let names = member(&user, "groups").and_then(Value::as_str).unwrap_or_default().to_owned();
        for name in names.split(';').map(str::trim).filter(|name| !name.is_empty()) {
            groups.entry(name.to_owned()).or_default().push(json!(id_of(&user)?));
        }
        users.push(user);
    }
    let groups: Vec<Value> = groups
        .into_iter()
        .map(|(name, members)| json!({ "id": name, "displayName": name, "members": members }))
        .collect();
    build(&users, &groups)
}

fn from_json(text: &str) -> Result<Directory, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let list = |name: &str| match member(&value, name) {
        Some(Value::Array(list)) => Ok(list.clone()),
        None => Ok(Vec::new()),
        Some(_) => Err(format!("`{name}` must be a list")),
    };
    let (users, groups) = (list("users")?, list("groups")?);
    if users.is_empty() {
        return Err("`users` is missing or empty".to_owned());
    }
    build(&users, &groups)
}

fn id_of(user: &Value) -> Result<String, String> {
    let id = ["id", "objectId", "userPrincipalName"].iter().find_map(|name| member(user, name)?.as_str());
    id.map(str::to_owned).ok_or_else(|| format!("a user without `id` and `userPrincipalName`: {user}"))
}

fn build(users: &[Value], groups: &[Value]) -> Result<Directory, String> {
    let mut names: HashMap<String, String> = HashMap::new();
    for user in users {
        let id = id_of(user)?;
        if let Some(name) = member(user, "userPrincipalName").and_then(Value::as_str) {
            names.insert(name.to_lowercase(), id.clone());
        }
        if names.insert(id.to_lowercase(), id.clone()).is_some_and(|known| known != id) {
            return Err(format!("two users are called `{id}`"));
        }
    }
    let find = |value: &Value| {
        let name = value.as_str().unwrap_or_default();
        names.get(&name.to_lowercase()).cloned().ok_or_else(|| format!("there is no person `{name}`"))
    };
    let mut directory = Directory::default();
    for user in users {
        let id = id_of(user)?;
        let manager =
            member(user, "manager").map(find).transpose().map_err(|e| format!("manager of `{id}`: {e}"))?;
        let person = Person {
            attributes: attributes(user),
            manager,
            assigned: flag(user, "assigned", true),
            enabled: flag(user, "accountEnabled", true),
            soft_deleted: flag(user, "softDeleted", false),
            purged: flag(user, "purged", false),
            id: id.clone(),
        };
        if directory.people.insert(id.clone(), person).is_some() {
            return Err(format!("`{id}` is there twice"));
        }
    }
    for group in groups {
        let id = ["id", "objectId", "displayName"].iter().find_map(|name| member(group, name)?.as_str());
        let id = id.ok_or_else(|| format!("a group without `id` and `displayName`: {group}"))?.to_owned();
        let members = member(group, "members").and_then(Value::as_array).cloned().unwrap_or_default();
        let members: BTreeSet<String> =
            members.iter().map(find).collect::<Result<_, _>>().map_err(|e| format!("group `{id}`: {e}"))?;
        let mut attributes = attributes(group);
        attributes.remove("members");
        let gone = flag(group, "deleted", false) || !flag(group, "assigned", true);
        directory.groups.insert(id.clone(), Group { id, attributes, members, gone });
    }
    Ok(directory)
}

fn attributes(object: &Value) -> BTreeMap<String, Value> {
    let members = object.as_object().into_iter().flatten();
    let own = members.filter(|(name, _)| !OWN.iter().any(|own| own.eq_ignore_ascii_case(name)));
    let mut attributes: BTreeMap<String, Value> =
        own.map(|(name, value)| (name.clone(), value.clone())).collect();
    if let Some(role) = member(object, "appRole") {
        attributes.insert("appRoleAssignments".to_owned(), json!([{ "value": role, "displayName": role }]));
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_people() {
        let text = "userPrincipalName,givenName,manager,groups,assigned,appRole\n\
                    ana@ex.io,\"Ana \"\"A\"\"\",BEN@ex.io,Team A; Team B,,User\n\
                    ben@ex.io,Ben,,Team B,no,\n";
        let directory = from_csv(text).unwrap();
        let ana = &directory.people["ana@ex.io"];
        assert_eq!(ana.attribute("GIVENNAME"), Some(json!("Ana \"A\"")));
        assert_eq!(ana.manager.as_deref(), Some("ben@ex.io"));
        assert!(!ana.is_soft_deleted() && directory.people["ben@ex.io"].is_soft_deleted());
        assert_eq!(directory.groups["Team B"].members.len(), 2);
        assert!(ana.attributes["appRoleAssignments"].is_array());
    }

    #[test]
    fn the_readmes_example_is_a_table() {
        let readme = include_str!("../../README.md");
        let text = readme.split("```csv\n").nth(1).unwrap();
        let directory = from_csv(text.split("```").next().unwrap()).unwrap();
        assert_eq!((directory.people.len(), directory.groups.len()), (2, 2));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, word) in [
            (r#"{"users": []}"#, "`users`"),
            (r#"{"users": [{"givenName": "x"}]}"#, "`userPrincipalName`"),
            (r#"{"users": [{"id": "a", "manager": "b"}]}"#, "no person `b`"),
            (r#"{"users": [{"id": "a"}, {"id": "a"}]}"#, "twice"),
            (r#"{"users": [{"id": "a"}], "groups": [{"id": "g", "members": ["x"]}]}"#, "`g`"),
        ] {
            let error = from_json(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
