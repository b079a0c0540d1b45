//! The provisioning log: one JSON line for each step.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::failure::Failure;
use crate::mapping::Kind;
use crate::wire::patch::Change;

/// Where the lines go.
#[derive(Debug, Default)]
pub(crate) struct Log {
    file: Option<Mutex<File>>,
}

/// One step.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) cycle: u32,
    /// `match`, `create`, `update`, `disable`, `restore`, `delete`, `manager`, `members`, …
    pub(crate) step: &'static str,
    /// `Create`, `Update`, `Disable`, `Delete`, `StagedDelete`, `Other`
    pub(crate) action: &'static str,
    pub(crate) kind: Kind,
    pub(crate) source: &'a str,
    pub(crate) name: &'a str,
    pub(crate) target: Option<&'a str>,
    pub(crate) changed: Vec<Value>,
    pub(crate) millis: u128,
    pub(crate) failure: Option<&'a Failure>,
    pub(crate) skipped: Option<&'a str>,
}

impl Log {
    /// Appends to this file, or writes nowhere.
    pub(crate) fn open(path: Option<&Path>) -> std::io::Result<Self> {
        let open = |path| File::options().create(true).append(true).open(path);
        Ok(Self { file: path.map(open).transpose()?.map(Mutex::new) })
    }

    /// Writes one line.
    pub(crate) fn write(&self, line: &Line<'_>) {
        let Some(file) = &self.file else { return };
        let status = match (line.failure, line.skipped) {
            (Some(_), _) => "Failure",
            (None, Some(_)) => "Skipped",
            (None, None) => "Success",
        };
        let mut out = Map::new();
        let mut set = |name: &str, value: Value| out.insert(name.to_owned(), value);
        set("time", json!(OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default()));
        set("cycle", json!(line.cycle));
        set("step", json!(line.step));
        set("provisioningAction", json!(line.action));
        set("status", json!(status));
        set("objectType", json!(line.kind.name()));
        set("sourceId", json!(line.source));
        set("sourceName", json!(line.name));
        set("targetId", json!(line.target));
        set("modifiedProperties", json!(line.changed));
        set("durationInMilliseconds", json!(u64::try_from(line.millis).unwrap_or(u64::MAX)));
        if let Some(reason) = line.skipped {
            set("reason", json!(reason));
        }
        if let Some(failure) = line.failure {
            set("errorCode", json!(failure.code));
            set("reason", json!(failure.message));
            if let Some(request) = &failure.request {
                set("request", json!({ "line": request.line(), "body": request.body }));
            }
            if let Some(answer) = &failure.answer {
                let body: String = answer.text.chars().take(4000).collect();
                set("response", json!({ "status": answer.status, "body": body }));
            }
        }
        let mut text = Value::Object(out).to_string();
        text.push('\n');
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk must not stop provisioning.
        let _ = file.write_all(text.as_bytes());
    }
}

/// `modifiedProperties` as the log has them.
pub(crate) fn properties(changes: &[Change]) -> Vec<Value> {
    let one = |change: &Change| property(change.path.text(), change.old.clone(), Some(change.new.clone()));
    changes.iter().map(one).collect()
}

/// One of them.
pub(crate) fn property(name: &str, old: Option<Value>, new: Option<Value>) -> Value {
    json!({ "displayName": name, "oldValue": old, "newValue": new })
}
