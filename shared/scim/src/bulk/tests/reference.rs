use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bulk::reference::resolve;
use crate::bulk::request::{Method, Task};

fn task(method: Method, id: Option<&str>, data: Value) -> Task {
    Task { method, endpoint: "/Groups".to_owned(), id: id.map(str::to_owned), version: None, data }
}

/// The references in `task`, and the task with `id-of-…` instead of them.
fn resolved(mut task: Task) -> (Vec<String>, Task) {
    let mut found = Vec::new();
    resolve(&mut task, &mut |id| {
        found.push(id.to_owned());
        Some(format!("id-of-{id}"))
    });
    (found, task)
}

#[track_caller]
fn in_data(method: Method, data: Value, expected: Value, ids: &[&str]) {
    let (found, task) = resolved(task(method, None, data));
    assert_eq!(task.data, expected);
    assert_eq!(found, ids);
}

#[test]
fn wherever_an_id_may_stand() {
    in_data(
        Method::Post,
        json!({
            "displayName": "Tour Guides",
            "members": [{ "value": "bulkId:a", "type": "User" }, "bulkId:b", { "value": "7" }],
            "urn:x:User": { "manager": { "value": "BULKID:c", "$ref": "https://ex.io/scim/v2/Users/bulkId:c" } },
        }),
        json!({
            "displayName": "Tour Guides",
            "members": [{ "value": "id-of-a", "type": "User" }, "id-of-b", { "value": "7" }],
            "urn:x:User": { "manager": { "value": "id-of-c", "$ref": "https://ex.io/scim/v2/Users/id-of-c" } },
        }),
        &["a", "b", "c", "c"],
    );
}

#[test]
fn in_paths_and_names_of_a_patch() {
    in_data(
        Method::Patch,
        json!({ "operations": [
            { "op": "remove", "Path": r#"members[value eq "bulkId:a" or value eq "bulkId:\"b"]"# },
            { "op": "add", "path": "manager", "value": "bulkId:c" },
            { "op": "add", "value": { "members": ["bulkId:d"], r#"members[value eq "bulkId:e"].display"#: "E" } },
        ] }),
        json!({ "operations": [
            { "op": "remove", "Path": r#"members[value eq "id-of-a" or value eq "id-of-"b"]"# },
            { "op": "add", "path": "manager", "value": "id-of-c" },
            { "op": "add", "value": { "members": ["id-of-d"], r#"members[value eq "id-of-e"].display"#: "E" } },
        ] }),
        &["a", "\"b", "e", "c", "d"],
    );
}

#[test]
fn in_the_path_of_the_operation() {
    let (found, task) = resolved(task(Method::Delete, Some("bulkId:a"), Value::Null));
    assert_eq!((found, task.id.as_deref()), (vec!["a".to_owned()], Some("id-of-a")));
}

#[test]
fn what_only_looks_like_one_stays() {
    for text in ["see bulkId:a", "bulkId", "bulkId:", "bulkI\u{e9}:a", "", "a/bulkId:", "/"] {
        let data = json!({ "title": text, "bulkId:a": 1 });
        in_data(Method::Put, data.clone(), data, &[]);
    }
    // In quotes, but in the data of a PUT: a text like any other.
    let data = json!({ "path": "x[value eq \"bulkId:a\"]" });
    in_data(Method::Put, data.clone(), data, &[]);
}

#[test]
fn what_is_not_known_stays() {
    let data = json!({ "Operations": [{ "path": "a[value eq \"bulkId:x\"]", "value": "bulkId:y" }] });
    let mut task = task(Method::Patch, Some("bulkId:z"), data);
    let before = task.clone();
    resolve(&mut task, &mut |_| None);
    assert_eq!(task, before);
}

proptest! {
    #[test]
    fn no_path_breaks_it(path in r#"[a"\\:\[\]é ]{0,12}(bulkId:)?[a"\\é]{0,6}"#) {
        let data = json!({ "Operations": [{ "path": path, "value": { path.clone(): path } }] });
        let (found, after) = resolved(task(Method::Patch, Some(&path), data.clone()));
        if found.is_empty() {
            prop_assert_eq!(after.data, data);
        }
    }
}
