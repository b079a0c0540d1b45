//! The source: people and groups, as in an Entra tenant.

pub mod change;
pub mod file;
pub mod generate;
mod names;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::mapping::path::member;

/// All people and groups. Deleted ones stay as tombstones: what has to happen at the target depends
/// on how they were removed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// People by object id.
    pub people: BTreeMap<String, Person>,
    /// Groups by object id.
    pub groups: BTreeMap<String, Group>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Person {
    /// Object id.
    pub id: String,
    /// Attributes by Entra's names, `mail` or `surname`.
    pub attributes: BTreeMap<String, Value>,
    /// Object id of the manager.
    pub manager: Option<String>,
    /// The application is assigned to this person.
    pub assigned: bool,
    /// `accountEnabled`
    pub enabled: bool,
    /// In the recycle bin.
    pub soft_deleted: bool,
    /// Deleted from the recycle bin, permanently.
    pub purged: bool,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// Object id.
    pub id: String,
    /// Attributes by Entra's names.
    pub attributes: BTreeMap<String, Value>,
    /// Object ids of the people in it.
    pub members: BTreeSet<String>,
    /// Deleted, or no longer assigned to the application.
    pub gone: bool,
}

impl Person {
    /// `IsSoftDeleted` as Entra computes it: the person has to lose access.
    #[must_use]
    pub fn is_soft_deleted(&self) -> bool {
        !self.assigned || !self.enabled || self.soft_deleted || self.purged
    }

    /// A source attribute, in any letter case, without the `#EXT#` of a guest's name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "issoftdeleted" => Some(Value::Bool(self.is_soft_deleted())),
            "accountenabled" => Some(Value::Bool(self.enabled)),
            "objectid" => Some(Value::String(self.id.clone())),
            "userprincipalname" => match find(&self.attributes, name)? {
                Value::String(text) => Some(Value::String(text.replace("#EXT#", ""))),
                other => Some(other.clone()),
            },
            _ => find(&self.attributes, name).cloned(),
        }
    }

    /// The name of a person in logs.
    #[must_use]
    pub fn name(&self) -> &str {
        self.attributes.get("userPrincipalName").and_then(Value::as_str).unwrap_or(&self.id)
    }
}

impl Group {
    /// A source attribute, in any letter case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Value> {
        if name.eq_ignore_ascii_case("objectId") {
            return Some(Value::String(self.id.clone()));
        }
        find(&self.attributes, name).cloned()
    }

    /// The name of a group in logs.
    #[must_use]
    pub fn name(&self) -> &str {
        self.attributes.get("displayName").and_then(Value::as_str).unwrap_or(&self.id)
    }
}

fn find<'a>(attributes: &'a BTreeMap<String, Value>, name: &str) -> Option<&'a Value> {
    attributes
        .get(name)
        .or_else(|| attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// Parses a boolean as people write it in files.
fn flag(value: &Value, name: &str, default: bool) -> bool {
    match member(value, name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => true,
            "false" | "no" | "0" => false,
            _ => default,
        },
        _ => default,
    }
}
