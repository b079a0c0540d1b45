//! The steps of a request with a user of 1 KB: `cargo bench -p scim`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "the figures are for a person")]

use std::hint::black_box;
use std::iter::repeat_with;
use std::time::{Duration, Instant};

use scim::filter::{bind, parse};
use scim::model::doc::Doc;
use scim::patch::{apply, request};
use scim::profile::Profiles;
use scim::project::Projection;
use scim::read;
use scim::render::{Facts, render};
use serde_json::{Value, json};

/// How often a step is measured, and how often it runs each time.
const ROUNDS: usize = 300;
const STEPS: u32 = 200;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const FACTS: Facts<'static> = Facts {
    id: "01950000-0000-7000-8000-000000000001",
    created: "2026-11-25T00:00:00.000Z",
    last_modified: "2026-11-25T00:00:00.000Z",
    version: "W/\"1\"",
};

fn sent() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "userName": "ana.ito@example.com",
        "externalId": "8a6f2e64-6a1f-4a3b-9f57-3c1d2d6a9b10",
        "active": true,
        "displayName": "Ana Ito",
        "title": "Guide",
        "preferredLanguage": "ja-JP",
        "name": { "formatted": "Ana Ito", "givenName": "Ana", "familyName": "Ito" },
        "emails": [{ "value": "ana.ito@example.com", "type": "work", "primary": true }],
        "phoneNumbers": [{ "value": "+81 3 1234 5678", "type": "work" }, { "value": "+81 90 1234 5678", "type": "mobile" }],
        "addresses": [{ "type": "work", "streetAddress": "1-1 Chiyoda", "locality": "Tokyo", "country": "JP" }],
        ENTERPRISE: { "department": "R&D", "employeeNumber": "701984", "costCenter": "4130" },
    })
}

fn main() {
    let profile = Profiles::built_in().get("standard").unwrap();
    let kind = profile.resource_type("User").unwrap();
    let doc: Doc = read::create(kind, sent()).unwrap();
    let text = serde_json::to_string(&doc).unwrap();

    measure("read JSON", || (), |()| serde_json::from_str::<Doc>(black_box(&text)).unwrap());
    measure("write JSON", || (), |()| serde_json::to_string(black_box(&doc)).unwrap());
    measure("copy", || (), |()| black_box(&doc).clone());
    measure("normal form of a create", sent, |sent| read::create(kind, sent).unwrap());

    let filter = "userName eq \"ana.ito@example.com\" and emails[type eq \"work\" and value co \"@example\"]";
    measure("parse a filter", || (), |()| parse::parse(black_box(filter)).unwrap());
    let parsed = parse::parse(filter).unwrap();
    measure("bind a filter", || (), |()| bind::bind(black_box(&parsed), kind).unwrap());
    let bound = bind::bind(&parsed, kind).unwrap();
    measure("evaluate a filter", || (), |()| bound.matches(black_box(&doc)));

    let body = json!({ "Operations": [
        { "op": "Replace", "path": "active", "value": "False" },
        { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "ito@example.com" },
        { "op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "Sales" },
    ] });
    measure("read a PATCH", || body.clone(), |body| request::parse(body).unwrap());
    let operations = request::parse(body).unwrap();
    measure("apply a PATCH", || (), |()| apply::apply(kind, black_box(&doc), &operations).unwrap());

    let base = "https://example.com/scim/v2";
    measure("render", || doc.clone(), |doc| render(kind, &FACTS, doc, base));
    let rendered = render(kind, &FACTS, doc, base);
    let all = Projection::parse(kind, None, None).unwrap();
    let few = Projection::parse(kind, Some("userName,emails.value"), None).unwrap();
    for (name, projection) in [("project all", all), ("project two attributes", few)] {
        measure(name, || rendered.clone(), |doc| projection.apply(kind, doc));
    }
}

/// Prints the median time of a step. Its inputs are made, and its outputs dropped, before and
/// after the measured time.
fn measure<I, O>(name: &str, input: impl Fn() -> I, step: impl Fn(I) -> O) {
    let mut rounds: Vec<Duration> = repeat_with(|| {
        let inputs: Vec<I> = (0..STEPS).map(|_| input()).collect();
        let mut outputs = Vec::with_capacity(inputs.len());
        let begin = Instant::now();
        outputs.extend(inputs.into_iter().map(&step));
        let took = begin.elapsed();
        black_box(&outputs);
        took
    })
    .take(ROUNDS)
    .collect();
    rounds.sort_unstable();
    println!("{name:<24} {:>8.2} µs", rounds[ROUNDS / 2].as_secs_f64() * 1e6 / f64::from(STEPS));
}
