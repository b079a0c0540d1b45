//! Refresh tokens: each can be used once (RFC 6749 §6, RFC 9700 §4.14).

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::runtime::{at_once, block_on};

use crate::app::{App, Client, Reply};

#[track_caller]
fn refresh(app: &App, client: &Client, token: &str) -> Reply {
    app.token(client, &[("grant_type", "refresh_token"), ("refresh_token", token)])
}

#[track_caller]
fn next(reply: &Reply) -> String {
    reply.token();
    reply.json()["refresh_token"].as_str().expect("a refresh token").to_owned()
}

fn begun() -> Option<(App, Client, String)> {
    let app = App::new()?;
    let client = app.authorized_client();
    let token = next(&app.exchange(&client, &app.code(&client)));
    Some((app, client, token))
}

#[test]
fn each_refresh_token_is_followed_by_another() {
    let Some((app, client, mut token)) = begun() else { return };
    for _ in 0..4 {
        let reply = refresh(&app, &client, &token);
        let following = next(&reply);
        assert_ne!(following, token);
        assert_eq!(app.status(&reply.token(), "GET", "/Users"), 200);
        token = following;
    }
}

#[test]
fn an_older_refresh_token_ends_the_grant_with_all_its_tokens() {
    let Some((app, client, first)) = begun() else { return };
    let second = next(&refresh(&app, &client, &first));
    let reply = refresh(&app, &client, &second);
    let third = next(&reply);
    refresh(&app, &client, &first).refused(400, "invalid_grant");
    refresh(&app, &client, &third).refused(400, "invalid_grant");
    assert_eq!(app.status(&reply.token(), "GET", "/Users"), 401);
}

#[test]
fn the_last_one_is_answered_again_for_a_lost_answer() {
    let Some((app, client, first)) = begun() else { return };
    let second = next(&refresh(&app, &client, &first));
    assert_eq!(next(&refresh(&app, &client, &first)), second, "the same successor");
    next(&refresh(&app, &client, &second));
}

#[test]
fn many_at_once_get_the_same_successor() {
    let Some((app, client, first)) = begun() else { return };
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*first),
        ("client_id", &*client.client_id),
        ("client_secret", &*client.secret),
    ];
    let requests: Vec<_> = (0..16)
        .map(|_| {
            let request = app.form("/oauth/token", &fields).send();
            async {
                request.await.unwrap().json::<serde_json::Value>().await.unwrap()["refresh_token"].clone()
            }
        })
        .collect();
    let mut answers = at_once(16, requests);
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    next(&refresh(&app, &client, answers[0].as_str().unwrap()));
}

/// The table is at an earlier time, such as after it was restored from a backup.
#[test]
fn a_token_that_is_newer_than_the_table_is_valid() {
    let Some((app, client, first)) = begun() else { return };
    let second = next(&refresh(&app, &client, &first));
    let third = next(&refresh(&app, &client, &second));
    set_back(&app, &first);
    let reply = refresh(&app, &client, &third);
    let fourth = next(&reply);
    assert_eq!(app.status(&reply.token(), "GET", "/Users"), 200);
    assert_eq!(next(&refresh(&app, &client, &third)), fourth, "a lost answer");
    next(&refresh(&app, &client, &fourth));
    // From here on, an older one is one that was copied.
    refresh(&app, &client, &second).refused(400, "invalid_grant");
    refresh(&app, &client, &fourth).refused(400, "invalid_grant");
}

/// Sets the grant of the refresh token `of` back to its first generation.
fn set_back(app: &App, of: &str) {
    let grant = format!("grant#{}", of.split('_').nth(2).unwrap());
    let table = app.endpoint.stack().unwrap().client();
    let update = table
        .update_item()
        .table_name(app.endpoint.table())
        .key("PK", AttributeValue::S(format!("D#{}", app.directory)))
        .key("SK", AttributeValue::S(grant))
        .update_expression("SET generation = :first")
        .condition_expression("generation = :third")
        .expression_attribute_values(":first", AttributeValue::N("1".to_owned()))
        .expression_attribute_values(":third", AttributeValue::N("3".to_owned()));
    block_on(update.send()).unwrap();
}

#[test]
fn another_client_and_another_text_get_nothing_and_end_nothing() {
    let Some((app, client, first)) = begun() else { return };
    let other = app.authorized_client();
    refresh(&app, &other, &first).refused(400, "invalid_grant");
    let forged = first.replacen("_1_", "_2_", 1);
    let old = first.replacen("_1_", "_0_", 1);
    for wrong in ["x", "rr_a_b_1_c", &forged, &old, &first.to_uppercase()] {
        refresh(&app, &client, wrong).refused(400, "invalid_grant");
    }
    next(&refresh(&app, &client, &first));
}

#[test]
fn a_refresh_gives_no_more_than_was_allowed() {
    let Some((app, client, first)) = begun() else { return };
    let narrow = [("grant_type", "refresh_token"), ("refresh_token", &*first), ("scope", "read")];
    let reply = app.token(&client, &narrow);
    assert_eq!(reply.json()["scope"], "read users groups");
    assert_eq!(app.status(&reply.token(), "POST", "/Users"), 403);
    let second = next(&reply);
    let path = format!("/clients/{}", client.id);
    let changed = app.administer("PATCH", &path, Some(json!({"scopes": ["read"]})));
    assert_eq!(changed.status, 200, "{changed:?}");
    let wide = [("grant_type", "refresh_token"), ("refresh_token", &*second), ("scope", "write")];
    app.token(&client, &wide).refused(400, "invalid_scope");
    assert_eq!(refresh(&app, &client, &second).json()["scope"], "read users groups");
}
