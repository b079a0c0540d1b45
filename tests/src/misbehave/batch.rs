//! Batches that are done only partly: the rest is returned as unprocessed.

use serde_json::{Map, Value, json};

use super::fate::Fates;

/// The response to a batch of which nothing is done.
pub(super) fn all_left(body: &Value) -> Value {
    let tables = &body["RequestItems"];
    let reads = tables.as_object().is_some_and(|tables| tables.values().any(|one| one.get("Keys").is_some()));
    if reads {
        json!({ "Responses": {}, "UnprocessedKeys": tables })
    } else {
        json!({ "UnprocessedItems": tables })
    }
}

/// Removes a part of the batch from `body` and returns it in the form of a response; `None` when the
/// batch has only one item.
pub(super) fn take_out(body: &mut Value, fates: &Fates) -> Option<Value> {
    let tables = body["RequestItems"].as_object_mut()?;
    let mut left = Map::new();
    for (table, requests) in tables.iter_mut() {
        // A batch of reads has its keys inside an object.
        let reads = requests.get("Keys").is_some();
        let list = if reads { &mut requests["Keys"] } else { &mut *requests };
        let list = list.as_array_mut()?;
        if list.len() < 2 {
            return None;
        }
        let rest = Value::Array(list.split_off(1 + fates.below(list.len() - 1)));
        let mut unprocessed = if reads { requests.clone() } else { rest.clone() };
        if reads {
            unprocessed["Keys"] = rest;
        }
        left.insert(table.clone(), unprocessed);
    }
    Some(Value::Object(left))
}
