//! The audit log: each administrative action has a line that says who did it.

use http::{Method, Request};
use serde_json::{Value, json};
use tests::deployment::DEPLOYMENT_SECRET;
use tests::endpoint::Endpoint;
use tests::instance::Instance;
use tests::log::Log;
use tests::names::unique;

const CURRENT: &str = "current-key-of-32-characters-and-more";
const PREVIOUS: &str = "previous-key-of-32-characters-and-more";

#[test]
fn each_action_has_a_line_with_the_key_that_was_used_and_no_content() {
    let keys = format!("{CURRENT} {PREVIOUS}");
    let Some(instance) = Instance::new(Endpoint::shared(), DEPLOYMENT_SECRET, &keys) else { return };
    let id = format!("adm-{}", unique());
    let (all, one) = ("/admin/directories", format!("/admin/directories/{id}"));
    let actions = [
        (CURRENT, Method::POST, all.to_owned(), json!({ "id": id, "name": "canary" }), 201),
        (PREVIOUS, Method::PATCH, one.clone(), json!({ "name": "canary" }), 200),
        (CURRENT, Method::POST, format!("{one}/credentials"), json!({ "label": "canary" }), 201),
        (PREVIOUS, Method::POST, format!("{one}/rotate-secret"), json!({}), 200),
        (PREVIOUS, Method::POST, format!("{one}/clients/canary/secrets"), json!({}), 404),
        (CURRENT, Method::DELETE, one, Value::Null, 202),
        (
            "another-key-of-32-characters-and-more",
            Method::POST,
            all.to_owned(),
            json!({ "id": "canary" }),
            401,
        ),
    ];
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.subscriber());
    for (key, method, path, body, status) in &actions {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {key}"));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        assert_eq!(instance.send(request, body).0.status.as_u16(), *status, "{method} {path}");
    }
    drop(guard);
    let text = log.text();
    assert!(!text.contains("-key-of-") && !text.contains("canary"), "{text}");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let audit: Vec<_> = lines.iter().filter(|line| line["audit"] == true).collect();
    assert_eq!(audit.len(), actions.len() - 1, "a request without a key is no action: {text}");
    let actor =
        |key: &str| audit[actions.iter().position(|action| action.0 == key).unwrap()]["actor"].clone();
    assert_ne!(actor(CURRENT), actor(PREVIOUS));
    for (line, (key, method, _, _, status)) in audit.iter().zip(&actions) {
        let expected = (&actor(key), &json!(method.as_str()), &json!(status));
        assert_eq!((&line["actor"], &line["method"], &line["status"]), expected, "{line}");
        assert!(line["route"].as_str().unwrap().starts_with(all), "{line}");
        assert_eq!(line["directory"] == json!(id), *status < 300, "{line}");
    }
    assert!(lines.iter().any(|line| line["level"] == "WARN" && line["audit"].is_null()), "{text}");
}
