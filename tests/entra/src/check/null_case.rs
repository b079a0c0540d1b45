//! Attributes are cleared with empty texts and with nulls, in single operations and without a path.

use serde_json::{Map, Value, json};

use super::finding::Fault;
use super::talk::{Made, Talk};
use crate::mapping::path::Path;
use crate::mapping::{Flow, Kind};

/// The two phases of the harness, each in both forms.
pub(crate) async fn clear(talk: &mut Talk<'_>) -> Option<()> {
    let world = talk.world;
    let rows = world.mapping.users.values().filter(|row| {
        !matches!(row.target.attribute(), "active" | "userName")
            && !world.schemas.is_required(Kind::User, &row.target)
            && world.schemas.type_of(Kind::User, &row.target).is_none_or(|kind| kind == "string")
            && !matches!(row.flow, Flow::Constant(_))
    });
    let paths: Vec<Path> = rows.map(|row| row.target.clone()).collect();
    if paths.is_empty() {
        return Some(());
    }
    for verbose in [true, false] {
        let made = talk.make(Kind::User).await?;
        for value in [json!(""), Value::Null] {
            talk.patch(&made, operations(&paths, &value, verbose)).await?;
            cleared(talk, &made, &paths, &value).await?;
        }
    }
    Some(())
}

fn operations(paths: &[Path], value: &Value, verbose: bool) -> Vec<Value> {
    let single = |path: &&Path| json!({ "op": "replace", "path": path.text(), "value": value });
    if verbose {
        return paths.iter().map(|path| single(&path)).collect();
    }
    let (own, plain): (Vec<&Path>, Vec<&Path>) = paths.iter().partition(|path| path.element().is_some());
    let mut operations: Vec<Value> = own.iter().map(single).collect();
    if !plain.is_empty() {
        let object: Map<String, Value> =
            plain.iter().map(|path| (path.text().to_owned(), value.clone())).collect();
        operations.push(json!({ "op": "replace", "value": object }));
    }
    operations
}

async fn cleared(talk: &mut Talk<'_>, made: &Made, paths: &[Path], value: &Value) -> Option<()> {
    let resource = talk.read(made).await?;
    for path in paths {
        if let Some(there) = path.read(&resource) {
            talk.fault(
                Fault::NotCleared,
                format!("after `{path}` was replaced by {value} it is still {there}"),
            );
        }
    }
    talk.is_clean().then_some(())
}
