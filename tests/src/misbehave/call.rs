//! A call as it is sent: its keys and its writes.

use serde_json::Value;
use table::name::{MEMBER_KEY, USER_NAME_KEY};

use super::index::Fed;

/// PK and SK.
pub(super) type Key = (String, String);

/// The kind of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Reading items.
    Read,
    /// Reading an index.
    Index,
    /// Reading several items by their keys.
    BatchRead,
    /// One item's write.
    Write,
    /// Several independent writes.
    BatchWrite,
    /// Several writes, all or nothing.
    Transaction,
    /// Any other call, such as creating the table.
    Other,
}

impl Kind {
    pub(super) fn of(operation: &str, body: &Value) -> Self {
        match operation {
            "Query" if body["IndexName"].is_string() => Self::Index,
            "GetItem" | "Query" | "Scan" => Self::Read,
            "BatchGetItem" => Self::BatchRead,
            "PutItem" | "UpdateItem" | "DeleteItem" => Self::Write,
            "BatchWriteItem" => Self::BatchWrite,
            "TransactWriteItems" => Self::Transaction,
            _ => Self::Other,
        }
    }

    pub(super) fn is_batch(self) -> bool {
        matches!(self, Self::BatchRead | Self::BatchWrite)
    }

    /// Whether it may read an old state of the table. Index reads always may, and do not count.
    pub(super) fn may_be_stale(self, body: &Value) -> bool {
        let stale = |read: &Value| read["ConsistentRead"] != true;
        match self {
            Self::Read => stale(body),
            Self::BatchRead => {
                body["RequestItems"].as_object().into_iter().flatten().any(|(_, read)| stale(read))
            }
            Self::Index | Self::Write | Self::BatchWrite | Self::Transaction | Self::Other => false,
        }
    }
}

fn key(item: &Value) -> Key {
    let text = |name: &str| item[name]["S"].as_str().expect("a key of the table").to_owned();
    (text("PK"), text("SK"))
}

/// The one write in `{"Put": {…}}` and the like.
pub(super) fn part(item: &Value) -> (&str, &Value) {
    let (what, write) = item.as_object().and_then(|item| item.iter().next()).expect("a write");
    (what, write)
}

/// Each write of the call: its name and its body.
fn writes<'a>(operation: &'a str, body: &'a Value) -> Vec<(&'a str, &'a Value)> {
    match operation {
        "PutItem" => vec![("Put", body)],
        "UpdateItem" => vec![("Update", body)],
        "DeleteItem" => vec![("Delete", body)],
        "TransactWriteItems" => body["TransactItems"].as_array().into_iter().flatten().map(part).collect(),
        "BatchWriteItem" => requests(body).map(part).collect(),
        _ => Vec::new(),
    }
}

/// The requests of a batch of writes.
fn requests(body: &Value) -> impl Iterator<Item = &Value> {
    let tables = body["RequestItems"].as_object().into_iter().flatten();
    tables.flat_map(|(_, requests)| requests.as_array().into_iter().flatten())
}

/// The keys that a writing call touches, in its order.
pub(super) fn keys(operation: &str, body: &Value) -> Vec<Key> {
    let of = |(what, write): (&str, &Value)| match what {
        "Put" | "PutRequest" => key(&write["Item"]),
        _ => key(&write["Key"]),
    };
    writes(operation, body).into_iter().map(of).collect()
}

/// The index changes of an applied call; `answer` is its response.
pub(super) fn fed(operation: &str, body: &Value, answer: &Value) -> Vec<(Key, Fed)> {
    let item = |item: &Value| {
        let text = |name: &str| item[name]["S"].as_str().map(str::to_owned);
        Fed::Item { user_name: text(USER_NAME_KEY), member: text(MEMBER_KEY) }
    };
    let of = |(what, write): (&str, &Value)| match what {
        "Put" | "PutRequest" => Some((key(&write["Item"]), item(&write["Item"]))),
        "Delete" | "DeleteRequest" => Some((key(&write["Key"]), Fed::Gone)),
        // The response has the whole new item.
        "Update" if answer["Attributes"]["PK"].is_object() => {
            Some((key(&write["Key"]), item(&answer["Attributes"])))
        }
        "Update" => renamed(write).map(|name| (key(&write["Key"]), Fed::UserName(name))),
        _ => None,
    };
    writes(operation, body).into_iter().filter_map(of).collect()
}

/// The `userNameKey` that an update expression sets.
fn renamed(update: &Value) -> Option<String> {
    let names = update["ExpressionAttributeNames"].as_object()?;
    let (placeholder, _) = names.iter().find(|(_, name)| *name == USER_NAME_KEY)?;
    let expression = update["UpdateExpression"].as_str().expect("an expression");
    let (_, set) = expression.split_once(&format!("{placeholder} = ")).expect("a name is set");
    let value = set.split([',', ' ']).next().expect("a placeholder");
    let value = update["ExpressionAttributeValues"][value]["S"].as_str().expect("a text");
    Some(value.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Kind;

    #[test]
    fn a_read_of_the_table_that_is_not_strongly_consistent_may_be_stale() {
        let stale = |operation: &str, body: Value| Kind::of(operation, &body).may_be_stale(&body);
        for operation in ["GetItem", "Query", "Scan"] {
            assert!(stale(operation, json!({})), "{operation}");
            assert!(stale(operation, json!({ "ConsistentRead": false })), "{operation}");
            assert!(!stale(operation, json!({ "ConsistentRead": true })), "{operation}");
        }
        assert!(stale("BatchGetItem", json!({ "RequestItems": { "t": { "Keys": [] } } })));
        let fresh = json!({ "RequestItems": { "t": { "Keys": [], "ConsistentRead": true } } });
        assert!(!stale("BatchGetItem", fresh));
        assert!(!stale("Query", json!({ "IndexName": "userName-index" })));
        assert!(!stale("PutItem", json!({ "Item": {} })));
    }
}
