//! What a function may ask of DynamoDB: the statements of its role in `infra/roles.yaml`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::read;

/// Actions, each with what it may be done to: `GetItem table`, `Query member-index`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy(pub BTreeSet<String>);

impl Policy {
    /// The policy of the role that a function's properties name.
    pub(super) fn of(properties: &Value) -> Self {
        let name = properties["Role"]["Fn::GetAtt"].as_str().expect("a role of infra/roles.yaml");
        let output = name.strip_prefix("Roles.Outputs.").expect("a role of infra/roles.yaml");
        let roles = read("infra/roles.yaml");
        let role = roles["Outputs"][output]["Value"]["Fn::GetAtt"].as_str().expect("a role");
        let role = &roles["Resources"][role.trim_end_matches(".Arn")]["Properties"];
        assert_eq!(role["ManagedPolicyArns"], Value::Null, "what AWS manages is more than is needed");
        let mut allowed = BTreeSet::new();
        for policy in role["Policies"].as_array().into_iter().flatten() {
            let policy = if policy["Fn::If"].is_array() { &policy["Fn::If"][1] } else { policy };
            for statement in list(&policy["PolicyDocument"]["Statement"]) {
                assert_eq!(statement["Effect"], "Allow");
                for action in list(&statement["Action"]) {
                    let action = action.as_str().expect("an action");
                    assert!(!action.ends_with(":*"), "{output}: {action} is more than is needed");
                    allowed.extend(of_table(action, &statement["Resource"]));
                }
            }
        }
        Self(allowed)
    }

    /// Whether it allows all that a call of DynamoDB, by its name and body, amounts to;
    /// and what that is.
    #[must_use]
    pub fn allows(&self, operation: &str, body: &Value) -> (bool, BTreeSet<String>) {
        let asked = asked(operation, body);
        (asked.is_subset(&self.0), asked)
    }
}

/// What a statement says of the table and its indexes. The stream is Lambda's to read.
fn of_table(action: &str, resource: &Value) -> Option<String> {
    let action = action.strip_prefix("dynamodb:")?;
    if resource["Ref"] == "StreamArn" || action == "ListStreams" {
        return None;
    }
    if resource["Ref"] == "TableArn" {
        return Some(format!("{action} table"));
    }
    let index = resource["Fn::Sub"].as_str().and_then(|text| text.strip_prefix("${TableArn}/index/"));
    Some(format!("{action} {}", index.unwrap_or_else(|| panic!("{action} of {resource}"))))
}

/// IAM asks for each part of a transaction by its own name.
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
