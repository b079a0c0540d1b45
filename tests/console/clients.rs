//! OAuth clients: each kind is created, used and revoked, by the team and by a customer's administrator.

use serde_json::{Value, json};
use tests::admin::admin;
use tests::browser::{Browser, Page};

use crate::world::World;

/// The path of the page of `directory`, which is enabled.
fn page_of(world: &World, directory: &str) -> String {
    let path = format!("/admin/directories/{directory}");
    admin(&world.scim, "PATCH", &path).unwrap().json(&json!({ "state": "enabled" })).send().expect(200);
    format!("/console/directories/{directory}/clients")
}

/// Sends the form of a kind of clients, with these fields in addition to those of every kind.
fn create(browser: &mut Browser, page: &str, kind: &str, more: &[(&str, &str)]) -> Page {
    let shown = browser.get(&format!("{page}/new?kind={kind}&provider=okta"));
    let (form, id) = (shown.expect(200).field("form"), shown.field("id"));
    let mut fields =
        vec![("form", &*form), ("id", &*id), ("kind", kind), ("label", "Chat <Co>"), ("provider", "okta")];
    fields.extend([("tokenLifetimeMinutes", "120"), ("scopes", "read"), ("scopes", "users")]);
    fields.extend(more);
    browser.post(page, &fields)
}

/// What the token endpoint answers to a client with this secret.
fn token(browser: &Browser, client: &str, secret: &str) -> Page {
    let fields = [("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret)];
    browser.clone().post("/oauth/token", &fields)
}

fn opens(world: &World, answer: &Page) -> u16 {
    let answer: Value = serde_json::from_str(&answer.expect(200).text).unwrap();
    world.scim.with_token(answer["access_token"].as_str().unwrap()).get("/Users?count=0").send().status
}

fn listed(world: &World, directory: &str) -> Vec<Value> {
    let path = format!("/admin/directories/{directory}/clients");
    admin(&world.scim, "GET", &path).unwrap().send().expect(200).json()["items"].as_array().unwrap().clone()
}

#[test]
fn a_client_gets_tokens_with_the_secret_that_was_shown() {
    let Some(world) = World::new() else { return };
    for (mut browser, directory) in [(world.team(), &world.acme), (world.customer(&world.beta), &world.beta)]
    {
        let page = page_of(&world, directory);
        let made = create(&mut browser, &page, "secret", &[("expires", "90")]);
        made.expect(200).shows(&format!("/console/directories/{directory}/setup?provider=okta"));
        let (id, secret) = (made.value("client"), made.value("secret"));
        assert_eq!(made.value("endpoint"), format!("{}/oauth/token", browser.origin));
        assert_eq!(opens(&world, &token(&browser, &id, &secret)), 200);
        browser
            .get(&page)
            .expect(200)
            .shows("Chat &lt;Co&gt;</a>")
            .shows("Client credentials")
            .shows("read users");
        // The next secret, and without the first.
        let one = format!("{page}/{}", id.split_once('.').unwrap().1);
        let shown = browser.get(&one);
        let (form, next) = (shown.expect(200).shows("120 minutes").field("form"), shown.field("id"));
        let fields = [("form", &*form), ("id", &*next), ("label", "next"), ("expires", "90")];
        let second = browser.post(&format!("{one}/secrets"), &fields).expect(200).value("secret");
        let again = browser.post(&format!("{one}/secrets"), &fields);
        again.expect(409).shows("sent before");
        assert!(!again.text.contains("rs_"), "{again:?}");
        for secret in [&secret, &second] {
            assert_eq!(opens(&world, &token(&browser, &id, secret)), 200);
        }
        let first = listed(&world, directory).into_iter().find(|one| one["clientId"] == *id).unwrap();
        assert_eq!(first["tokenLifetimeMinutes"], 120);
        let first = format!("{one}/secrets/{}", first["secrets"][0]["id"].as_str().unwrap());
        browser.get(&first).expect(200).shows("Remove this client secret?");
        for _ in 0..2 {
            assert_eq!(browser.post(&first, &[("form", &form)]).expect(303).header("location"), one);
        }
        token(&browser, &id, &secret).expect(401);
        token(&browser, &id, &second).expect(200);
        browser.get(&format!("{one}/revoke")).expect(200).shows("Revoke this client?");
        token(&browser, &id, &second).expect(200);
        browser.post(&format!("{one}/revoke"), &[("form", &form)]).expect(303);
        token(&browser, &id, &second).expect(401);
        browser.get(&one).expect(200).shows("revoked");
    }
}

#[test]
fn a_client_of_another_issuer_has_no_secret() {
    let Some(world) = World::new() else { return };
    let page = page_of(&world, &world.acme);
    let mut customer = world.customer(&world.acme);
    let subject = ("subject", "0f5e");
    for (more, field) in [
        (&[("audiences", "a"), ("issuer", "https://ex.io")][..], "federation"),
        (&[("issuer", "https://ex.io"), ("jwksUri", "https://ex.io/"), subject], "federation"),
        (
            &[("audiences", "a"), ("issuer", "https://ex.io"), ("jwksUri", "ftp://ex.io/keys"), subject],
            "jwksUri",
        ),
    ] {
        let refused = create(&mut customer, &page, "federation", more);
        refused.expect(400).shows(&format!(r#"id="{field}-wrong""#)).shows("https://ex.io");
    }
    assert_eq!(listed(&world, &world.acme).len(), 1, "nothing was created");
    let fields = [("tenant", "8d2f"), ("audiences", "api://one\r\n two \r\n"), subject];
    let made = create(&mut customer, &page, "federation", &fields);
    let one = made.expect(303).header("location").to_owned();
    assert!(one.starts_with(&page) && one.ends_with("?provider=okta"), "{one}");
    let shown = customer.get(&one);
    shown
        .expect(200)
        .shows("https://login.microsoftonline.com/8d2f/v2.0")
        .shows("<dd>two</dd>")
        .shows("Federation");
    assert!(!shown.text.contains("Client secrets"), "{shown:?}");
    let form = shown.field("form");
    let path = one.split('?').next().unwrap();
    let fields = [("form", &*form), ("id", "0123456789abcdef"), ("label", "x"), ("expires", "9")];
    customer.post(&format!("{path}/secrets"), &fields).expect(409).shows("no secret");
    let kept = listed(&world, &world.acme).into_iter().find(|one| one["label"] == "Chat <Co>").unwrap();
    assert_eq!(
        (&kept["federation"]["audiences"], &kept["secrets"]),
        (&json!(["api://one", "two"]), &json!([]))
    );
}

#[test]
fn a_client_with_a_button_has_an_authorization_url() {
    let Some(world) = World::new() else { return };
    let page = page_of(&world, &world.acme);
    let mut customer = world.customer(&world.acme);
    for wrong in ["", "http://client.example.com/", "https://a.example.com/\nftp://b.example.com/"] {
        let refused =
            create(&mut customer, &page, "authorization", &[("expires", "9"), ("redirectUris", wrong)]);
        refused.expect(400).shows(r#"id="redirectUris-wrong""#);
    }
    let fields =
        [("expires", "9"), ("redirectUris", "https://client.example.com/back"), ("pkce", "optional")];
    let made = create(&mut customer, &page, "authorization", &fields);
    assert_eq!(made.expect(200).value("authorization"), format!("{}/oauth/authorize", customer.origin));
    assert!(made.value("secret").starts_with("rs_"));
    let setup = format!("/console/directories/{}/setup", world.acme);
    customer.get(&setup).expect(200).shows("leave the key empty");
    let kept = listed(&world, &world.acme).into_iter().find(|one| one["label"] == "Chat <Co>").unwrap();
    assert_eq!(kept["pkce"], "optional");
}

#[test]
fn the_set_up_page_leads_to_each_kind_and_back() {
    let Some(world) = World::new() else { return };
    let page = page_of(&world, &world.acme);
    let mut customer = world.customer(&world.acme);
    let setup = format!("/console/directories/{}/setup", world.acme);
    for (provider, kinds) in
        [("entra", &["secret", "federation", "authorization"][..]), ("okta", &["secret", "authorization"])]
    {
        let shown = customer.get(&format!("{setup}?provider={provider}"));
        assert_eq!(shown.expect(200).text.matches("/clients/new?kind=").count(), kinds.len(), "{shown:?}");
        for kind in kinds {
            let link = format!("{page}/new?kind={kind}&amp;provider={provider}");
            shown.shows(&link);
            let form = customer.get(&link.replace("&amp;", "&"));
            form.expect(200).shows(&format!("{setup}?provider={provider}"));
        }
    }
}

#[test]
fn a_customers_administrator_creates_no_stronger_client() {
    let Some(world) = World::new() else { return };
    let page = page_of(&world, &world.acme);
    let mut customer = world.customer(&world.acme);
    for more in [[("expires", "366"), ("scopes", "read")], [("expires", "9"), ("scopes", "events")]] {
        create(&mut customer, &page, "secret", &more).expect(400).shows(r#"role="alert""#);
    }
    assert_eq!(listed(&world, &world.acme).len(), 1, "nothing was created");
    let made = create(&mut world.team(), &page, "secret", &[("expires", "1096"), ("scopes", "events")]);
    let id = made.expect(200).value("client");
    let one = format!("{page}/{}", id.split_once('.').unwrap().1);
    assert!(!customer.get(&page).text.contains("Chat"));
    let form = world.form_token(&customer);
    customer.get(&one).expect(404);
    for path in ["revoke", "secrets"] {
        customer.post(&format!("{one}/{path}"), &[("form", &form), ("id", "0123456789abcdef")]).expect(404);
    }
    for at in 1..11 {
        let made = create(&mut customer, &page, "secret", &[("expires", "9")]);
        // One is there already, and the team's counts, too.
        assert_eq!(made.status, if at < 9 { 200 } else { 409 }, "{made:?}");
    }
}

#[test]
fn a_form_that_is_sent_twice_creates_one_client() {
    let Some(world) = World::new() else { return };
    let page = page_of(&world, &world.acme);
    let mut customer = world.customer(&world.acme);
    let form = world.form_token(&customer);
    let mut fields = vec![("form", &*form), ("id", "0123456789abcdef"), ("label", "x"), ("expires", "9")];
    fields.extend([("tokenLifetimeMinutes", "60"), ("scopes", "read"), ("scopes", "users")]);
    let made = customer.post(&page, &fields);
    let (id, secret) = (made.expect(200).value("client"), made.value("secret"));
    let second = customer.post(&page, &fields);
    second.expect(409).shows("sent before");
    assert!(!second.text.contains("rs_"), "{second:?}");
    assert_eq!(listed(&world, &world.acme).len(), 2);
    token(&customer, &id, &secret).expect(200);
}
