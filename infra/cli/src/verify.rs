//! `rollcall verify`

use std::collections::BTreeMap;

use indicatif::ProgressBar;
use serde_json::{Map, Value, json};

use crate::api::{Api, at};
use crate::args::Verify;
use crate::error::ToolError;
use crate::out::Out;

const COLUMNS: [(&str, &str); 7] = [
    ("What", "what"),
    ("Type", "resourceType"),
    ("Id", "id"),
    ("Attribute", "attribute"),
    ("Other", "other"),
    ("Excess", "excess"),
    ("Repaired", "repaired"),
];

/// Exit code 1 if something is wrong and was not repaired, or if a directory could not be scanned.
/// The other directories are checked all the same.
pub(crate) async fn run(api: &Api, out: &Out, verify: Verify) -> Result<u8, ToolError> {
    let mut directories = verify.directories;
    let all = directories.is_empty();
    if all {
        let listed = api.list("/directories").await?;
        let there = listed.iter().filter(|one| one.get("state") != Some(&json!("erasing")));
        directories.extend(there.filter_map(|one| one.get("id")?.as_str().map(str::to_owned)));
    }
    let mut wrong = false;
    for directory in directories {
        let report = match scan(api, &directory, verify.repair).await {
            Ok(report) => report,
            // It was erased since it was listed.
            Err(ToolError::Refused { status: 404, .. }) if all => continue,
            Err(ToolError::Refused { detail, .. }) => {
                out.note(&format!("`{directory}`: {detail}"));
                wrong = true;
                continue;
            }
            Err(error) => return Err(error),
        };
        let findings = report.get("findings").and_then(Value::as_array).cloned().unwrap_or_default();
        wrong |= findings.iter().any(|finding| finding.get("repaired") != Some(&Value::Bool(true)));
        if out.json {
            out.line(&report);
            continue;
        }
        let mut shown = report;
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("findings".to_owned(), json!(findings.len()));
        }
        out.one(&shown);
        if !findings.is_empty() {
            out.many(&findings, &COLUMNS);
        }
    }
    Ok(u8::from(wrong))
}

/// All steps of one scan, as one report.
async fn scan(api: &Api, directory: &str, repair: bool) -> Result<Value, ToolError> {
    let bar = ProgressBar::new_spinner();
    bar.set_message(format!("verifying {directory}"));
    let (mut after, mut findings, mut uncounted) = (None::<Value>, Vec::new(), Vec::new());
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut rule;
    loop {
        let mut body = json!({ "repair": repair });
        if let (Some(after), Some(body)) = (after, body.as_object_mut()) {
            body.insert("after".to_owned(), after);
        }
        let mut step = api.post(&format!("{}/verify", at(directory)), &body).await?;
        bar.tick();
        for (to, from) in [(&mut findings, "findings"), (&mut uncounted, "uncounted")] {
            if let Some(some) = step.get_mut(from).and_then(Value::as_array_mut) {
                to.append(some);
            }
        }
        for (what, count) in numbers(step.get("checked")) {
            *counts.entry(what).or_default() += count;
        }
        rule = step.get("keyRule").cloned().unwrap_or_default();
        after = step.get("next").filter(|next| !next.is_null()).cloned();
        if after.is_none() {
            break;
        }
    }
    bar.finish_and_clear();
    let mut report =
        Map::from_iter([("directory".to_owned(), json!(directory)), ("keyRule".to_owned(), rule)]);
    report.extend(counts.into_iter().map(|(what, count)| (what, json!(count))));
    if !uncounted.is_empty() {
        report.insert("uncounted".to_owned(), Value::Array(uncounted));
    }
    report.insert("findings".to_owned(), Value::Array(findings));
    Ok(Value::Object(report))
}

/// The numbers in `checked`, those of resources by their type.
fn numbers(checked: Option<&Value>) -> Vec<(String, u64)> {
    let mut numbers = Vec::new();
    for (name, value) in checked.and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::Object(inner) => numbers.extend(
                inner.iter().filter_map(|(kind, count)| Some((format!("resources {kind}"), count.as_u64()?))),
            ),
            other => numbers.extend(other.as_u64().map(|count| (name.clone(), count))),
        }
    }
    numbers
}
