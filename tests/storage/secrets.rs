//! I7: a password that a client sends is in no response, no item and no log line.

use std::sync::OnceLock;

use serde_json::{Value, json};
use tests::answer::Answer;
use tests::bulk::{bulk, change, post_user};
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::log::Log;
use tests::names::unique;
use tests::people::{USER, patch, user};
use tests::runtime::block_on;

/// What this process logs, starting when the log is first used.
fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        tracing::subscriber::set_global_default(log.subscriber()).expect("no other log");
        log
    })
}

/// Every way to send a password, as requests to the user at `path`.
fn requests(path: &str, name: &str, secret: &str) -> Vec<(&'static str, String, Value)> {
    let set = |operation: Value| patch(&json!([operation]));
    let wrong = json!({ "value": secret, "type": secret });
    let id = path.rsplit('/').next().unwrap_or_default();
    let mut requests = vec![
        ("POST", "/Users".to_owned(), user(&format!("{name}1"), &json!({ "password": secret }))),
        ("POST", "/Users".to_owned(), user(&format!("{name}2"), &json!({ "PASSWORD": secret }))),
        (
            "POST",
            "/Users".to_owned(),
            user(&format!("{name}3"), &json!({ format!("{USER}:password"): secret })),
        ),
        ("POST", "/Users".to_owned(), user(&format!("{name}4"), &json!({ USER: { "password": secret } }))),
        (
            "POST",
            "/Users".to_owned(),
            user(&format!("{name}5"), &json!({ "password": wrong, "active": "no" })),
        ),
        ("POST", "/Users".to_owned(), user("", &json!({ "password": secret }))),
        ("PUT", path.to_owned(), user(name, &json!({ "password": secret }))),
        ("PUT", path.to_owned(), user(name, &json!({ "password": [secret, wrong] }))),
        ("PUT", path.to_owned(), user(name, &json!({ "password": secret, "emails": 7 }))),
    ];
    let operations = [
        json!({ "op": "replace", "path": "password", "value": secret }),
        json!({ "op": "add", "path": "password", "value": wrong }),
        json!({ "op": "Replace", "path": format!("{USER}:password"), "value": secret }),
        json!({ "op": "replace", "value": { "password": secret } }),
        json!({ "op": "replace", "value": { "password": secret, "id": "other" } }),
        json!({ "op": "replace", "value": { "password": secret, "active": "no" } }),
        json!({ "op": "remove", "path": "password", "value": secret }),
        json!({ "op": "replace", "path": "password.value", "value": secret }),
        json!({ "op": "replace", "path": "password[value eq \"x\"]", "value": secret }),
        json!({ "op": "set", "path": "password", "value": secret }),
    ];
    requests.extend(operations.into_iter().map(|operation| ("PATCH", path.to_owned(), set(operation))));
    let all = [
        post_user("a", &format!("{name}6"), &json!({ "password": secret })),
        post_user("b", name, &json!({ "password": secret })),
        post_user("c", &format!("{name}7"), &json!({ "password": wrong, "active": "no" })),
        json!({ "method": "PUT", "path": path, "data": user(name, &json!({ "password": secret })) }),
        change(path, &json!([{ "op": "replace", "path": "password", "value": secret }])),
        change(&format!("/Users/{id}/x"), &json!([{ "op": "replace", "path": "password", "value": secret }])),
    ];
    requests.push(("POST", "/Bulk".to_owned(), bulk(&all)));
    requests
}

#[test]
fn a_password_is_nowhere() {
    let Some(stack) = Endpoint::shared().stack() else { return };
    let (log, scim) = (log(), Endpoint::shared());
    let (name, secret) = (unique(), format!("canary-{}", unique()));
    let path = format!("/Users/{}", scim.create_user(&name, &json!({})));
    let clean = |answer: &Answer| {
        assert!(!String::from_utf8_lossy(&answer.body).contains(&secret), "{answer}");
        let headers = format!("{:?}", answer.headers);
        assert!(!headers.contains(&secret), "{headers}");
    };
    let mut accepted = 0;
    for (method, path, body) in requests(&path, &name, &secret) {
        let answer = Call::new(scim, method, &path).json(&body).send();
        assert_ne!(answer.status, 500, "{answer}");
        accepted += usize::from(answer.status < 300);
        clean(&answer);
    }
    assert!(accepted >= 12, "most of them are accepted, not {accepted}");
    for query in ["", "?attributes=password", "?attributes=userName,password", "?excludedAttributes=title"] {
        clean(scim.get(&format!("{path}{query}")).send().expect(200));
    }
    for filter in [format!("userName eq \"{name}\""), format!("userName sw \"{name}\"")] {
        clean(scim.get("/Users").query("attributes", "password").filter(&filter).send().expect(200));
    }
    // An attribute that is never returned cannot be queried either, and a refusal does not
    // repeat the value.
    for filter in [
        format!("password eq \"{secret}\""),
        format!("not (password eq \"{secret}\")"),
        format!("{USER}:password sw \"{secret}\""),
        "password pr".to_owned(),
    ] {
        let answer = scim.get("/Users").filter(&filter).send();
        clean(answer.error(400, "invalidFilter"));
    }
    let sorted =
        scim.get("/Users").query("sortBy", "password").filter(&format!("userName sw \"{name}\"")).send();
    clean(&sorted);

    let scan = stack.client().scan().table_name(scim.table()).consistent_read(true);
    let items =
        block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>()).expect("a scan");
    assert!(items.len() > 5);
    assert!(!format!("{items:?}").contains(&secret), "an item holds it");
    let log = log.text();
    assert!(log.contains("/scim/v2/Bulk"), "the log is this one: {log}");
    assert!(!log.contains(&secret), "a log line holds it");
    assert!(!log.contains(&name), "nor what a user is called");
}
