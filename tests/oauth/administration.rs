//! `/admin/directories/{directory}/clients`: the settings of a client, and what is shown of them.

use serde_json::{Value, json};
use tests::functions::{KEY, key};
use tests::runtime::block_on;

use crate::app::{App, BACK};

#[test]
fn clients_are_listed_shown_changed_and_revoked() {
    let Some(app) = App::new() else { return };
    let made: Vec<_> = (0..3).map(|n| app.client(json!({"label": format!("c{n}")}))).collect();
    let mut seen = Vec::new();
    let mut path = "/clients?count=2".to_owned();
    loop {
        let page = app.administer("GET", &path, None);
        assert_eq!(page.status, 200, "{page:?}");
        assert!(!page.text.contains("hash") && !page.text.contains("rs_"), "{page:?}");
        let page = page.json();
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => path = format!("/clients?count=2&after={next}"),
            None => break,
        }
    }
    let mut ids: Vec<_> = made.iter().map(|client| client.id.clone()).collect();
    ids.sort();
    assert_eq!(seen, ids);

    let path = format!("/clients/{}", made[0].id);
    let change = json!({"label": "new", "scopes": ["users", "read"], "tokenLifetimeMinutes": 120, "pkce": "optional",
        "redirectUris": [BACK], "federation": {"tenant": "0f5e2c1a-0000", "subject": "s", "audiences": ["a"]}});
    let changed = app.administer("PATCH", &path, Some(change));
    assert_eq!(changed.status, 200, "{changed:?}");
    let shown = app.administer("GET", &path, None).json();
    assert_eq!(shown, changed.json());
    assert_eq!((&shown["label"], &shown["tokenLifetimeMinutes"]), (&json!("new"), &json!(120)));
    assert_eq!((&shown["scopes"], &shown["pkce"]), (&json!(["read", "users"]), &json!("optional")));
    let entra = "https://login.microsoftonline.com/0f5e2c1a-0000";
    assert_eq!(shown["federation"]["issuer"], format!("{entra}/v2.0"));
    assert_eq!(shown["federation"]["jwksUri"], format!("{entra}/discovery/v2.0/keys"));
    let back = json!({"federation": null, "scopes": [], "redirectUris": []});
    let shown = app.administer("PATCH", &path, Some(back)).json();
    assert!(shown.get("federation").is_none() && shown["label"] == "new", "{shown}");

    assert_eq!(app.administer("DELETE", &path, None).status, 204);
    assert_eq!(app.administer("DELETE", &path, None).status, 204, "again is as good as once");
    assert!(app.administer("GET", &path, None).json()["revoked"].is_string());
    assert_eq!(app.administer("PATCH", &path, Some(json!({"label": "x"}))).status, 404);
    assert_eq!(app.administer("POST", &format!("{path}/secrets"), Some(json!({}))).status, 404);
}

#[test]
fn what_may_not_be_said_of_a_client_is_refused_with_the_reason() {
    let Some(app) = App::new() else { return };
    let federation = |change: Value| {
        let mut body = json!({"issuer": "https://i.ex.io", "jwksUri": "https://i.ex.io/k", "subject": "s", "audiences": ["a"]});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!({ "federation": body })
    };
    for (body, why) in [
        (json!({}), "label"),
        (json!({"label": ""}), "label"),
        (json!({"label": "x".repeat(201)}), "label"),
        (json!({"unknown": 1}), "unknown"),
        (json!({"scopes": ["read", "consent"]}), "scopes"),
        (json!({"scopes": "read"}), "sequence"),
        (json!({"redirectUris": ["http://client.example.com/"]}), "redirectUris"),
        (json!({"redirectUris": ["javascript:alert(1)"]}), "redirectUris"),
        (json!({"redirectUris": ["https://ex.io/#x"]}), "redirectUris"),
        (json!({"redirectUris": ["https://ex.io/a\nb"]}), "redirectUris"),
        (json!({"secretExpires": 0}), "expires"),
        (json!({"secretExpires": 5000}), "expires"),
        (json!({"secretExpires": "2001-01-01T00:00:00Z"}), "expires"),
        (federation(json!({"jwksUri": "http://i.ex.io/k"})), "jwksUri"),
        (federation(json!({"jwksUri": "file:///etc/passwd"})), "jwksUri"),
        (federation(json!({"audiences": []})), "audiences"),
        (federation(json!({"subject": ""})), "empty"),
        (federation(json!({"issuer": null})), "issuer"),
        (federation(json!({"tenant": "a/b"})), "tenant"),
    ] {
        let mut whole = json!({"label": "c"});
        if body != json!({}) {
            whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        } else {
            whole = json!({});
        }
        let reply = app.administer("POST", "/clients", Some(whole));
        assert_eq!(reply.status, 400, "{body}: {reply:?}");
        assert!(reply.json()["detail"].as_str().unwrap().contains(why), "{body}: {reply:?}");
    }
    for path in ["/clients/unknown", "/clients/UNKNOWN", "/clients/unknown/secrets/x"] {
        let method = if path.ends_with('x') { "DELETE" } else { "GET" };
        assert_eq!(app.administer(method, path, None).status, 404, "{path}");
    }
}

#[test]
fn a_directory_that_is_not_there_has_no_clients() {
    let Some(mut app) = App::new() else { return };
    for name in ["nowhere", "NOWHERE"] {
        name.clone_into(&mut app.directory);
        assert_eq!(app.administer("GET", "/clients", None).status, 404);
        assert_eq!(app.administer("POST", "/clients", Some(json!({"label": "x"}))).status, 404);
        assert_eq!(app.administer("GET", "/clients/x", None).status, 404);
    }
}

#[test]
fn a_client_has_ten_secrets_at_most() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "many"}));
    let path = format!("/clients/{}/secrets", client.id);
    for _ in 0..9 {
        assert_eq!(app.administer("POST", &path, Some(json!({}))).status, 201);
    }
    assert_eq!(app.administer("POST", &path, Some(json!({}))).status, 400);
}

/// The local server calls any address; a function in AWS does not.
#[test]
fn a_deployed_function_takes_the_keys_of_public_hosts_only() {
    let Some(app) = App::new() else { return };
    let stack = app.endpoint.stack().unwrap();
    let settings = gateway::settings::Settings::default();
    let state =
        gateway::app::App::new(stack.table(), stack.profiles(), tests::deployment::deployment(), settings);
    let deployed = rollcall::functions::named("admin").unwrap().alone(state, key());
    let created = |uri: &str| {
        let federation = json!({"issuer": "i", "jwksUri": uri, "subject": "s", "audiences": ["a"]});
        let body = json!({"label": "c", "federation": federation}).to_string();
        let request = http::Request::post(format!("/admin/directories/{}/clients", app.directory))
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-type", "application/json")
            .body(axum::body::Body::from(body))
            .unwrap();
        block_on(tower::ServiceExt::oneshot(deployed.clone(), request)).unwrap().status().as_u16()
    };
    assert_eq!(created("https://login.microsoftonline.com/t/discovery/v2.0/keys"), 201);
    for inside in [
        "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
        "https://169.254.169.254/",
        "https://[::1]/",
    ] {
        assert_eq!(created(inside), 400, "{inside}");
    }
}
