//! `openapi.json` and the routes are the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tests::admin::admin as call;
use tests::endpoint::Endpoint;

/// The paths of the function `admin`.
fn paths() -> BTreeSet<String> {
    let paths = tests::functions::paths(&rollcall::functions::named("admin").unwrap().routes());
    assert!(paths.len() > 3, "{paths:?}");
    paths
}

/// The methods of a path, from the `Allow` header of a 405.
fn methods(scim: &Endpoint, path: &str) -> BTreeSet<String> {
    let sent = path.replace(['{', '}'], "");
    let answer = call(scim, "BREW", &sent).unwrap().send();
    answer.error(405, "");
    let allow = answer.header("allow").unwrap_or_default().to_lowercase();
    allow.split(',').map(|method| method.trim().to_owned()).filter(|method| method != "head").collect()
}

#[test]
fn the_document_has_every_route_with_its_methods_and_no_other() {
    let scim = Endpoint::shared();
    let Some(document) = call(scim, "GET", "/admin/openapi.json") else { return };
    let document = document.send().expect(200).json();
    let known = ["get", "post", "put", "patch", "delete"];
    let described: BTreeMap<String, BTreeSet<String>> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, item)| {
            let methods = item.as_object().unwrap().keys().filter(|name| known.contains(&name.as_str()));
            (path.clone(), methods.cloned().collect())
        })
        .collect();
    let served: BTreeMap<_, _> =
        paths().into_iter().map(|path| (path.clone(), methods(scim, &path))).collect();
    assert_eq!(described, served);
}

#[test]
fn every_reference_leads_somewhere() {
    let document: Value = serde_json::from_str(include_str!("../../functions/admin/openapi.json")).unwrap();
    let mut todo = vec![&document];
    let mut seen = 0;
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    seen += 1;
                    assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
                }
                todo.extend(members.values());
            }
            Value::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    assert!(seen > 10, "{seen}");
}
