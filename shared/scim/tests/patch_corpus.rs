//! Runs every file of `tests/corpus/patch` as one named test: a resource, a PATCH, and the
//! result. `tests/corpus/patch/README.md` describes the files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic")]
#![allow(missing_docs, reason = "a test, not a library")]

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use scim::error::Error;
use scim::filter::eval::element_matches;
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::patch::apply::{Patched, apply};
use scim::patch::members::MemberChange;
use scim::patch::request;
use scim::read::{self, members};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Case {
    name: String,
    source: String,
    resource_type: String,
    before: Value,
    patch: Value,
    after: Option<Doc>,
    error: Option<Expected>,
    #[serde(default)]
    unchanged: bool,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Expected {
    status: u16,
    scim_type: Option<String>,
}

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("every file that a dialect names exists", named_files_are_there)];
    for file in files() {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        trials.push(Trial::test(name, move || run(&file)));
    }
    assert!(trials.len() > 100, "the corpus is not where it is expected");
    libtest_mimic::run(&arguments, trials).exit();
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/patch")
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

fn run(file: &Path) -> Result<(), Failed> {
    let case: Case = serde_json::from_slice(&fs::read(file)?)?;
    assert!(!case.name.is_empty() && !case.source.is_empty(), "a case has a name and a source");
    let kind = match case.resource_type.as_str() {
        "User" => ResourceType::user(),
        "Group" => ResourceType::group(),
        other => panic!("no resource type {other}"),
    };
    let mut before = read::create(&kind, case.before)?;
    let roster = before.shift_remove("members").unwrap_or_default();

    match (patched(&kind, &before, case.patch), case.after, case.error) {
        (Ok(patched), Some(mut after), None) => {
            if case.resource_type == "User" {
                after.entry("active").or_insert(Value::Bool(true));
            }
            let members = carried_out(&roster, &patched.members);
            if case.unchanged {
                assert!(!patched.changed, "nothing was to change, and this is now there: {:?}", patched.doc);
                assert_eq!(sorted(&members), sorted(&roster), "no member was to change");
            }
            let mut found = patched.doc;
            members::put(&mut found, &members::read(&members)?);
            assert_eq!(normal(found), normal(after));
        }
        (Err(error), None, Some(expected)) => {
            let scim_type = error.kind.scim_type().map(str::to_owned);
            assert_eq!(Expected { status: error.kind.status(), scim_type }, expected, "{}", error.detail);
        }
        (Ok(patched), None, Some(expected)) => panic!("{expected:?} was expected and this came: {patched:?}"),
        (Err(error), Some(_), None) => panic!("this was not expected: {}", error.detail),
        _ => panic!("a case has either `after` or `error`"),
    }
    Ok(())
}

fn patched(kind: &ResourceType, before: &Doc, body: Value) -> Result<Patched, Error> {
    apply(kind, before, &request::parse(body)?)
}

/// The members after the changes, as the store makes them.
fn carried_out(roster: &Value, changes: &[MemberChange]) -> Value {
    let mut roster = roster.as_array().cloned().unwrap_or_default();
    for change in changes {
        match change {
            MemberChange::Add(added) => {
                for member in listed(added) {
                    match roster.iter_mut().find(|there| there.get("value") == member.get("value")) {
                        Some(Value::Object(there)) => there.extend(member.as_object().cloned().unwrap()),
                        _ => roster.push(member),
                    }
                }
            }
            MemberChange::Remove(ids) => {
                roster.retain(|there| !ids.iter().any(|id| there.get("value").unwrap() == id.as_str()));
            }
            MemberChange::RemoveWhere(filter) => roster.retain(|there| !element_matches(filter, there)),
            MemberChange::Replace(all) => roster = listed(all),
        }
    }
    Value::Array(roster)
}

fn listed(members: &[scim::model::member::Member]) -> Vec<Value> {
    let mut doc = Doc::new();
    members::put(&mut doc, members);
    doc.shift_remove("members").and_then(|members| members.as_array().cloned()).unwrap_or_default()
}

/// `doc` with its members in the order of their ids, because groups have no order.
fn normal(mut doc: Doc) -> Doc {
    if let Some(members) = doc.get("members") {
        let members = sorted(members);
        doc.insert("members".to_owned(), members);
    }
    doc
}

fn sorted(members: &Value) -> Value {
    let mut members = members.as_array().cloned().unwrap_or_default();
    members.sort_by_key(|member| member.get("value").map(Value::to_string));
    Value::Array(members)
}

/// Comments on quirks name the cases that show them, the index with their folder.
fn named_files_are_there() -> Result<(), Failed> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let index = fs::read_to_string(sources.join("dialect.rs"))?;
    let mut named = named_in(&index, &corpus().join(".."));
    assert!(named > 15, "the index names {named} files only");
    for folder in ["dialect", "value", "read", "patch"] {
        for source in fs::read_dir(sources.join(folder))? {
            let source = source?.path();
            if !source.is_dir() {
                named += named_in(&fs::read_to_string(&source)?, &corpus());
            }
        }
    }
    assert!(named > 30, "the comments name {named} files only");
    Ok(())
}

/// The number of files of `folder` that the comments in `text` name.
fn named_in(text: &str, folder: &Path) -> usize {
    let comments = text.lines().filter(|line| line.trim_start().starts_with("//"));
    let files: Vec<_> =
        comments.flat_map(|line| line.split('`')).filter(|word| word.ends_with(".json")).collect();
    for file in &files {
        assert!(folder.join(file).exists(), "there is no {file} in {}", folder.display());
    }
    files.len()
}
