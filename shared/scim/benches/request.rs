//! The steps of a request with a user of 1 KB: `cargo bench -p scim`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark that cannot go on has failed")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use scim::filter::{bind, parse};
use scim::model::doc::Doc;
use scim::patch::{apply, request};
use scim::profile::Profiles;
use scim::project::Projection;
use scim::read;
use scim::render::{Facts, render};
use serde_json::{Value, json};

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

fn steps(c: &mut Criterion) {
    let profile = Profiles::built_in().get("standard").unwrap();
    let kind = profile.resource_type("User").unwrap();
    let doc: Doc = read::create(kind, sent()).unwrap();
    let text = serde_json::to_string(&doc).unwrap();

    c.bench_function("read JSON", |b| b.iter(|| serde_json::from_str::<Doc>(black_box(&text)).unwrap()));
    c.bench_function("write JSON", |b| b.iter(|| serde_json::to_string(black_box(&doc)).unwrap()));
    c.bench_function("copy", |b| b.iter(|| black_box(&doc).clone()));
    c.bench_function("normal form of a create", |b| {
        b.iter_batched(sent, |sent| read::create(kind, sent).unwrap(), BatchSize::SmallInput);
    });

    let filter = "userName eq \"ana.ito@example.com\" and emails[type eq \"work\" and value co \"@example\"]";
    c.bench_function("parse a filter", |b| b.iter(|| parse::parse(black_box(filter)).unwrap()));
    let parsed = parse::parse(filter).unwrap();
    c.bench_function("bind a filter", |b| b.iter(|| bind::bind(black_box(&parsed), kind).unwrap()));
    let bound = bind::bind(&parsed, kind).unwrap();
    c.bench_function("evaluate a filter", |b| b.iter(|| bound.matches(black_box(&doc))));

    let body = json!({ "Operations": [
        { "op": "Replace", "path": "active", "value": "False" },
        { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "ito@example.com" },
        { "op": "Replace", "path": format!("{ENTERPRISE}:department"), "value": "Sales" },
    ] });
    c.bench_function("read a PATCH", |b| {
        b.iter_batched(|| body.clone(), |body| request::parse(body).unwrap(), BatchSize::SmallInput);
    });
    let operations = request::parse(body).unwrap();
    c.bench_function("apply a PATCH", |b| {
        b.iter(|| apply::apply(kind, black_box(&doc), &operations).unwrap())
    });

    let base = "https://example.com/scim/v2";
    c.bench_function("render", |b| {
        b.iter_batched(|| doc.clone(), |doc| render(kind, &FACTS, doc, base), BatchSize::SmallInput);
    });
    let rendered = render(kind, &FACTS, doc, base);
    let all = Projection::parse(kind, None, None).unwrap();
    let few = Projection::parse(kind, Some("userName,emails.value"), None).unwrap();
    for (name, projection) in [("project all", all), ("project two attributes", few)] {
        c.bench_function(name, |b| {
            b.iter_batched(|| rendered.clone(), |doc| projection.apply(kind, doc), BatchSize::SmallInput);
        });
    }
}

criterion_group!(benches, steps);
criterion_main!(benches);
