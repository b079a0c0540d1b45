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
                let (name, wanted) = rule.iter().next().expect("a rule");
                match name.as_str() {
                    "exists" => *wanted == Value::Bool(!record.is_null()),
                    "prefix" => {
                        record.as_str().is_some_and(|text| text.starts_with(wanted.as_str().unwrap()))
                    }
                    other => panic!("the rule {other} is not known to this test"),
                }
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

/// A record as Lambda gets it, of an item with this key and these attributes.
fn record<'a>(event: &str, key: (&str, &str), attributes: impl IntoIterator<Item = &'a str>) -> Value {
    let image: Value = attributes.into_iter().map(|name| (name.to_owned(), json!({ "S": "x" }))).collect();
    let images = match event {
        "INSERT" => json!({ "NewImage": image }),
        "REMOVE" => json!({ "OldImage": image }),
        _ => json!({ "NewImage": image, "OldImage": image }),
    };
    let mut record = json!({ "eventName": event, "dynamodb": images });
    record["dynamodb"]["Keys"] = json!({ "PK": { "S": key.0 }, "SK": { "S": key.1 } });
    record
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
        let record = record(event, ("x", "x"), [attribute]);
        assert_eq!(filter.passes(&record), passes, "{event} of an item with {attribute}");
    }
}

#[test]
fn administration_runs_the_function_and_use_does_not() {
    let filter = Filter::of(&Template::main());
    for (pk, sk, passes) in [
        ("D#acme", "directory", true),
        ("D#acme", "credential#c1", true),
        ("D#acme", "client#c1", true),
        ("D#acme", "rate", false),
        ("D#acme", "slots", false),
        ("D#acme", "grant#g1", false),
        ("D#acme", "code#x", false),
        ("R#directories", "acme", false),
        ("M#acme", "Credential#c1", false),
        ("M#acme", "Directory#acme", false),
        ("A#acme#c1", "x#1", false),
    ] {
        assert_eq!(filter.passes(&record("MODIFY", (pk, sk), ["name"])), passes, "{pk} {sk}");
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
    let wanted = || block_on(directory::events::head(&stack.table(), &id)).unwrap() >= 8;
    assert!(within(30, wanted), "the log is written");
    let scan = stack.client().scan().table_name(scim.table()).consistent_read(true);
    let items = block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>()).unwrap();
    let mut kinds = BTreeSet::new();
    for item in items {
        let pk = item["PK"].as_s().unwrap();
        let parts: Vec<&str> = pk.split('#').collect();
        let sk = item["SK"].as_s().unwrap();
        let is_followed = match parts[..] {
            ["D", _, "User" | "Group"] | ["D", _, "Group", _, _] => true,
            ["D", _] => sk == "directory" || sk.starts_with("credential#") || sk.starts_with("client#"),
            _ => false,
        };
        for event in ["INSERT", "REMOVE"] {
            let passes = filter.passes(&record(event, (pk, sk), item.keys().map(String::as_str)));
            assert_eq!(passes, is_followed, "{event} {pk} {sk}: {:?}", item.keys());
        }
        kinds.insert(parts[0].to_owned());
    }
    for kind in ["D", "C", "T", "E", "M"] {
        assert!(kinds.contains(kind), "{kind} of {kinds:?}");
    }
}
