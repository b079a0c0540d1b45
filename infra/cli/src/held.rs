//! `rollcall held …`

use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::api::{Api, at};
use crate::args::{Decide, Held};
use crate::error::ToolError;
use crate::out::Out;

const COLUMNS: [(&str, &str); 6] = [
    ("Type", "type"),
    ("Id", "id"),
    ("User name", "userName"),
    ("State", "state"),
    ("Since", "since"),
    ("Actor", "actor"),
];
/// Ids that one request takes.
const IDS: usize = 100;

pub(crate) async fn run(api: &Api, out: &Out, command: Held) -> Result<u8, ToolError> {
    match command {
        Held::List { directory } => list(api, out, &directory).await?,
        Held::Approve(decide) => decided(api, out, decide, "approve").await?,
        Held::Reject(decide) => decided(api, out, decide, "reject").await?,
    }
    Ok(0)
}

/// All held changes, and for people the state of the guard before.
async fn list(api: &Api, out: &Out, directory: &str) -> Result<(), ToolError> {
    let path = format!("{}/held", at(directory));
    let items: Vec<Value> = api.list(&path).await?.into_iter().map(|item| shown(out, item)).collect();
    if !out.json {
        let mut state = api.get(&format!("{path}?count=1")).await?;
        if let Some(state) = state.as_object_mut() {
            state.retain(|name, _| name != "items" && name != "next");
        }
        out.one(&state);
    }
    out.many(&items, &COLUMNS);
    Ok(())
}

/// Sends the decision until it is carried out; the number of the changes.
async fn decided(api: &Api, out: &Out, decide: Decide, decision: &str) -> Result<(), ToolError> {
    let path = format!("{}/held", at(&decide.directory));
    let waiting = api.get(&format!("{path}?count=1")).await?.get("waiting").and_then(Value::as_u64);
    let bar =
        ProgressBar::new(if decide.ids.is_empty() { waiting.unwrap_or(0) } else { decide.ids.len() as u64 });
    let path = format!("{path}/{decision}");
    let mut changes = 0;
    let count = |answer: &Value| answer.get("changes").and_then(Value::as_u64).unwrap_or(0);
    if decide.ids.is_empty() {
        let mut after = Value::Null;
        loop {
            let mut answer = api.post(&path, &json!({ "after": after })).await?;
            changes += count(&answer);
            bar.inc(count(&answer));
            after = answer.get_mut("next").map(Value::take).unwrap_or_default();
            if after.is_null() {
                break;
            }
        }
    }
    for ids in decide.ids.chunks(IDS) {
        changes += count(&api.post(&path, &json!({ "ids": ids })).await?);
        bar.inc(ids.len() as u64);
    }
    bar.finish_and_clear();
    out.one(&json!({ "changes": changes }));
    Ok(())
}

/// `item` as it is shown: as it is in JSON; for people with the user's name as a column.
fn shown(out: &Out, mut item: Value) -> Value {
    if !out.json {
        let name = ["/data/userName", "/previous/userName"].iter().find_map(|at| item.pointer(at)).cloned();
        if let Some(item) = item.as_object_mut() {
            item.insert("userName".to_owned(), name.unwrap_or_default());
        }
    }
    item
}
