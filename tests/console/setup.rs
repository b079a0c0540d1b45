//! The set-up page, from the link to the first user.

use directory::access::credential;
use directory::access::oauth::client::{self, Client};
use gateway::auth::token::Token;
use serde_json::json;
use tests::admin::{admin, make_directory};
use tests::browser::{Browser, Page};
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::{block_on, within};

use crate::world::{CONDITIONS, World, fields, link};

/// The conditions that a page shows, as a browser sends them.
fn conditions(page: &Page) -> Vec<String> {
    let values = page.text.split(r#"name="condition" value=""#).skip(1);
    let texts = values.map(|rest| rest.split_once('"').unwrap().0);
    let text = |text: &str| {
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    texts.map(text).collect()
}

/// Accepts all conditions.
fn enable(browser: &mut Browser, setup: &str) -> String {
    let page = browser.get(setup);
    let (form, conditions) = (page.expect(200).field("form"), conditions(&page));
    assert!(conditions.len() >= 2, "{page:?}");
    page.shows("is not enabled yet");
    assert!(!page.text.contains("Create credentials"), "{page:?}");
    let ticked: Vec<_> = conditions.iter().map(|one| ("condition", &**one)).collect();
    let some = [&[("form", &*form)], &ticked[1..]].concat();
    browser.post(&format!("{setup}/enable"), &some).expect(400).shows(r#"role="alert""#);
    browser.get(setup).shows("is not enabled yet");
    let all = [&[("form", &*form)], &ticked[..]].concat();
    assert_eq!(browser.post(&format!("{setup}/enable"), &all).expect(303).header("location"), setup);
    browser.get(setup).expect(200).shows("User provisioning is enabled.");
    form
}

#[test]
fn each_system_is_set_up_from_the_link_to_the_first_user() {
    let shared = Endpoint::shared();
    if shared.stack().is_none() {
        return;
    }
    for profile in ["chatwork", "workgrid", "kintone", "clarizen-one", "standard", "entra-gallery", "okta"] {
        let id = format!("setup-{}", unique());
        make_directory(shared, &id, &json!({ "profile": profile, "state": "disabled" })).unwrap();
        let mut browser = Browser::new(shared);
        let setup = browser.post(&link(shared, &id).0, &[]).expect(303).header("location").to_owned();
        let form = enable(&mut browser, &setup);
        let tenant_url = format!("{}/scim/v2", browser.origin);
        for (provider, words) in [("entra", "Test connection"), ("okta", "To App"), ("other", "bearer token")]
        {
            let page = browser.get(&format!("{setup}?provider={provider}"));
            page.expect(200).shows(words).shows(&format!("<code>{tenant_url}</code>"));
            let groups = !["chatwork", "kintone"].contains(&profile);
            assert_eq!(
                page.text.contains("nly users are provisioned"),
                !groups && provider != "okta",
                "{page:?}"
            );
        }
        let page = browser.get(&setup);
        assert_eq!(page.value("url"), tenant_url);
        let own = [("form", form.clone()), ("id", page.field("id"))];
        let own: Vec<_> = own.iter().map(|(name, value)| (*name, &**value)).collect();
        let made = browser.post(&format!("{setup}/credentials"), &own);
        let token = made.expect(200).value("token");
        assert_eq!(made.value("url"), tenant_url);
        browser.post(&format!("{setup}/credentials"), &own).expect(409).shows("sent before");
        let page = browser.get(&format!("{setup}?wait=yes"));
        assert_eq!(page.shows("Waiting for the first request").header("refresh"), "5");
        assert!(!page.text.contains(&token), "the token is shown once");
        let stopped = browser.get(&setup);
        assert_eq!(stopped.shows("Test it now").header("refresh"), "");
        let scim = shared.with_token(&token);
        scim.get("/Users").filter(&format!("userName eq \"{}\"", tests::names::guid())).send().expect(200);
        scim.create_user(&unique(), &json!({}));
        // The use of a credential is noted alongside a request, and the note may be dropped.
        let connected = || {
            scim.get("/Users?count=0").send().expect(200);
            let page = browser.get(&format!("{setup}?wait=yes"));
            page.text.contains("Connected.") && page.header("refresh").is_empty()
        };
        assert!(within(10, connected), "{profile}");
        browser.post(&format!("{setup}/finish"), &[("form", &form)]).expect(200).shows("is finished");
        assert_eq!(browser.cookie, None);
        let mut team = Browser::new(shared);
        team.sign_in(shared.stack().unwrap().administrator_key());
        team.get(&format!("/console/directories/{id}")).expect(200).shows("finished 20").shows("setup-link:");
    }
}

#[test]
fn the_test_says_whether_address_and_token_are_right_and_is_not_the_first_request() {
    let Some(world) = World::new() else { return };
    let mut customer = world.customer(&world.acme);
    let setup = format!("/console/directories/{}/setup", world.acme);
    let form = enable(&mut customer, &setup);
    let fields = [("form", &*form), ("id", "token-1")];
    let token = customer.post(&format!("{setup}/credentials"), &fields).expect(200).value("token");
    for (pasted, words) in [
        (format!(" Bearer {token}\n"), "All is well."),
        (token[..token.len() - 1].to_owned(), "The secret token is not valid"),
    ] {
        let fields = [("form", &*form), ("token", &*pasted), ("provider", "okta")];
        let page = customer.post(&format!("{setup}/test"), &fields);
        page.expect(200).shows(words).shows("provider=okta&amp;wait=yes").shows("no one gets in");
        assert!(!page.text.contains(&token[token.len() - 20..token.len() - 1]), "{page:?}");
    }
    customer.post(&format!("{setup}/test"), &[("form", &form)]).expect(409).shows("Paste the secret token");
    customer.get(&format!("{setup}?wait=yes")).shows("Waiting for the first request");
}

#[test]
fn what_the_teams_product_uses_is_not_shown_and_is_no_connection() {
    let Some(world) = World::new() else { return };
    let mut customer = world.customer(&world.acme);
    let setup = format!("/console/directories/{}/setup", world.acme);
    enable(&mut customer, &setup);
    let (table, id) = (world.scim.stack().unwrap().table(), world.acme.parse().unwrap());
    let (_, mut token) = Token::mint(&id, &deployment()).unwrap();
    token.label = "Token of the product".to_owned();
    token.scopes = "events".parse().unwrap();
    let mut product = Client::new("product".parse().unwrap(), "Client of the product");
    product.scopes = "events".to_owned();
    product.redirects = vec!["https://product.example.com/".to_owned()];
    block_on(async {
        credential::create(&table, &id, &token).await.unwrap();
        credential::mark_used(&table, &id, &token.id).await.unwrap();
        assert!(client::create(&table, &id, &product).await.unwrap());
        client::mark_used(&table, &id, &product).await.unwrap();
    });
    for mut browser in [customer, world.team()] {
        let page = browser.get(&format!("{setup}?wait=yes"));
        page.expect(200).shows("Waiting for the first request").shows("Token of the world");
        for hidden in ["of the product", "leave the key empty"] {
            assert!(!page.text.contains(hidden), "{hidden}: {page:?}");
        }
    }
}

#[test]
fn who_accepted_what_is_kept_as_it_was_shown() {
    let Some(world) = World::new() else { return };
    let mut customer = world.customer(&world.acme);
    let setup = format!("/console/directories/{}/setup", world.acme);
    let page = customer.get(&setup);
    assert_eq!(conditions(&page), CONDITIONS);
    let form = page.field("form");
    // The condition changes while the page is open.
    let path = format!("/admin/directories/{}", world.acme);
    let other = json!({ "settings": { "conditions": [CONDITIONS[0], "Another one."] } });
    admin(&world.scim, "PATCH", &path).unwrap().json(&other).send().expect(200);
    customer.post(&format!("{setup}/enable"), &fields(&form)).expect(400).shows("Another one.");
    assert_eq!(admin(&world.scim, "GET", &path).unwrap().send().json()["state"], "disabled");
    enable(&mut customer, &setup);
    assert_eq!(admin(&world.scim, "GET", &path).unwrap().send().json()["state"], "enabled");
    let mut team = world.team();
    team.get(&format!("/console/directories/{}", world.acme)).shows("Another one.").shows("setup-link:");
    let wrong = json!({ "settings": { "conditions": "one" } });
    admin(&world.scim, "PATCH", &path).unwrap().json(&wrong).send().error(400, "invalidValue");
}

#[test]
fn a_paused_directory_stays_paused() {
    let Some(world) = World::new() else { return };
    let mut customer = world.customer(&world.acme);
    let form = world.form_token(&customer);
    let path = format!("/admin/directories/{}", world.acme);
    admin(&world.scim, "PATCH", &path).unwrap().json(&json!({ "state": "paused" })).send().expect(200);
    let setup = format!("/console/directories/{}/setup", world.acme);
    customer.post(&format!("{setup}/enable"), &fields(&form)).expect(303);
    customer.post(&format!("{setup}/credentials"), &fields(&form)).expect(409);
    customer.get(&setup).expect(200).shows("is paused");
    assert_eq!(admin(&world.scim, "GET", &path).unwrap().send().json()["state"], "paused");
}

#[test]
fn the_page_creates_ten_access_tokens_at_most() {
    let Some(world) = World::new() else { return };
    let mut customer = world.customer(&world.acme);
    let setup = format!("/console/directories/{}/setup", world.acme);
    let form = enable(&mut customer, &setup);
    // It has one already.
    for at in 1..11 {
        let id = format!("token-{at}");
        let page = customer.post(&format!("{setup}/credentials"), &[("form", &form), ("id", &id)]);
        assert_eq!(page.status, if at < 10 { 200 } else { 409 }, "{page:?}");
    }
}
