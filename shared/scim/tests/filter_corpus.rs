//! Runs every file of `tests/corpus/filter` as one named test: which of its resources match
//! the filter, or why the filter is refused.
//!
//! The resources get the attributes that the service adds, and the filter is evaluated
//! directly. The same files run over HTTP against the whole service.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use scim::filter::compile::compile;
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::read;
use serde::Deserialize;
use serde_json::json;

/// One file. A run replaces `<unique>`, `<UNIQUE>` and `<id:key>`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    source: String,
    #[serde(rename = "resourceType")]
    resource_type: String,
    filter: String,
    resources: BTreeMap<String, Doc>,
    matches: Option<Vec<String>>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    #[serde(rename = "scimType")]
    scim_type: String,
    #[serde(rename = "detail contains")]
    detail_contains: String,
}

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/filter");
    let mut trials: Vec<Trial> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().display().to_string();
            Trial::test(format!("filter::{name}"), move || run(&path))
        })
        .collect();
    assert!(trials.len() >= 90, "the corpus is not where it was: {}", folder.display());
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?.replace("<unique>", "k7q").replace("<UNIQUE>", "K7Q");
    let case: Case = serde_json::from_str(&text)?;
    check(&case).map_err(|why| format!("{} ({})\n{}\n{why}", case.name, case.source, case.filter).into())
}

fn check(case: &Case) -> Result<(), String> {
    let kind = match case.resource_type.as_str() {
        "User" => ResourceType::user(),
        "Group" => ResourceType::group(),
        other => return Err(format!("there is no resource type {other}")),
    };
    let filter = case
        .resources
        .keys()
        .fold(case.filter.clone(), |filter, key| filter.replace(&format!("<id:{key}>"), &id(key)));
    let bound = compile(&filter, &kind).map_err(scim::error::Error::from);
    match (bound, &case.matches, &case.error) {
        (Ok(bound), Some(expected), None) => {
            let answered = case.resources.iter().map(|(key, doc)| (key, answered(&kind, key, doc)));
            let found: Vec<_> = answered.filter(|(_, doc)| bound.matches(doc)).map(|(key, _)| key).collect();
            let same = found.iter().copied().eq(expected);
            if same { Ok(()) } else { Err(format!("matches {found:?}, not {expected:?}")) }
        }
        (Err(error), None, Some(refusal)) => {
            let same = error.kind.scim_type() == Some(&refusal.scim_type)
                && error.detail.contains(&refusal.detail_contains);
            if same { Ok(()) } else { Err(format!("is refused otherwise: {:?}: {error}", error.kind)) }
        }
        (Err(error), ..) => Err(format!("is refused: {error}")),
        (Ok(_), ..) => Err("is not refused".to_owned()),
    }
}

/// The resource as the service returns it.
fn answered(kind: &ResourceType, key: &str, doc: &Doc) -> Doc {
    let mut doc = read::with_defaults(kind, doc.clone());
    doc.insert("id".to_owned(), id(key).into());
    let meta = json!({
        "resourceType": kind.name,
        "created": "2026-04-01T08:00:00Z",
        "lastModified": "2026-04-01T08:00:00Z",
    });
    doc.insert("meta".to_owned(), meta);
    doc
}

fn id(key: &str) -> String {
    format!("0195f0c4-{key}")
}
