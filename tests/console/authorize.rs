//! Consent to an OAuth client, in a browser with a session of the console.

use serde_json::json;
use tests::admin::admin;
use tests::browser::{Browser, Page};

use crate::world::World;

const BACK: &str = "https://client.example.com/back";

/// The path of the page on which `directory` is asked for consent to a client that may use all of SCIM.
fn question(world: &World, directory: &str) -> String {
    question_for(world, directory, &[])
}

/// The same, of a client with these scopes.
fn question_for(world: &World, directory: &str, scopes: &[&str]) -> String {
    let body = json!({ "label": "Chat", "redirectUris": [BACK], "pkce": "optional", "scopes": scopes });
    let path = format!("/admin/directories/{directory}/clients");
    let made = admin(&world.scim, "POST", &path).unwrap().json(&body).send().expect(201).json();
    let mut url = reqwest::Url::parse("http://a/oauth/authorize").unwrap();
    let client = made["clientId"].as_str().unwrap();
    url.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", BACK),
    ]);
    format!("{}?{}", url.path(), url.query().unwrap())
}

fn answer(browser: &mut Browser, question: &str) -> Page {
    let ask = browser.get(question).expect(200).field("ask");
    browser.post("/oauth/authorize", &[("ask", &ask), ("key", ""), ("answer", "allow")])
}

#[test]
fn the_customers_administrator_allows_with_the_session_of_the_set_up_page() {
    let Some(world) = World::new() else { return };
    for id in [&world.acme, &world.beta] {
        let path = format!("/admin/directories/{id}");
        admin(&world.scim, "PATCH", &path).unwrap().json(&json!({ "state": "enabled" })).send().expect(200);
    }
    let question = question(&world, &world.acme);
    let mut customer = world.customer(&world.acme);
    customer.get(&format!("/console/directories/{}/setup", world.acme)).shows("Authorize");
    let page = answer(&mut customer, &question);
    let back = page.expect(303).header("location");
    assert!(back.starts_with(BACK) && back.contains("code=rz_"), "{back}");
    // Not from another page.
    let ask = customer.get(&question).field("ask");
    let fields = [("ask", &*ask), ("key", ""), ("answer", "allow")];
    for headers in [&[][..], &[("origin", "https://evil.example")], &[("sec-fetch-site", "cross-site")]] {
        let form = customer.form("/oauth/authorize", &fields);
        let form = headers.iter().fold(form, |form, (name, value)| form.header(*name, *value));
        let page = customer.send(form);
        assert_eq!((page.status, page.header("location")), (403, ""), "{headers:?}");
    }
    // Not with another session, and not after its end.
    let mut ended = world.customer(&world.acme);
    let cookie = ended.cookie.clone();
    let form = world.form_token(&ended);
    ended.post("/console/sign-out", &[("form", &form)]).expect(303);
    let ended = world.browser().with_cookie(cookie);
    for mut other in [world.browser(), world.customer(&world.beta), world.team(), ended] {
        let page = answer(&mut other, &question);
        assert_eq!((page.status, page.header("location")), (403, ""), "{page:?}");
        page.shows(r#"role="alert""#);
    }
}

/// Fails the test unless the page is shown again, with `words`.
fn refused(page: &Page, words: &str) {
    assert_eq!((page.status, page.header("location")), (403, ""), "{page:?}");
    page.shows(r#"role="alert""#).shows(words);
}

#[test]
fn the_customers_administrator_allows_no_more_than_the_set_up_page_creates() {
    let Some(world) = World::new() else { return };
    let path = format!("/admin/directories/{}", world.acme);
    admin(&world.scim, "PATCH", &path).unwrap().json(&json!({ "state": "enabled" })).send().expect(200);
    let of_scim = question_for(&world, &world.acme, &["read", "users"]);
    let mut customer = world.customer(&world.acme);
    answer(&mut customer, &of_scim).expect(303);
    for scopes in [&["events"][..], &["read", "events"]] {
        let question = question_for(&world, &world.acme, scopes);
        refused(&answer(&mut customer, &question), "asks for more than you may allow");
    }
    world.age("session#", "start", 3600);
    refused(&answer(&mut customer, &of_scim), "session is too old");
    let (link, id) = world.link(&world.acme);
    customer.post(&link, &[]).expect(303);
    answer(&mut customer, &of_scim).expect(303);
    let link = format!("/admin/directories/{}/setup-links/{id}", world.acme);
    admin(&world.scim, "DELETE", &link).unwrap().send().expect(204);
    refused(&answer(&mut customer, &of_scim), "Nothing has been allowed.");
}
