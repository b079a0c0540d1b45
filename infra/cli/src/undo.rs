//! `rollcall undo`

use std::collections::BTreeMap;

use indicatif::ProgressBar;
use serde_json::{Map, Value, json};

use crate::api::{Api, at};
use crate::args::Undo;
use crate::error::ToolError;
use crate::out::Out;

const COLUMNS: [(&str, &str); 7] = [
    ("Outcome", "outcome"),
    ("Type", "resourceType"),
    ("Id", "id"),
    ("Attributes", "attributes"),
    ("Added", "added"),
    ("Removed", "removed"),
    ("Detail", "detail"),
];

/// One line for each resource in JSON; for people a table, and how many have which outcome. Exit code 1 if
/// something was not undone.
pub(crate) async fn run(api: &Api, out: &Out, undo: Undo) -> Result<u8, ToolError> {
    let path = format!("{}/undo", at(&undo.directory));
    let mut body =
        Map::from_iter([("apply".to_owned(), undo.apply.into()), ("force".to_owned(), undo.force.into())]);
    match (undo.from, undo.to) {
        (Some(from), Some(to)) => {
            body.extend([("from".to_owned(), from.into()), ("to".to_owned(), to.into())])
        }
        _ => body.extend([("held".to_owned(), true.into())]),
    }
    let bar = match (undo.from, undo.to) {
        (Some(from), Some(to)) => ProgressBar::new(to.saturating_add(1).saturating_sub(from)),
        _ => ProgressBar::new_spinner(),
    };
    let mut items = Vec::new();
    // What was done before a failure is reported too.
    let failed = loop {
        let mut part = match api.post(&path, &Value::Object(body.clone())).await {
            Ok(part) => part,
            Err(error) => break Some(error),
        };
        if let Some(some) = part.get_mut("items").and_then(Value::as_array_mut) {
            items.append(some);
        }
        let rest =
            ["to", "after"].iter().find_map(|name| Some(((*name).to_owned(), part.get(name)?.clone())));
        let Some((name, value)) = rest else { break None };
        match (undo.to, value.as_u64()) {
            (Some(to), Some(left)) => bar.set_position(to.saturating_sub(left)),
            _ => bar.tick(),
        }
        body.insert(name, value);
    };
    bar.finish_and_clear();
    let mut counts = BTreeMap::<String, u64>::new();
    for item in &items {
        let outcome = item.get("outcome").and_then(Value::as_str).unwrap_or_default();
        *counts.entry(outcome.to_owned()).or_default() += 1;
    }
    let is_undone = !counts.keys().any(|outcome| matches!(outcome.as_str(), "conflict" | "impossible"));
    out.many(&items, &COLUMNS);
    if !out.json {
        out.one(&json!(counts));
        if !undo.apply {
            out.note("nothing was written: this is what `--apply` would do");
        }
    }
    failed.map_or(Ok(u8::from(!is_undone)), Err)
}
