//! The authorization code flow with an administrator's consent (RFC 6749 §4.1, RFC 7636).

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::deployment::deployment;
use tests::runtime::{at_once, block_on};

use crate::app::{App, BACK, CHALLENGE, VERIFIER, ask, parameter, question, send};

#[test]
fn a_consent_leads_to_a_code_and_the_code_to_tokens() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let key = app.endpoint.stack().unwrap().administrator_key().to_owned();
    let back = app.consent(&question(&client), &key, "allow");
    assert_eq!(parameter(&back, "state").as_deref(), Some("a state & more"));
    assert_eq!(parameter(&back, "iss").as_deref(), Some(app.origin()));
    let code = parameter(&back, "code").unwrap();
    let reply = app.exchange(&client, &code);
    let token = reply.token();
    assert!(reply.json()["refresh_token"].as_str().unwrap().starts_with("rr_"), "{reply:?}");
    assert_eq!(app.status(&token, "GET", "/Users"), 200);
    assert_eq!(app.status(&token, "POST", "/Users"), 201);
}

#[test]
fn a_code_serves_once_and_a_second_use_ends_what_the_first_began() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let code = app.code(&client);
    let first = app.exchange(&client, &code);
    let refresh = first.json()["refresh_token"].as_str().unwrap().to_owned();
    app.exchange(&client, &code).refused(400, "invalid_grant");
    let again = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
    app.token(&client, &again).refused(400, "invalid_grant");
    // The code was not read before, so no cache holds it.
    assert_eq!(app.status(&first.token(), "GET", "/Users"), 401);
}

/// An expired code is kept for an hour, so that its second use is noticed.
#[test]
fn a_second_use_also_ends_the_grant_after_the_code_has_expired() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let code = app.code(&client);
    let first = app.exchange(&client, &code);
    let refresh = first.json()["refresh_token"].as_str().unwrap().to_owned();
    expire_codes(&app);
    app.exchange(&client, &code).refused(400, "invalid_grant");
    let again = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
    app.token(&client, &again).refused(400, "invalid_grant");
    assert_eq!(app.status(&first.token(), "GET", "/Users"), 401);
}

#[test]
fn an_expired_code_is_refused() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let code = app.code(&client);
    expire_codes(&app);
    app.exchange(&client, &code).refused(400, "invalid_grant");
}

/// Makes all codes of the directory expire.
fn expire_codes(app: &App) {
    let (client, table) = (app.endpoint.stack().unwrap().client(), app.endpoint.table());
    let codes = client
        .query()
        .table_name(table)
        .key_condition_expression("PK = :directory AND begins_with(SK, :code)")
        .expression_attribute_values(":directory", AttributeValue::S(format!("D#{}", app.directory)))
        .expression_attribute_values(":code", AttributeValue::S("code#".to_owned()));
    for code in block_on(codes.send()).unwrap().items() {
        let update = client
            .update_item()
            .table_name(table)
            .key("PK", code["PK"].clone())
            .key("SK", code["SK"].clone())
            .update_expression("SET #end = :past")
            .expression_attribute_names("#end", "end")
            .expression_attribute_values(":past", AttributeValue::N("1".to_owned()));
        block_on(update.send()).unwrap();
    }
}

#[test]
fn of_many_who_show_a_code_at_once_one_gets_a_token_at_most() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let code = app.code(&client);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
        ("client_id", &*client.client_id),
        ("client_secret", &*client.secret),
    ];
    let requests: Vec<_> = (0..16).map(|_| app.form("/oauth/token", &fields).send()).collect();
    let answers = at_once(16, requests);
    let good = answers.into_iter().filter(|answer| answer.as_ref().unwrap().status() == 200).count();
    assert_eq!(good, 1);
}

#[test]
fn a_wrong_verifier_is_refused_and_does_not_use_the_code_up() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let code = app.code(&client);
    let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", BACK)];
    app.token(&client, &fields).refused(400, "invalid_grant");
    for verifier in [&VERIFIER.replace('d', "e"), CHALLENGE, "short", &"x".repeat(129)] {
        let all = [&fields[..], &[("code_verifier", verifier)]].concat();
        app.token(&client, &all).refused(400, "invalid_grant");
    }
    app.exchange(&client, &code).token();
}

#[test]
fn another_address_to_come_back_to_is_refused() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let code = app.code(&client);
    let fields = [("grant_type", "authorization_code"), ("code", &*code), ("code_verifier", VERIFIER)];
    app.token(&client, &fields).refused(400, "invalid_grant");
    for redirect in ["https://client.example.com/back", "https://evil.example.com/"] {
        let all = [&fields[..], &[("redirect_uri", redirect)]].concat();
        app.token(&client, &all).refused(400, "invalid_grant");
    }
    // In the authorization request itself, none of these gets a redirect.
    for redirect in [
        "https://client.example.com/back",
        "https://client.example.com/back?kept=1&more",
        "https://client.example.com.evil.io/back?kept=1",
        "https://CLIENT.example.com/back?kept=1",
        "javascript:alert(1)",
    ] {
        let mut asked = question(&client);
        asked[2].1 = redirect;
        let page = app.page(&asked);
        assert_eq!((page.status, page.header("location")), (400, ""), "{redirect}");
        assert!(page.text.contains("redirect_uri"), "{page:?}");
    }
}

#[test]
fn another_client_gets_nothing_for_the_code() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let code = app.code(&client);
    let other = app.authorized_client();
    app.exchange(&other, &code).refused(400, "invalid_grant");
    let mut stranger = client.clone();
    stranger.secret = "rs_wrong".to_owned();
    app.exchange(&stranger, &code).refused(401, "invalid_client");
    for wrong in ["", "rz_0", &code[1..], &code.to_uppercase()] {
        let status = app.exchange(&client, wrong).status;
        assert_eq!(status, 400, "{wrong}");
    }
    app.exchange(&client, &code).token();
}

#[test]
fn only_who_has_a_key_of_the_directory_lets_a_client_in() {
    let (Some(app), Some(other)) = (App::new(), App::new()) else { return };
    let client = app.authorized_client();
    let credential = |of: &App, scopes: &[&str]| {
        let made = of.administer("POST", "/credentials", Some(json!({"label": "c", "scopes": scopes})));
        assert_eq!(made.status, 201, "{made:?}");
        made.json()["token"].as_str().unwrap().to_owned()
    };
    let key = app.endpoint.stack().unwrap().administrator_key().to_owned();
    for wrong in [
        "",
        " ",
        "not-the-key",
        &key[1..],
        app.endpoint.token(),
        &credential(&app, &["read", "write", "users", "groups"]),
        &credential(&other, &["consent"]),
    ] {
        let page = app.consent(&question(&client), wrong, "allow");
        assert_eq!((page.status, page.header("location")), (403, ""), "{wrong}");
        assert!(page.text.contains(r#"role="alert""#), "{page:?}");
        assert!(wrong.trim().is_empty() || !page.text.contains(wrong), "the key is shown again");
    }
    let own = credential(&app, &["consent"]);
    // The client's id, a secret that was never issued, and a valid checksum.
    let forged = format!("{}_{}", own.rsplit_once('_').unwrap().0, "0".repeat(64));
    let forged = deployment().with_checksum(&forged);
    assert!(gateway::auth::token::Token::parse(&forged).is_some());
    assert_eq!(app.consent(&question(&client), &forged, "allow").status, 403);
    let code = parameter(&app.consent(&question(&client), &own, "allow"), "code").unwrap();
    app.exchange(&client, &code).token();
    assert_eq!(app.status(&own, "GET", "/Users"), 403, "the scope opens nothing of SCIM");
    let id = own.split('_').nth(2).unwrap();
    assert_eq!(app.administer("DELETE", &format!("/credentials/{id}"), None).status, 204);
    assert_eq!(app.consent(&question(&client), &own, "allow").status, 403, "it was revoked");
}

#[test]
fn a_no_and_what_cannot_be_asked_go_back_to_the_client() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let no = app.consent(&question(&client), "", "deny");
    assert_eq!(parameter(&no, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&no, "state").as_deref(), Some("a state & more"));
    let changed = |name: &str, value: Option<&'static str>| {
        let mut asked: Vec<(&str, &str)> = question(&client);
        asked.retain(|(found, _)| *found != name);
        asked.extend(value.map(|value| (if name == "scope" { "scope" } else { leak(name) }, value)));
        let client_may = parameter(&app.page(&asked), "error");
        client_may.unwrap()
    };
    assert_eq!(changed("response_type", Some("token")), "unsupported_response_type");
    assert_eq!(changed("response_type", None), "invalid_request");
    assert_eq!(changed("code_challenge", None), "invalid_request");
    assert_eq!(changed("code_challenge", Some("short")), "invalid_request");
    assert_eq!(changed("code_challenge_method", Some("plain")), "invalid_request");
    assert_eq!(changed("code_challenge_method", None), "invalid_request");
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

#[test]
fn a_client_may_be_let_off_pkce_and_is_held_to_it_when_it_began_so() {
    let Some(app) = App::new() else { return };
    let client = app.client(json!({"label": "Entra", "redirectUris": [BACK], "pkce": "optional"}));
    let key = app.endpoint.stack().unwrap().administrator_key().to_owned();
    let plain = &question(&client)[..4];
    let code = parameter(&app.consent(plain, &key, "allow"), "code").unwrap();
    app.exchange(&client, &code).refused(400, "invalid_grant");
    let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", BACK)];
    app.token(&client, &fields).token();
    let bound = app.code(&client);
    let fields = [("grant_type", "authorization_code"), ("code", &*bound), ("redirect_uri", BACK)];
    app.token(&client, &fields).refused(400, "invalid_grant");
}

#[test]
fn a_client_that_is_let_in_asks_for_nothing_on_its_own() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    app.token(&client, &[("grant_type", "client_credentials")]).refused(400, "unauthorized_client");
}

#[test]
fn an_answer_is_to_our_own_question_only() {
    let Some(app) = App::new() else { return };
    let client = app.authorized_client();
    let key = app.endpoint.stack().unwrap().administrator_key().to_owned();
    let sealed = ask(&app.page(&question(&client)));
    let (text, seal) = sealed.split_once('.').unwrap();
    let other = App::new().unwrap();
    let foreign = ask(&other.page(&question(&other.authorized_client())));
    let foreign_seal = foreign.split_once('.').unwrap().1;
    for wrong in [
        "",
        "x",
        ".",
        text,
        &format!("{text}."),
        &format!("{text}.{foreign_seal}"),
        &format!("x{text}.{seal}"),
    ] {
        let reply = app.post("/oauth/authorize", &[("ask", wrong), ("key", &key), ("answer", "allow")]);
        assert_eq!((reply.status, reply.header("location")), (400, ""), "{wrong}");
    }
    let fields = [("ask", &*sealed), ("key", &*key), ("answer", "allow")];
    for site in ["cross-site", "same-site"] {
        let reply = send(app.form("/oauth/authorize", &fields).header("sec-fetch-site", site));
        assert_eq!((reply.status, reply.header("location")), (403, ""), "{site}");
    }
    let own = send(app.form("/oauth/authorize", &fields).header("sec-fetch-site", "same-origin"));
    assert!(parameter(&own, "code").is_some());
}
