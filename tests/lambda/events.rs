//! Events of `tests/corpus/events`, each with its answer.

use serde::Deserialize;
use serde_json::{Map, Value};
use tests::corpus::{files, read};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::subset::Captures;

use crate::invoke::{body, invoke, put_body};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    source: String,
    body: Option<Value>,
    #[serde(default)]
    base64: bool,
    event: Value,
    answer: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Expected {
    status_code: u16,
    headers: Map<String, Value>,
    body: Option<Value>,
}

#[test]
fn every_event_of_the_corpus_is_answered() {
    // Files in subfolders are events without an answer.
    let cases = files("events").into_iter().filter(|(file, _)| !file.contains('/')).collect::<Vec<_>>();
    assert!(cases.len() >= 18, "the corpus is not where it was");
    let mut failures = Vec::new();
    for (file, path) in cases {
        let case: Case = read(&path);
        let wrong = differences(&case);
        if !wrong.is_empty() {
            failures.push(format!("{file}: {} ({})\n  {}", case.name, case.source, wrong.join("\n  ")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn differences(case: &Case) -> Vec<String> {
    let mut captures = Captures::default();
    captures.set("<unique>", &unique());
    captures.set("<token>", Endpoint::shared().token());
    let mut event = captures.fill_json(&case.event);
    if let Some(body) = &case.body {
        let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        put_body(&mut event, &captures.fill(&text), case.base64);
    }
    let Some(response) = invoke(&event) else { return Vec::new() };
    let mut wrong = Vec::new();
    if response["statusCode"] != case.answer.status_code {
        wrong.push(format!("expected {}", case.answer.status_code));
    }
    if response["isBase64Encoded"] != false {
        wrong.push("a small answer is text".to_owned());
    }
    if let Some(expected) = &case.answer.body {
        let body = serde_json::from_str(&body(&response)).unwrap_or(Value::Null);
        wrong.extend(captures.compare(expected, &body));
    }
    for (name, value) in &case.answer.headers {
        let found = header(&response, name);
        let lines = captures.compare_text(value.as_str().unwrap_or_default(), found);
        wrong.extend(lines.into_iter().map(|line| line.replacen('$', name, 1)));
    }
    if !wrong.is_empty() {
        wrong.push(response.to_string());
    }
    wrong
}

/// A header of either dialect's response.
fn header<'a>(response: &'a Value, name: &str) -> Option<&'a str> {
    let single = response["headers"][name].as_str();
    let many = || response["multiValueHeaders"][name][0].as_str();
    single.or_else(many)
}
