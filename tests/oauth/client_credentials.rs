//! Tokens for a client on its own behalf (RFC 6749 §4.4).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::app::{App, send};

const WAY: (&str, &str) = ("grant_type", "client_credentials");

#[test]
fn a_secret_in_the_form_or_in_a_header_opens_the_directory() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "Entra"}));
    let reply = app.token(&client, &[WAY, ("resource", "ignored"), ("scope", "")]);
    let token = reply.token();
    assert_eq!(reply.json()["expires_in"], 3600);
    assert_eq!(reply.json()["scope"], "read write users groups");
    assert!(reply.json().get("refresh_token").is_none());
    assert_eq!(app.status(&token, "GET", "/Users"), 200);
    assert_eq!(app.status(&token, "POST", "/Users"), 201);

    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let header = basic(&client.client_id.replace('.', "%2E"), &client.secret);
    let request = app.form("/oauth/token", &[WAY]).header("authorization", header);
    assert_eq!(app.status(&send(request).token(), "GET", "/Users"), 200);
}

#[test]
fn a_client_with_the_scope_events_reads_events_and_nothing_else() {
    let Some(app) = App::new() else { return };
    let events = |token: &str| {
        let origin = app.endpoint.base().trim_end_matches("/scim/v2").to_owned();
        app.status(token, "GET", &format!("{origin}/events?start=oldest"))
    };
    let token = app.issued(&app.client(json!({ "label": "product", "scopes": ["events"] })));
    assert_eq!((events(&token), app.status(&token, "GET", "/Users")), (200, 403));
    let both = app.client(json!({ "label": "both", "scopes": ["users", "events"] }));
    let token = app.issued(&both);
    assert_eq!((events(&token), app.status(&token, "GET", "/Users")), (200, 200));
    let narrow = app.token(&both, &[WAY, ("scope", "users")]).token();
    assert_eq!((events(&narrow), app.status(&narrow, "GET", "/Users")), (403, 200));
    let scim = app.client(json!({ "label": "scim" }));
    assert_eq!(events(&app.issued(&scim)), 403);
    app.token(&scim, &[WAY, ("scope", "events")]).refused(400, "invalid_scope");
}

#[test]
fn another_directory_stays_closed() {
    let (Some(app), Some(other)) = (App::new(), App::new()) else { return };
    let client = app.client(json!({"label": "Entra"}));
    let token = app.issued(&client);
    let stolen = token.replacen(&app.directory, &other.directory, 1);
    assert_eq!(other.status(&stolen, "GET", "/Users"), 401);
    let mut elsewhere = client.clone();
    elsewhere.client_id = format!("{}.{}", other.directory, client.id);
    other.token(&elsewhere, &[WAY]).refused(401, "invalid_client");
}

#[test]
fn every_wrong_client_gets_the_same_answer() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "Entra"}));
    let wrong = |client_id: &str, secret: &str| {
        let fields = [WAY, ("client_id", client_id), ("client_secret", secret)];
        let reply = app.post("/oauth/token", &fields);
        reply.refused(401, "invalid_client");
        reply.text
    };
    let same = wrong(&client.client_id, "rs_wrong");
    for (id, secret) in [
        (client.client_id.as_str(), client.secret.to_uppercase().as_str()),
        (client.client_id.as_str(), &client.secret[1..]),
        (&format!("{}.unknown", app.directory), &client.secret),
        ("nowhere.unknown", &client.secret),
        ("unknown", &client.secret),
        ("A#.b#", &client.secret),
    ] {
        assert_eq!(wrong(id, secret), same, "{id}");
    }
    app.post("/oauth/token", &[WAY, ("client_id", &client.client_id)]).refused(401, "invalid_client");
    app.post("/oauth/token", &[WAY]).refused(401, "invalid_client");
    for header in ["Basic", "Basic !", "Basic Og==", "Bearer abc"] {
        let request = app.form("/oauth/token", &[WAY]).header("authorization", header);
        send(request).refused(401, "invalid_client");
    }
}

#[test]
fn an_invalid_request_is_refused_as_such() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "Entra"}));
    app.token(&client, &[]).refused(400, "invalid_request");
    app.token(&client, &[WAY, WAY]).refused(400, "invalid_request");
    app.token(&client, &[("grant_type", "password")]).refused(400, "unsupported_grant_type");
    let basic = STANDARD.encode(format!("{}:{}", client.client_id, client.secret));
    let twice = [WAY, ("client_id", &*client.client_id), ("client_secret", &*client.secret)];
    let request = app.form("/oauth/token", &twice).header("authorization", format!("Basic {basic}"));
    send(request).refused(400, "invalid_request");
    let url = format!("{}/oauth/token", app.origin());
    let json = app.endpoint.http().post(&url).header("content-type", "application/json").body("{}");
    send(json).refused(400, "invalid_request");
    let large = "x".repeat(70_000);
    app.token(&client, &[WAY, ("more", &large)]).refused(413, "invalid_request");
    assert_eq!(send(app.endpoint.http().get(&url)).status, 405);
}

#[test]
fn a_token_may_do_what_its_client_may_and_no_more() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "reader", "scopes": ["read", "users"]}));
    let reply = app.token(&client, &[WAY]);
    assert_eq!(reply.json()["scope"], "read users");
    let token = reply.token();
    assert_eq!(app.status(&token, "GET", "/Users"), 200);
    assert_eq!(app.status(&token, "POST", "/Users"), 403);
    assert_eq!(app.status(&token, "GET", "/Groups"), 403);
    app.token(&client, &[WAY, ("scope", "write")]).refused(400, "invalid_scope");

    let all = app.client(json!({"label": "all"}));
    let narrow = app.token(&all, &[WAY, ("scope", "read api://x/.default")]);
    assert_eq!(narrow.json()["scope"], "read users groups");
    assert_eq!(app.status(&narrow.token(), "POST", "/Users"), 403);
}

#[test]
fn a_token_lives_as_long_as_its_client_wants() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "long", "tokenLifetimeMinutes": 360}));
    assert_eq!(app.token(&client, &[WAY]).json()["expires_in"], 21_600);
    for minutes in [59, 361] {
        let body = json!({"label": "wrong", "tokenLifetimeMinutes": minutes});
        assert_eq!(app.administer("POST", "/clients", Some(body)).status, 400, "{minutes}");
    }
}

#[test]
fn what_is_not_quite_a_token_of_ours_is_refused() {
    let Some(app) = App::new() else { return };
    let token = app.issued(&app.client(json!({"label": "Entra"})));
    let (head, seal) = token.rsplit_once('_').unwrap();
    let other = if seal.starts_with('0') { "1" } else { "0" };
    for wrong in [
        head.to_owned(),
        format!("{head}_{other}{}", &seal[1..]),
        format!("{head}.read_{seal}"),
        format!("{token}0"),
        token.to_uppercase(),
        token.replacen("ra_", "rc_", 1),
        token.replacen("ra_", "rr_", 1),
    ] {
        assert_eq!(app.status(&wrong, "GET", "/Users"), 401, "{wrong}");
    }
}
