//! What IAM checks of a DynamoDB call.

use std::collections::BTreeSet;

use serde_json::Value;

/// Actions, their target, and the partition keys.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) actions: BTreeSet<String>,
    /// `table`, or the name of an index.
    pub(super) target: String,
    /// In a query of an index, the values of its hash key.
    pub(super) keys: BTreeSet<String>,
}

impl Call {
    /// The call `operation` with this body. A transaction is checked as the actions of its parts.
    pub(super) fn of(operation: &str, body: &Value) -> Self {
        let parts = body["TransactItems"].as_array().map(|items| {
            let parts = items.iter().filter_map(Value::as_object).flat_map(|item| item.keys());
            parts.map(|part| {
                if part == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{part}Item") }
            })
        });
        let actions = match parts {
            Some(parts) => parts.collect(),
            None => BTreeSet::from([operation.to_owned()]),
        };
        let mut keys = BTreeSet::new();
        match operation {
            "Query" => keys.extend(queried(body)),
            _ => collect(body, &mut keys),
        }
        Self { actions, target: body["IndexName"].as_str().unwrap_or("table").to_owned(), keys }
    }
}

/// The `PK` of every key and item in the body of a call.
fn collect(body: &Value, keys: &mut BTreeSet<String>) {
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value["PK"]["S"].as_str()) {
                    ("Key" | "Item", Some(key)) => {
                        keys.insert(key.to_owned());
                    }
                    ("Keys", _) => {
                        let named = value.as_array().into_iter().flatten();
                        keys.extend(named.filter_map(|key| key["PK"]["S"].as_str()).map(str::to_owned));
                    }
                    _ => collect(value, keys),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, keys)),
        _ => {}
    }
}

/// The hash key of a query, whose condition begins with `#name = :value`.
fn queried(body: &Value) -> Option<String> {
    let condition = body["KeyConditionExpression"].as_str()?;
    let [_, "=", value] = condition.split(' ').take(3).collect::<Vec<_>>()[..] else { return None };
    body["ExpressionAttributeValues"][value]["S"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Call;

    fn of(operation: &str, body: &Value) -> (String, String) {
        let call = Call::of(operation, body);
        let join =
            |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        (format!("{} {}", join(&call.actions), call.target), join(&call.keys))
    }

    #[test]
    fn each_call_shows_its_actions_and_keys() {
        let key = |pk: &str| json!({ "PK": { "S": pk }, "SK": { "S": "x" } });
        let of = |operation: &str, body: &Value| {
            let (actions, keys) = of(operation, body);
            format!("{actions}: {keys}")
        };
        let items = json!({ "TransactItems": [{ "Put": { "Item": key("a") } }, { "Update": { "Key": key("b") } },
            { "ConditionCheck": { "Key": key("c") } }, { "Put": { "Item": key("a") } }] });
        assert_eq!(of("TransactWriteItems", &items), "ConditionCheckItem PutItem UpdateItem table: a b c");
        let batch = json!({ "RequestItems": { "t": [{ "PutRequest": { "Item": key("a") } }, { "DeleteRequest": { "Key": key("b") } }] } });
        assert_eq!(of("BatchWriteItem", &batch), "BatchWriteItem table: a b");
        let batch = json!({ "RequestItems": { "t": { "Keys": [key("a"), key("b")] } } });
        assert_eq!(of("BatchGetItem", &batch), "BatchGetItem table: a b");
        assert_eq!(of("GetItem", &json!({ "Key": key("a") })), "GetItem table: a");
        let query = json!({ "IndexName": "member-index", "KeyConditionExpression": "#a = :a AND begins_with(#b, :b)",
            "ExpressionAttributeValues": { ":a": { "S": "m" }, ":b": { "S": "n" } } });
        assert_eq!(of("Query", &query), "Query member-index: m");
    }
}
