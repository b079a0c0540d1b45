//! `rollcall import`

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::api::{Api, at};
use crate::args::Import;
use crate::csv;
use crate::error::ToolError;
use crate::out::Out;

/// Lines, and bytes, that one request takes.
const LINES: usize = 500;
const BYTES: usize = 1024 * 1024;
const TEMPLATE: &str = "{bar:32} {pos}/{len} lines  {per_sec}, {eta} left";
const REFUSED: [(&str, &str); 4] =
    [("Line", "line"), ("Type", "resourceType"), ("Id", "id"), ("Why", "detail")];

/// The outcome of one line each, in JSON; for people how many of what, and what was refused.
/// Exit code 1 when something was.
pub(crate) async fn run(api: &Api, out: &Out, import: Import) -> Result<u8, ToolError> {
    let lines = read(&import)?;
    let bar = ProgressBar::new(lines.len() as u64);
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style);
    }
    let path = format!("{}/import?dryRun={}", at(&import.directory), import.dry_run);
    let (mut counts, mut refused) = (BTreeMap::<String, u64>::new(), Vec::new());
    // What was done before a failure is reported too.
    let mut failed = None;
    for batch in batches(&lines) {
        let outcomes = match send(api, &path, batch).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                failed = Some(error);
                break;
            }
        };
        for ((number, _), mut outcome) in batch.iter().zip(outcomes) {
            if let Some(outcome) = outcome.as_object_mut() {
                outcome.shift_insert(0, "line".to_owned(), json!(number));
            }
            let what = outcome.get("outcome").and_then(Value::as_str).unwrap_or("refused").to_owned();
            if out.json {
                out.line(&outcome);
            }
            if what == "refused" {
                refused.push(outcome);
            }
            *counts.entry(what).or_default() += 1;
        }
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    if !out.json && (failed.is_none() || !counts.is_empty()) {
        let counts: serde_json::Map<String, Value> =
            counts.into_iter().map(|(what, count)| (what, json!(count))).collect();
        if import.dry_run {
            out.note("nothing was written: this is what would be");
        }
        out.one(&Value::Object(counts));
        if !refused.is_empty() {
            out.many(&refused, &REFUSED);
        }
    }
    failed.map_or(Ok(u8::from(!refused.is_empty())), Err)
}

/// Sends `batch`; what became of each line.
async fn send(api: &Api, path: &str, batch: &[(u64, String)]) -> Result<Vec<Value>, ToolError> {
    let body: String = batch.iter().flat_map(|(_, line)| [line.as_str(), "\n"]).collect();
    let answer = match api.send_lines(path, body).await {
        // A line that is too large does not prevent the others from being imported.
        Err(ToolError::Refused { status: 413, detail }) if batch.len() == 1 => {
            return Ok(vec![json!({ "outcome": "refused", "detail": detail })]);
        }
        answer => answer?,
    };
    let outcomes: Vec<Value> = answer.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if outcomes.len() == batch.len() {
        Ok(outcomes)
    } else {
        Err(ToolError::Unreachable("the server did not report the outcome of each line".to_owned()))
    }
}

/// The lines of the file, each with its number.
fn read(import: &Import) -> Result<Vec<(u64, String)>, ToolError> {
    let path = import.file.display().to_string();
    let failed = |source| ToolError::File { path: path.clone(), source };
    let file = File::open(&import.file).map_err(failed)?;
    if import.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) {
        return csv::users(file).map_err(|reason| ToolError::Wrong(format!("cannot use `{path}`: {reason}")));
    }
    let mut lines = Vec::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(failed)?;
        if !line.trim().is_empty() {
            lines.push((number as u64 + 1, line));
        }
    }
    Ok(lines)
}

/// As many lines at a time as a request takes; one that is too large goes alone.
fn batches(lines: &[(u64, String)]) -> Vec<&[(u64, String)]> {
    let mut batches = Vec::new();
    let mut rest = lines;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fit = rest.iter().take(LINES).take_while(|(_, line)| {
            bytes += line.len() + 1;
            bytes <= BYTES
        });
        let (batch, left) = rest.split_at(fit.count().max(1));
        batches.push(batch);
        rest = left;
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_every_line_once_and_are_small() {
        let lines: Vec<(u64, String)> =
            (0..1300).map(|n| (n, "x".repeat(if n == 700 { 2 * BYTES } else { 10_000 }))).collect();
        let batches = batches(&lines);
        assert_eq!(batches.concat(), lines);
        for batch in batches {
            let bytes: usize = batch.iter().map(|(_, line)| line.len() + 1).sum();
            assert!(batch.len() == 1 || batch.len() <= LINES && bytes <= BYTES);
        }
    }
}
