//! Deliberate faults of the product, made on the way to DynamoDB: as if the product did not require
//! a condition.
//!
//! Conditions are found by the names of their attributes, not by placeholders: those may change.

use serde_json::{Map, Value};
use table::name::{AT, BY, ID, MEMBER_LIST, PK, REVISION, VERSION, WRITE};

/// What the product omits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// That an index entry of a unique value must not belong to another resource.
    Uniqueness,
    /// That a resource must be at the version that was read.
    Version,
    /// To read the index entry when `userName-index` has no hit.
    Fallback,
    /// That a group must have the member list that was read.
    MemberList,
    /// That a refusal may be caused by its own write.
    Write,
    /// That the head of an event log must be the one that was read.
    LogHead,
    /// To store with the marks of an event log which records of the stream it covers.
    LogMark,
    /// To store who deleted a resource.
    Tombstone,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Uniqueness,
        Self::Version,
        Self::Fallback,
        Self::MemberList,
        Self::Write,
        Self::LogHead,
        Self::LogMark,
        Self::Tombstone,
    ];

    /// Whether it omits `part` of a condition, in which attributes have their names.
    fn forgets(self, part: &str) -> bool {
        let compares = |attribute: &str| part.starts_with(&format!("{attribute} = "));
        match self {
            Self::Uniqueness => {
                part.contains(&format!(" {ID} = ")) && part.contains(&format!("attribute_not_exists({PK})"))
            }
            Self::Version => compares(VERSION),
            Self::MemberList => compares(MEMBER_LIST),
            Self::LogHead => compares(REVISION),
            Self::Fallback | Self::Write | Self::LogMark | Self::Tombstone => false,
        }
    }

    /// The attribute that it omits from items of partitions that begin with this.
    fn omits(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::LogMark => Some(("M#", AT)),
            Self::Tombstone => Some(("T#", BY)),
            _ => None,
        }
    }

    /// Removes conditions, or attributes, from a request. Returns whether it contained any.
    pub(super) fn request(self, operation: &str, body: &mut Value) -> bool {
        match operation {
            "TransactWriteItems" => {
                let items = body["TransactItems"].as_array_mut().into_iter().flatten();
                let writes = items.flat_map(|item| item.as_object_mut().into_iter().flatten());
                writes.fold(false, |any, (_, write)| self.write(write) | any)
            }
            "PutItem" | "UpdateItem" | "DeleteItem" => self.write(body),
            _ => false,
        }
    }

    fn write(self, write: &mut Value) -> bool {
        if let Some((partition, attribute)) = self.omits() {
            let is_meant = write["Item"][PK]["S"].as_str().is_some_and(|pk| pk.starts_with(partition));
            let item = write.get_mut("Item").and_then(Value::as_object_mut).filter(|_| is_meant);
            return item.is_some_and(|item| item.remove(attribute).is_some());
        }
        let Some(condition) = write["ConditionExpression"].as_str() else { return false };
        let names = write["ExpressionAttributeNames"].as_object();
        let all = condition.split(" AND ").count();
        let parts = condition.split(" AND ").filter(|part| !self.forgets(&with_names(part, names)));
        let left: Vec<String> = parts.map(str::to_owned).collect();
        if left.len() == all {
            return false;
        }
        // Items that are checked, changed or deleted must still exist: an update of a
        // deleted item would create one that cannot be read, which has nothing to do with
        // the condition.
        let left = if left.is_empty() && write.get("Item").is_none() {
            vec![format!("attribute_exists({PK})")]
        } else {
            left
        };
        let text =
            format!("{} {}", left.join(" AND "), write["UpdateExpression"].as_str().unwrap_or_default());
        let write = write.as_object_mut().expect("a write");
        if left.is_empty() {
            write.remove("ConditionExpression");
            write.remove("ReturnValuesOnConditionCheckFailure");
        } else {
            write.insert("ConditionExpression".to_owned(), left.join(" AND ").into());
        }
        // DynamoDB refuses unused placeholders.
        for names in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
            let Some(map) = write.get_mut(names).and_then(Value::as_object_mut) else { continue };
            map.retain(|placeholder, _| uses(&text, placeholder));
            if map.is_empty() {
                write.remove(names);
            }
        }
        true
    }

    /// Whether a read returns nothing, as if the product had not made it.
    pub(super) fn hides(self, operation: &str, body: &Value) -> bool {
        let pk = body["Key"]["PK"]["S"].as_str().unwrap_or_default();
        self == Self::Fallback && operation == "GetItem" && pk.ends_with("#User#userName")
    }

    /// Changes a response. Returns whether it did.
    pub(super) fn answer(self, answer: &mut Value) -> bool {
        if self != Self::Write {
            return false;
        }
        let mut changed = false;
        let mut forget = |refusal: &mut Value| {
            if let Some(write) = refusal.pointer_mut(&format!("/Item/{WRITE}/S")) {
                *write = "another".into();
                changed = true;
            }
        };
        forget(answer);
        answer["CancellationReasons"].as_array_mut().into_iter().flatten().for_each(forget);
        changed
    }
}

/// `expression` with names of attributes in place of its placeholders.
pub(super) fn with_names(expression: &str, names: Option<&Map<String, Value>>) -> String {
    let mut names: Vec<(&String, &str)> = names
        .into_iter()
        .flatten()
        .filter_map(|(name, attribute)| Some((name, attribute.as_str()?)))
        .collect();
    // A placeholder may be a prefix of another one.
    names.sort_by_key(|(placeholder, _)| std::cmp::Reverse(placeholder.len()));
    names.into_iter().fold(expression.to_owned(), |text, (placeholder, name)| text.replace(placeholder, name))
}

/// Whether `expression` contains `placeholder`, and not only a longer one with this prefix.
fn uses(expression: &str, placeholder: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    expression.match_indices(placeholder).any(|(at, found)| ends(&expression[at + found.len()..]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A write with a condition on each of these attributes, as the product makes it.
    fn write(condition: &str, names: Value) -> Value {
        json!({ "TransactItems": [{ "Update": {
            "UpdateExpression": "SET #n0 = :v0", "ConditionExpression": condition,
            "ExpressionAttributeNames": names, "ExpressionAttributeValues": { ":v0": {}, ":v1": {}, ":v2": {} },
        } }] })
    }

    #[test]
    fn a_mutant_finds_its_condition_by_the_name_of_the_attribute() {
        let names = json!({ "#n0": "doc", "#n1": VERSION, "#n12": MEMBER_LIST });
        let body = || write("#n12 = :v2 AND #n1 = :v1", names.clone());
        for (mutant, left) in [(Mutant::Version, "#n12 = :v2"), (Mutant::MemberList, "#n1 = :v1")] {
            let mut body = body();
            assert!(mutant.request("TransactWriteItems", &mut body), "{mutant:?}");
            assert_eq!(body["TransactItems"][0]["Update"]["ConditionExpression"], left);
        }
        assert!(!Mutant::Uniqueness.request("TransactWriteItems", &mut body()));
        let names = json!({ "#n0": PK, "#n1": ID });
        let mut entry = write("(attribute_not_exists(#n0) OR #n1 = :v0)", names);
        assert!(Mutant::Uniqueness.request("TransactWriteItems", &mut entry));
    }
}
