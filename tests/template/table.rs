//! The table of `infra/table.yaml` is the same as the one that the code creates.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{KeySchemaElement, TableDescription, TimeToLiveStatus};
use serde_json::Value;
use tests::endpoint::Endpoint;
use tests::runtime::block_on;
use tests::template::read;

use crate::recorder::client;

/// The table as DynamoDB describes it, and its TTL attribute.
fn made() -> Option<(TableDescription, String)> {
    let scim = Endpoint::shared();
    let client = client(scim.stack()?.dynamodb_url(), None);
    block_on(async {
        let table = client.describe_table().table_name(scim.table()).send().await.unwrap().table.unwrap();
        let ttl = client.describe_time_to_live().table_name(scim.table()).send().await.unwrap();
        let ttl = ttl.time_to_live_description.unwrap();
        assert_eq!(ttl.time_to_live_status, Some(TimeToLiveStatus::Enabled));
        Some((table, ttl.attribute_name.unwrap()))
    })
}

/// `PK HASH` and so on.
fn keys(schema: &[KeySchemaElement]) -> Vec<String> {
    schema.iter().map(|key| format!("{} {}", key.attribute_name, key.key_type)).collect()
}

fn keys_of(schema: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let key = |key: &Value| format!("{} {}", text(&key["AttributeName"]), text(&key["KeyType"]));
    schema.as_array().unwrap().iter().map(key).collect()
}

#[test]
fn the_template_makes_the_table_that_the_code_makes() {
    let Some((made, expires)) = made() else { return };
    let table = &read("infra/table.yaml")["Resources"]["Table"]["Properties"];

    assert_eq!(table["TimeToLiveSpecification"]["AttributeName"], expires.as_str());
    assert_eq!(table["TimeToLiveSpecification"]["Enabled"], true);
    assert_eq!(table["BillingMode"], made.billing_mode_summary.unwrap().billing_mode.unwrap().as_str());
    assert_eq!(keys_of(&table["KeySchema"]), keys(&made.key_schema.unwrap()));
    let stream = made.stream_specification.unwrap();
    assert!(stream.stream_enabled);
    assert_eq!(table["StreamSpecification"]["StreamViewType"], stream.stream_view_type.unwrap().as_str());

    let attribute = |name: &str, kind: &str| format!("{name} {kind}");
    let defined: BTreeSet<_> = table["AttributeDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .collect::<Vec<_>>()
        .into_iter()
        .map(|a| attribute(a["AttributeName"].as_str().unwrap(), a["AttributeType"].as_str().unwrap()))
        .collect();
    let made_of: BTreeSet<_> = made
        .attribute_definitions
        .unwrap()
        .iter()
        .map(|a| attribute(&a.attribute_name, a.attribute_type.as_str()))
        .collect();
    assert_eq!(defined, made_of);

    let indexes: BTreeSet<_> = table["GlobalSecondaryIndexes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|index| {
            let projection = index["Projection"]["ProjectionType"].as_str().unwrap();
            (
                index["IndexName"].as_str().unwrap().to_owned(),
                keys_of(&index["KeySchema"]),
                projection.to_owned(),
            )
        })
        .collect();
    let made_with: BTreeSet<_> = made
        .global_secondary_indexes
        .unwrap()
        .into_iter()
        .map(|index| {
            let projection = index.projection.unwrap().projection_type.unwrap();
            (index.index_name.unwrap(), keys(&index.key_schema.unwrap()), projection.as_str().to_owned())
        })
        .collect();
    assert_eq!(indexes, made_with);
}

#[test]
fn what_the_table_holds_is_not_lost_by_mistake() {
    let table = &read("infra/table.yaml")["Resources"]["Table"];
    assert_eq!(
        (&table["DeletionPolicy"], &table["UpdateReplacePolicy"]),
        (&"Retain".into(), &"Retain".into())
    );
    let table = &table["Properties"];
    assert_eq!(table["DeletionProtectionEnabled"], true);
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
}
