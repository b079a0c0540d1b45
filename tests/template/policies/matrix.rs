//! What the role of each function allows for each kind of partition, as data.

use serde_json::{Value, json};
use tests::template::Template;

/// A partition of each kind (see `directory::keys`).
const RECORD: &str = "D#acme";
const USAGE: &str = "U#acme";
const RESOURCES: &str = "D#acme#User";
const COUNTERS: &str = "C#acme";
const ANCHORS: &str = "A#acme#c1";
const JOBS: &str = "S#0";
const REGISTRY: &str = "R#directories";
const LOG: &str = "E#acme";
const TOMBSTONES: &str = "T#acme";
const SUBSCRIPTIONS: &str = "W#acme";
const KEYS: &str = "K#signing";

const READ: &[&str] = &["BatchGetItem", "GetItem"];
const WRITE: &[&str] = &["BatchWriteItem", "DeleteItem", "PutItem"];
const UPDATE: &[&str] = &["UpdateItem"];

/// Function, partition, and the actions of [`READ`], [`WRITE`] and [`UPDATE`] that its role allows there.
const MATRIX: &[(&str, &str, [bool; 3])] = &[
    ("users", RECORD, [true, false, false]),
    ("users", USAGE, [true, true, true]),
    ("users", RESOURCES, [true, true, true]),
    ("users", COUNTERS, [true, true, true]),
    ("users", ANCHORS, [true, true, true]),
    ("users", JOBS, [false, false, false]),
    ("users", TOMBSTONES, [true, true, true]),
    ("users", LOG, [false, false, false]),
    ("users", REGISTRY, [false, false, false]),
    ("groups", RECORD, [true, false, false]),
    ("groups", USAGE, [true, true, true]),
    ("groups", RESOURCES, [true, true, true]),
    ("groups", JOBS, [true, true, true]),
    ("groups", REGISTRY, [false, false, false]),
    ("groups", TOMBSTONES, [true, true, true]),
    ("groups", LOG, [false, false, false]),
    ("bulk", RECORD, [true, false, false]),
    ("bulk", USAGE, [true, true, true]),
    ("bulk", RESOURCES, [true, true, true]),
    ("bulk", JOBS, [true, true, true]),
    ("bulk", REGISTRY, [false, false, false]),
    ("bulk", TOMBSTONES, [true, true, true]),
    ("bulk", LOG, [false, false, false]),
    ("discovery", RECORD, [true, false, false]),
    ("discovery", RESOURCES, [false, false, false]),
    ("discovery", COUNTERS, [false, false, false]),
    ("discovery", REGISTRY, [false, false, false]),
    ("discovery", USAGE, [true, false, false]),
    ("events", RECORD, [true, false, false]),
    // For a snapshot.
    ("events", RESOURCES, [true, false, false]),
    ("events", COUNTERS, [false, false, false]),
    ("events", TOMBSTONES, [false, false, false]),
    ("events", REGISTRY, [false, false, false]),
    ("deliver", RECORD, [false, false, false]),
    ("deliver", RESOURCES, [false, false, false]),
    ("deliver", LOG, [true, false, false]),
    ("deliver", REGISTRY, [false, false, false]),
    ("users", SUBSCRIPTIONS, [false, false, false]),
    ("bulk", SUBSCRIPTIONS, [false, false, false]),
    ("events", LOG, [true, false, false]),
    ("users", KEYS, [false, false, false]),
    ("groups", KEYS, [false, false, false]),
    ("bulk", KEYS, [false, false, false]),
    ("discovery", KEYS, [false, false, false]),
    ("token", KEYS, [false, false, false]),
    ("token", SUBSCRIPTIONS, [false, false, false]),
    ("token", RESOURCES, [false, false, false]),
    ("token", COUNTERS, [false, false, false]),
    ("token", REGISTRY, [false, false, false]),
];

fn call(action: &str, partitions: &[&str]) -> Value {
    let keys: Vec<_> = partitions.iter().map(|pk| json!({ "PK": { "S": pk }, "SK": { "S": "x" } })).collect();
    match action {
        "BatchGetItem" => json!({ "RequestItems": { "t": { "Keys": keys } } }),
        "BatchWriteItem" => {
            let puts: Vec<_> = keys.iter().map(|key| json!({ "PutRequest": { "Item": key } })).collect();
            json!({ "RequestItems": { "t": puts } })
        }
        "PutItem" => json!({ "Item": keys[0] }),
        _ => json!({ "Key": keys[0] }),
    }
}

#[test]
fn a_function_reaches_only_the_partitions_that_it_works_with() {
    let template = Template::main();
    for (function, partition, allowed) in MATRIX {
        let policy = template.policy(function);
        for (actions, allowed) in [READ, WRITE, UPDATE].iter().zip(allowed) {
            for action in *actions {
                let found = policy.allows(action, &call(action, &[*partition]));
                assert_eq!(found.is_ok(), *allowed, "{function}: {action} of {partition}");
            }
        }
    }
}

#[test]
fn one_key_of_a_batch_does_not_carry_another() {
    for function in ["users", "groups", "bulk"] {
        let policy = Template::main().policy(function);
        for other in [RECORD, REGISTRY] {
            let batch = call("BatchWriteItem", &[RESOURCES, other]);
            assert!(policy.allows("BatchWriteItem", &batch).is_err(), "{function}: {other}");
        }
        assert!(policy.allows("PutItem", &json!({})).is_err(), "{function}: a call without keys");
    }
}
