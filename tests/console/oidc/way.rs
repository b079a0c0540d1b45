//! The only way to sign in, and sessions that end when the settings change.

use gateway::settings::oidc::Oidc;
use gateway::settings::{Reach, Settings};
use http::Request;
use serde_json::{Value, json};
use tests::admin::admin;
use tests::browser::Browser;
use tests::deployment::DEPLOYMENT_SECRET;
use tests::endpoint::Endpoint;
use tests::instance::Instance;
use tests::issuer::now;

use super::Team;
use crate::world::fields;

const KEY: &str = "current-key-of-32-characters-and-more";

#[test]
fn the_administrator_key_can_be_closed_out() {
    let Some(_) = Endpoint::shared().stack() else { return };
    let provider = crate::provider::Provider::start();
    let only = Oidc { is_only_way: true, ..provider.settings(&json!({})) };
    let team = Team { scim: Endpoint::start_with_oidc(only), provider };
    let mut browser = team.browser();
    let start = browser.get("/console");
    start.expect(200).shows(r#"<a href="/console/oidc">"#);
    assert!(!start.text.contains("Administrator key"), "{start:?}");
    let key = team.scim.stack().unwrap().administrator_key().to_owned();
    browser.post("/console/sign-in", &[("key", &key)]).expect(403).shows("only people sign in");
    let made = admin(&team.scim, "POST", "/admin/console-links").unwrap().json(&json!({})).send();
    let url = made.expect(201).json()["url"].as_str().unwrap().to_owned();
    let link = url.strip_prefix(&browser.origin).unwrap().to_owned();
    browser.get(&link).expect(403);
    browser.post(&link, &[]).expect(403);
    assert_eq!(browser.cookie, None);
    team.succeeds();
}

/// Opens a page with the session of `browser` on another instance of the service, with these settings.
fn status(team: &Team, browser: &Browser, key: &str, oidc: Option<Oidc>) -> u16 {
    let settings = Settings { oidc, reach: Reach::Any, ..Settings::default() };
    let instance = Instance::with(&team.scim, DEPLOYMENT_SECRET, key, settings).unwrap();
    let request = Request::get("/console/directories").header("cookie", browser.cookie.clone().unwrap());
    instance.send(request.header("host", "127.0.0.1"), String::new()).0.status.as_u16()
}

#[test]
fn a_person_signs_in_again_and_comes_back() {
    let Some(team) = Team::new() else { return };
    let page = format!("/console/directories/{}/credentials", team.scim.directory());
    let mut browser = team.succeeds();
    let begin = format!("/console/oidc?again={page}");
    browser.get(&format!("/console?again={page}")).expect(200).shows(&format!(r#"href="{begin}""#));
    let sign_in = |begin: &str, auth_time: Value| {
        team.provider.behaves().claims = json!({ "auth_time": auth_time });
        let mut browser = team.browser();
        let asked = browser.get(begin).header("location").contains("&prompt=login&max_age=0");
        let path = team.ask_at(&mut browser, begin);
        (asked, browser.get(&path))
    };
    for auth_time in [json!(now()), json!(now() - 30)] {
        let (asked, back) = sign_in(&begin, auth_time);
        assert_eq!((asked, back.expect(200).header("refresh")), (true, &*format!("0; url={page}")));
    }
    for (auth_time, words) in
        [(json!(now() - 120), "did not ask who you are"), (json!(null), "must send the claim auth_time")]
    {
        let (_, refused) = sign_in(&begin, auth_time);
        refused.expect(403).shows(words);
        assert_eq!(refused.header("set-cookie"), "");
    }
    for elsewhere in ["", "//evil.example", "https://evil.example/", "/console/directories/a_b"] {
        let (asked, back) = sign_in(&format!("/console/oidc?again={elsewhere}"), json!(now() - 3600));
        assert_eq!((asked, back.expect(200).header("refresh")), (false, "0; url=/console/directories"));
    }
}

#[test]
fn a_session_creates_secrets_for_15_minutes_after_the_person_was_asked() {
    let Some(team) = Team::new() else { return };
    let page = format!("/console/directories/{}/credentials", team.scim.directory());
    for (auth_time, creates) in [
        (json!(now()), true),
        (json!(now() + 30), true),
        (json!(now() - 14 * 60), true),
        (json!(now() - 15 * 60), false),
        (json!(null), false),
        // In milliseconds.
        (json!(now() * 1000), false),
    ] {
        team.provider.behaves().claims = json!({ "auth_time": auth_time });
        let mut browser = team.succeeds();
        let shown = browser.get(&page);
        assert_eq!(shown.expect(200).text.contains(r#"name="id""#), creates, "{auth_time}");
        let form = shown.field("form");
        // Sent again, the form creates nothing.
        let status = browser.post(&page, &fields(&form)).status;
        assert!(if creates { matches!(status, 200 | 409) } else { status == 403 }, "{auth_time}: {status}");
    }
}

#[test]
fn a_session_ends_when_the_rules_change() {
    let Some(team) = Team::new() else { return };
    let person = team.succeeds();
    let same = team.provider.settings(&json!({}));
    let only = Oidc { is_only_way: true, ..same.clone() };
    assert_eq!(status(&team, &person, KEY, Some(same.clone())), 200);
    assert_eq!(status(&team, &person, KEY, Some(only.clone())), 200);
    assert_eq!(status(&team, &person, KEY, None), 303);
    for change in [json!({ "emails": ["bo@ex.io"] }), json!({ "groups": [] }), json!({ "clientId": "next" })]
    {
        assert_eq!(status(&team, &person, KEY, Some(team.provider.settings(&change))), 303, "{change}");
    }
    let key = team.scim.stack().unwrap().administrator_key().to_owned();
    let mut by_key = team.browser();
    by_key.sign_in(&key);
    assert_eq!(status(&team, &by_key, &key, Some(same)), 200);
    assert_eq!(status(&team, &by_key, &key, Some(only)), 303, "the key opens no page");
}
