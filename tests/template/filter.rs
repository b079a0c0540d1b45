//! The filter of the stream's event source, as Lambda applies it, as far as the template uses it.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::member_values;
use tests::runtime::block_on;
use tests::template::Template;

/// The patterns; a record that matches one of them passes.
pub(crate) struct Filter(Vec<Value>);

impl Filter {
    /// The patterns of the template.
    pub(crate) fn of(template: &Template) -> Self {
        let filters = &template.resource("ChangesStream")["Properties"]["FilterCriteria"]["Filters"];
        let pattern = |filter: &Value| serde_json::from_str(filter["Pattern"].as_str().unwrap()).unwrap();
        Self(filters.as_array().unwrap().iter().map(pattern).collect())
    }

    /// Whether one of them matches.
    pub(crate) fn passes(&self, record: &Value) -> bool {
        self.0.iter().any(|pattern| fits(pattern, record))
    }
}

fn fits(pattern: &Value, record: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.iter().all(|(name, pattern)| fits(pattern, &record[name])),
        Value::Array(choices) => choices.iter().any(|choice| match choice {
            Value::Object(rule) => {
                let names: Vec<_> = rule.keys().collect();
                assert_eq!(names, ["exists"], "a rule that this test does not know");
                rule["exists"] == Value::Bool(!record.is_null())
            }
            value => value == record,
        }),
        other => panic!("a pattern has no {other}"),
    }
}

#[test]
fn no_record_is_given_up_before_the_stream_deletes_it() {
    let template = Template::main();
    let source = &template.resource("ChangesStream")["Properties"];
    assert_eq!(source["MaximumRetryAttempts"], -1);
    assert_eq!(source["MaximumRecordAgeInSeconds"], 24 * 60 * 60);
}

#[test]
fn what_every_request_writes_does_not_run_the_function() {
    let filter = Filter::of(&Template::main());
    let record = |name: &str, image: &str, attribute: &str| serde_json::json!({ "eventName": name, "dynamodb": { image: { attribute: { "S": "x" } } } });
    assert!(filter.passes(&record("REMOVE", "OldImage", "doc")), "a deleted resource");
    assert!(filter.passes(&record("MODIFY", "NewImage", table::name::REPLACED_LIST)), "a replaced list");
    assert!(!filter.passes(&record("MODIFY", "NewImage", table::name::MEMBER_LIST)), "a member added");
    assert!(!filter.passes(&record("INSERT", "NewImage", "doc")), "a new user");
    assert!(!filter.passes(&record("MODIFY", "NewImage", "doc")), "a changed user");
    assert!(!filter.passes(&record("REMOVE", "OldImage", "memberKey")), "a membership");
}

#[test]
fn a_replaced_list_runs_the_function_and_a_change_of_single_members_does_not() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let Some(stack) = scim.stack() else { return };
    let filter = Filter::of(&Template::main());
    let id = scim.create_group(&unique(), &["a".to_owned()]);
    let runs = |operation: Value| {
        scim.patch_group(&id, &json!([operation]));
        let text = |text: String| AttributeValue::S(text);
        let get = stack
            .client()
            .get_item()
            .table_name(scim.table())
            .key("PK", text(format!("D#{}#Group", scim.directory())))
            .key("SK", text(id.clone()));
        let item = block_on(get.send()).unwrap().item.unwrap();
        let image: Value = item.keys().map(|name| (name.clone(), json!({ "S": "x" }))).collect();
        filter.passes(&json!({ "eventName": "MODIFY", "dynamodb": { "NewImage": image } }))
    };
    let list = |op: &str, ids: &[&str]| json!({ "op": op, "path": "members", "value": member_values(ids) });
    assert!(!runs(list("add", &["b"])));
    assert!(runs(list("replace", &["c", "d"])), "all others");
    assert!(!runs(list("add", &["e"])));
    assert!(!runs(list("replace", &["c", "d", "f"])), "a small difference");
    assert!(runs(list("replace", &["g", "h", "i"])), "all others");
    assert!(!runs(json!({ "op": "replace", "path": "displayName", "value": unique() })));
}
