//! The filter of the stream's event source, as Lambda applies it, as far as the template uses it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::{block_on, within};
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

/// A record as Lambda gets it, of an item with these attributes.
fn record<'a>(event: &str, attributes: impl IntoIterator<Item = &'a str>) -> Value {
    let image: Value = attributes.into_iter().map(|name| (name.to_owned(), json!({ "S": "x" }))).collect();
    let images = match event {
        "INSERT" => json!({ "NewImage": image }),
        "REMOVE" => json!({ "OldImage": image }),
        _ => json!({ "NewImage": image, "OldImage": image }),
    };
    json!({ "eventName": event, "dynamodb": images })
}

#[test]
fn resources_and_memberships_run_the_function() {
    let filter = Filter::of(&Template::main());
    assert!(filter.0.len() <= 5, "Lambda takes five patterns");
    for (event, attribute, passes) in [
        ("INSERT", "doc", true),
        ("MODIFY", "doc", true),
        ("REMOVE", "doc", true),
        ("INSERT", "memberKey", true),
        ("MODIFY", "memberKey", false),
        ("REMOVE", "memberKey", true),
        ("INSERT", "event", false),
    ] {
        assert_eq!(filter.passes(&record(event, [attribute])), passes, "{event} of an item with {attribute}");
    }
}

/// Every item of the table while it is used: an event must not cause further events.
#[test]
fn no_other_item_runs_the_function() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let Some(stack) = scim.stack() else { return };
    let filter = Filter::of(&Template::main());
    let user = scim.create_user(&unique(), &json!({ "externalId": unique() }));
    scim.create_group(&unique(), std::slice::from_ref(&user));
    let gone = scim.create_group(&unique(), std::slice::from_ref(&user));
    scim.delete(&format!("/Groups/{gone}")).send().expect(204);
    scim.get("/Users?count=1&startIndex=1").send().expect(200);
    let id = scim.directory();
    let wanted = || block_on(directory::events::head(&stack.table(), &id)).unwrap() >= 6;
    assert!(within(30, wanted), "the log is written");
    let scan = stack.client().scan().table_name(scim.table()).consistent_read(true);
    let items = block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>()).unwrap();
    let mut kinds = BTreeSet::new();
    for item in items {
        let pk = item["PK"].as_s().unwrap();
        let parts: Vec<&str> = pk.split('#').collect();
        let is_followed = matches!(parts[..], ["D", _, "User" | "Group"] | ["D", _, "Group", _, _]);
        for event in ["INSERT", "REMOVE"] {
            let passes = filter.passes(&record(event, item.keys().map(String::as_str)));
            assert_eq!(passes, is_followed, "{event} {pk}: {:?}", item.keys());
        }
        kinds.insert(parts[0].to_owned());
    }
    for kind in ["D", "C", "T", "E", "M"] {
        assert!(kinds.contains(kind), "{kind} of {kinds:?}");
    }
}
