//! The DynamoDB calls that a function's role allows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::read;

/// Actions, each with its target: `GetItem table`, `Query member-index`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy(pub BTreeSet<String>);

impl Policy {
    /// The policy of the role that `infra/function.yaml` makes with these parameters.
    pub(super) fn of(parameters: &Value) -> Self {
        let nested = read("infra/function.yaml");
        let role = &nested["Resources"]["Role"]["Properties"];
        assert_eq!(role["ManagedPolicyArns"], Value::Null, "AWS's own policies allow more than is needed");
        let table = &nested["Resources"]["TablePolicy"]["Properties"]["PolicyDocument"];
        let own = list(&role["Policies"]).into_iter();
        let documents =
            own.map(|policy| &chosen(&nested, parameters, policy)["PolicyDocument"]).chain([table]);
        let mut allowed = BTreeSet::new();
        for statement in documents.flat_map(|document| list(&document["Statement"])) {
            let statement = chosen(&nested, parameters, statement);
            if statement.is_null() {
                continue;
            }
            assert_eq!(statement["Effect"], "Allow");
            for action in values(parameters, &statement["Action"]) {
                assert!(!action.ends_with(":*"), "{action} is more than is needed");
                for resource in values(parameters, &statement["Resource"]) {
                    allowed.extend(of_table(&action, &resource));
                }
            }
        }
        Self(allowed)
    }

    /// Whether it allows everything that a DynamoDB call needs, given its name and body; and
    /// the needed actions.
    #[must_use]
    pub fn allows(&self, operation: &str, body: &Value) -> (bool, BTreeSet<String>) {
        let asked = asked(operation, body);
        (asked.is_subset(&self.0), asked)
    }
}

/// Evaluates a policy or statement that depends on a condition; null when it is left out.
fn chosen<'a>(nested: &Value, parameters: &Value, value: &'a Value) -> &'a Value {
    let Some([condition, then, otherwise]) = value["Fn::If"].as_array().map(Vec::as_slice) else {
        return value;
    };
    assert_eq!(otherwise["Ref"], "AWS::NoValue");
    // `!Not [!Equals [!Ref X, ""]]`, and the same of a list.
    let value = &nested["Conditions"][condition.as_str().unwrap()]["Fn::Not"][0]["Fn::Equals"][0];
    let name = value["Ref"].as_str().or_else(|| value["Fn::Join"][1]["Ref"].as_str()).expect("a parameter");
    if parameters[name].is_null() { &Value::Null } else { then }
}

/// Texts, with list parameters expanded; other expressions as JSON.
fn values(parameters: &Value, value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value["Ref"].as_str() {
        Some(name @ ("Actions" | "Indexes")) => {
            let given = &parameters[name];
            let given = given["Fn::Sub"].as_str().or_else(|| given.as_str()).expect("a list");
            given.split(',').map(|one| one.trim().to_owned()).collect()
        }
        _ => list(value).into_iter().map(text).collect(),
    }
}

/// The allowed actions of a statement on the table and its indexes. Lambda, not the function, reads
/// the stream.
fn of_table(action: &str, resource: &str) -> Option<String> {
    let action = action.strip_prefix("dynamodb:")?;
    if resource.contains("StreamArn") || action == "ListStreams" {
        return None;
    }
    if let Some(index) = resource.strip_prefix("${Table.Outputs.TableArn}/index/") {
        return Some(format!("{action} {index}"));
    }
    assert!(resource.contains(":table/${Table}\""), "{action} of {resource}");
    Some(format!("{action} table"))
}

/// IAM checks each part of a transaction under its own action.
fn asked(operation: &str, body: &Value) -> BTreeSet<String> {
    if let Some(items) = body["TransactItems"].as_array() {
        let parts = items.iter().filter_map(Value::as_object).flat_map(|item| item.keys());
        let action = |part: &String| match part.as_str() {
            "ConditionCheck" => "ConditionCheckItem table".to_owned(),
            part => format!("{part}Item table"),
        };
        return parts.map(action).collect();
    }
    BTreeSet::from([format!("{operation} {}", body["IndexName"].as_str().unwrap_or("table"))])
}

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |values| values.iter().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::asked;

    #[test]
    fn a_transaction_asks_for_its_parts() {
        let body = json!({ "TransactItems": [{ "Put": {} }, { "ConditionCheck": {} }, { "Put": {} }] });
        let parts: Vec<_> = asked("TransactWriteItems", &body).into_iter().collect();
        assert_eq!(parts, ["ConditionCheckItem table", "PutItem table"]);
        let index = asked("Query", &json!({ "IndexName": "member-index" }));
        assert!(index.contains("Query member-index"), "{index:?}");
    }
}
