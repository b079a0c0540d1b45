//! Consent to an OAuth client, in a browser with a session of the console.

use serde_json::json;
use tests::admin::admin;
use tests::browser::{Browser, Page};

use crate::world::World;

const BACK: &str = "https://client.example.com/back";

/// The path of the page on which `directory` is asked for consent.
fn question(world: &World, directory: &str) -> String {
    let body = json!({ "label": "Chat", "redirectUris": [BACK], "pkce": "optional" });
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
