//! Revoked tokens, secrets and clients (RFC 7009).

use gateway::auth::token::access::Claim;
use secrecy::ExposeSecret;
use serde_json::json;
use tests::deployment::seals;
use tests::runtime::within;

use crate::app::App;

const WAY: (&str, &str) = ("grant_type", "client_credentials");

#[test]
fn a_token_that_was_taken_back_opens_nothing_within_thirty_seconds() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "Entra"}));
    let (used, other) = (app.issued(&client), app.issued(&client));
    assert_eq!(app.status(&used, "GET", "/Users"), 200);
    let fields = [("token", &*used), ("client_id", &*client.client_id), ("client_secret", &*client.secret)];
    let reply = app.post("/oauth/revoke", &fields);
    assert_eq!((reply.status, &*reply.text), (200, ""));
    assert!(within(31, || app.status(&used, "GET", "/Users") == 401));
    assert_eq!(app.status(&other, "GET", "/Users"), 200, "the others go on");
}

#[test]
fn what_is_not_ones_own_is_not_taken_back() {
    let Some(app) = App::new() else { return };
    let (client, other) = (app.client(json!({"label": "a"})), app.client(json!({"label": "b"})));
    let token = app.issued(&client);
    let revoke = |token: &str, id: &str, secret: &str| {
        app.post("/oauth/revoke", &[("token", token), ("client_id", id), ("client_secret", secret)])
    };
    for text in [&token, "x", app.endpoint.token()] {
        assert_eq!(revoke(text, &other.client_id, &other.secret).status, 200);
    }
    revoke(&token, &client.client_id, "rs_wrong").refused(401, "invalid_client");
    revoke("", &client.client_id, &client.secret).refused(400, "invalid_request");
    assert_eq!(app.status(&token, "GET", "/Users"), 200);
    assert_eq!(app.status(app.endpoint.token(), "GET", "/Users"), 200);
}

#[test]
fn a_refresh_token_goes_with_all_that_came_of_it() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let reply = app.exchange(&client, &app.code(&client));
    let refresh = reply.json()["refresh_token"].as_str().unwrap().to_owned();
    let fields =
        [("token", &*refresh), ("client_id", &*client.client_id), ("client_secret", &*client.secret)];
    assert_eq!(app.post("/oauth/revoke", &fields).status, 200);
    let again = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
    app.token(&client, &again).refused(400, "invalid_grant");
    assert_eq!(app.status(&reply.token(), "GET", "/Users"), 401);
}

#[test]
fn an_access_token_of_a_grant_goes_alone() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let reply = app.exchange(&client, &app.code(&client));
    let (token, refresh) = (reply.token(), reply.json()["refresh_token"].as_str().unwrap().to_owned());
    let fields = [("token", &*token), ("client_id", &*client.client_id), ("client_secret", &*client.secret)];
    assert_eq!(app.post("/oauth/revoke", &fields).status, 200);
    assert_eq!(app.status(&token, "GET", "/Users"), 401);
    let next = app.token(&client, &[("grant_type", "refresh_token"), ("refresh_token", &*refresh)]);
    assert_eq!(app.status(&next.token(), "GET", "/Users"), 200);
}

/// Only the service can make such a token; if one existed, it would give no access.
#[test]
fn a_grant_is_of_one_client() {
    let Some(app) = App::new() else { return };
    let (client, other) = (app.authorized_client(), app.authorized_client());
    let token = app.exchange(&client, &app.code(&client)).token();
    let mut said = Claim::parse(&token).unwrap().token;
    said.client = other.id.parse().unwrap();
    let seals = seals(&app.endpoint.stack().unwrap().table(), &said.directory);
    assert_eq!(app.status(said.sealed(&seals).expose_secret(), "GET", "/Users"), 401);
    assert_eq!(app.status(&token, "GET", "/Users"), 200);
}

#[test]
fn a_paused_directory_gives_no_tokens() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "Entra"}));
    let state = |state: &str| {
        let changed = app.administer("PATCH", "", Some(json!({ "state": state })));
        assert_eq!(changed.status, 200, "{changed:?}");
    };
    state("paused");
    let reply = app.token(&client, &[WAY]);
    reply.refused(400, "unauthorized_client");
    assert!(reply.text.contains("paused"), "{reply:?}");
    state("enabled");
    app.issued(&client);
}

#[test]
fn a_revoked_client_gets_no_token_and_its_tokens_open_nothing_within_thirty_seconds() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "Entra"}));
    let token = app.issued(&client);
    assert_eq!(app.status(&token, "GET", "/Users"), 200);
    assert_eq!(app.administer("DELETE", &format!("/clients/{}", client.id), None).status, 204);
    app.token(&client, &[WAY]).refused(401, "invalid_client");
    assert!(within(31, || app.status(&token, "GET", "/Users") == 401));
}

#[test]
fn secrets_overlap_and_end_one_by_one() {
    let Some(app) = App::new() else { return };
    let first = app.client(json!({"label": "Entra"}));
    let path = format!("/clients/{}/secrets", first.id);
    let made = app.administer("POST", &path, Some(json!({"label": "next", "expires": 365})));
    assert_eq!(made.status, 201, "{made:?}");
    let mut second = first.clone();
    second.secret = made.json()["clientSecret"].as_str().unwrap().to_owned();
    app.issued(&first);
    app.issued(&second);
    let listed = app.administer("GET", &format!("/clients/{}", first.id), None);
    assert!(!listed.text.contains(&first.secret) && !listed.text.contains("hash"), "shown once: {listed:?}");
    let secrets = listed.json()["secrets"].clone();
    let old = secrets[0]["id"].as_str().unwrap();
    assert_eq!(app.administer("DELETE", &format!("{path}/{old}"), None).status, 204);
    app.token(&first, &[WAY]).refused(401, "invalid_client");
    app.issued(&second);
}

#[test]
fn an_expired_secret_gets_no_token() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "Entra"}));
    let path = format!("/clients/{}/secrets", client.id);
    let soon = tests::issuer::now() + 6;
    let made = app.administer("POST", &path, Some(json!({"expires": rfc3339(soon)})));
    assert_eq!(made.status, 201, "{made:?}");
    let mut short = client.clone();
    short.secret = made.json()["clientSecret"].as_str().unwrap().to_owned();
    app.issued(&short);
    assert!(within(10, || app.token(&short, &[WAY]).status == 401));
    app.issued(&client);
}

fn rfc3339(seconds: u64) -> String {
    let time = time::OffsetDateTime::from_unix_timestamp(seconds.try_into().unwrap()).unwrap();
    time.format(&time::format_description::well_known::Rfc3339).unwrap()
}
