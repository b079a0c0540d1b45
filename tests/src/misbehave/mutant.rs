//! Deliberate faults of the product, made on the way to DynamoDB: it is the same as if the
//! product did not ask for the condition.

use serde_json::Value;

/// What the product would have forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// That an index entry of a unique value must be nobody else's.
    Uniqueness,
    /// That a resource must be at the version that was read.
    Version,
    /// To ask the index entry when `userName-index` has no hit.
    Fallback,
    /// That a group must be in the epoch that was read.
    Epoch,
    /// That a refusal may show its own write.
    Write,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Uniqueness, Self::Version, Self::Fallback, Self::Epoch, Self::Write];

    /// Whether `part` of a condition is what it forgets.
    fn forgets(self, part: &str) -> bool {
        match self {
            Self::Uniqueness => part.contains("#id = :id") && part.contains("attribute_not_exists"),
            Self::Version => part.starts_with("#version = :"),
            Self::Epoch => part.starts_with("#epoch = :"),
            Self::Fallback | Self::Write => false,
        }
    }

    /// Takes conditions out of a request. Returns whether there were any.
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
        let Some(condition) = write["ConditionExpression"].as_str() else { return false };
        let all = condition.split(" AND ").count();
        let left: Vec<String> =
            condition.split(" AND ").filter(|part| !self.forgets(part)).map(str::to_owned).collect();
        if left.len() == all {
            return false;
        }
        // What is to be checked, changed or deleted must be there all the same: half an item that a
        // change leaves of one that is gone cannot be read, and shows nothing of the condition.
        let left = if left.is_empty() && write.get("Item").is_none() {
            vec!["attribute_exists(PK)".to_owned()]
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
        // DynamoDB refuses what is named and not used.
        for names in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
            let Some(map) = write.get_mut(names).and_then(Value::as_object_mut) else { continue };
            map.retain(|placeholder, _| uses(&text, placeholder));
            if map.is_empty() {
                write.remove(names);
            }
        }
        true
    }

    /// Whether a read finds nothing because the product would not have asked.
    pub(super) fn hides(self, operation: &str, body: &Value) -> bool {
        let pk = body["Key"]["PK"]["S"].as_str().unwrap_or_default();
        self == Self::Fallback && operation == "GetItem" && pk.ends_with("#User#userName")
    }

    /// Changes what an answer says. Returns whether it did.
    pub(super) fn answer(self, answer: &mut Value) -> bool {
        if self != Self::Write {
            return false;
        }
        let mut changed = false;
        let mut forget = |refusal: &mut Value| {
            if let Some(write) = refusal.pointer_mut("/Item/write/S") {
                *write = "somebody".into();
                changed = true;
            }
        };
        forget(answer);
        answer["CancellationReasons"].as_array_mut().into_iter().flatten().for_each(forget);
        changed
    }
}

/// Whether `expression` has `placeholder`, and not one that only begins like it.
fn uses(expression: &str, placeholder: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    expression.match_indices(placeholder).any(|(at, found)| ends(&expression[at + found.len()..]))
}
