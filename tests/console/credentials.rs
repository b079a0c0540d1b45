//! Credentials: created, replaced and revoked, by the team and by a customer's administrator.

use http::Request;
use serde_json::{Value, json};
use tests::admin::{admin, make_credential};
use tests::browser::{Browser, Page};
use tests::deployment::DEPLOYMENT_SECRET;
use tests::instance::Instance;

use crate::world::World;

/// The path of the page of `directory`, which is enabled.
fn page_of(world: &World, directory: &str) -> String {
    let path = format!("/admin/directories/{directory}");
    admin(&world.scim, "PATCH", &path).unwrap().json(&json!({ "state": "enabled" })).send().expect(200);
    format!("/console/directories/{directory}/credentials")
}

/// Sends the form of the page with these scopes.
fn create(browser: &mut Browser, page: &str, days: &str, scopes: &[&str]) -> Page {
    let shown = browser.get(page);
    let (form, id) = (shown.expect(200).field("form"), shown.field("id"));
    let mut fields = vec![("form", &*form), ("id", &*id), ("label", "Chat <&> \"Co\""), ("expires", days)];
    fields.extend(scopes.iter().map(|scope| ("scopes", *scope)));
    browser.post(page, &fields)
}

/// What an instance answers that remembers nothing: others may accept a revoked token for 30 seconds.
fn opens(world: &World, token: &str) -> u16 {
    let instance = Instance::new(&world.scim, DEPLOYMENT_SECRET, &world.key()).unwrap();
    let request = Request::get("/scim/v2/Users?count=0").header("authorization", format!("Bearer {token}"));
    instance.send(request.header("host", "example.com"), String::new()).0.status.as_u16()
}

/// The credentials of `directory`, as the administration API lists them.
fn listed(world: &World, directory: &str) -> Vec<Value> {
    let path = format!("/admin/directories/{directory}/credentials");
    admin(&world.scim, "GET", &path).unwrap().send().expect(200).json()["items"].as_array().unwrap().clone()
}

#[test]
fn a_credential_is_created_replaced_and_revoked() {
    let Some(world) = World::new() else { return };
    for (mut browser, directory) in [(world.team(), &world.acme), (world.customer(&world.beta), &world.beta)]
    {
        let page = page_of(&world, directory);
        let made = create(&mut browser, &page, "30", &["read", "users"]);
        let old = made.expect(200).value("token");
        assert_eq!(made.value("url"), format!("{}/scim/v2", browser.origin));
        assert_eq!(opens(&world, &old), 200);
        world.scim.with_token(&old).get("/Groups?count=0").send().error(403, "");
        let of_old = listed(&world, directory).into_iter().find(|one| one["id"] != "world-token").unwrap();
        let id = of_old["id"].as_str().unwrap();
        let list = browser.get(&page);
        list.expect(200).shows("Chat &lt;&amp;&gt; &quot;Co&quot;</a>").shows("read users").shows("not yet");
        let one = format!("{page}/{id}");
        let (form, next) = (browser.get(&one).expect(200).field("form"), browser.get(&one).field("id"));
        let fields = [("form", &*form), ("id", &*next)];
        let new = browser.post(&format!("{one}/rotate"), &fields).expect(200).value("token");
        assert_eq!([opens(&world, &old), opens(&world, &new)], [200, 200], "the old one stays");
        let items = listed(&world, directory);
        let of_new = items.iter().find(|one| one["id"] == *next).unwrap();
        assert_eq!([&of_new["label"], &of_new["scopes"]], [&of_old["label"], &of_old["scopes"]]);
        browser.get(&format!("{one}/revoke")).expect(200).shows("Revoke this token?");
        assert_eq!(opens(&world, &old), 200, "the question changes nothing");
        let revoked = browser.post(&format!("{one}/revoke"), &[("form", &form)]);
        assert_eq!(revoked.expect(303).header("location"), page);
        assert_eq!([opens(&world, &old), opens(&world, &new)], [401, 200]);
        let again = [("form", &*form), ("id", "0123456789abcdef")];
        browser.post(&format!("{one}/rotate"), &again).expect(409);
        browser.get(&one).expect(200).shows("revoked");
    }
}

#[test]
fn a_form_that_is_sent_twice_creates_one_credential() {
    let Some(world) = World::new() else { return };
    let page = page_of(&world, &world.acme);
    let mut customer = world.customer(&world.acme);
    let form = world.form_token(&customer);
    for (at, path) in [(2, page.clone()), (3, format!("{page}/world-token/rotate"))] {
        let id = format!("000000000000000{at}");
        let fields = [
            ("form", &*form),
            ("id", &*id),
            ("label", "x"),
            ("expires", "9"),
            ("scopes", "read"),
            ("scopes", "users"),
        ];
        let token = customer.post(&path, &fields).expect(200).value("token");
        let second = customer.post(&path, &fields);
        second.expect(409).shows("sent before");
        assert!(!second.text.contains("rc_"), "{second:?}");
        assert_eq!(listed(&world, &world.acme).len(), at, "{path}");
        assert_eq!(opens(&world, &token), 200, "the first one is still valid");
    }
}

#[test]
fn a_customers_administrator_creates_nothing_stronger_than_the_set_up_page() {
    let Some(world) = World::new() else { return };
    let page = page_of(&world, &world.acme);
    let (mut customer, mut team) = (world.customer(&world.acme), world.team());
    let all = ["read", "write", "users", "groups"];
    let shown = customer.get(&page);
    assert!(
        !shown.text.contains(r#"value="events""#) && !shown.text.contains(r#"value="consent""#),
        "{shown:?}"
    );
    let with = |more: &'static str| [&all[..], &[more]].concat();
    for (days, scopes) in
        [("366", all.to_vec()), ("30", with("events")), ("30", with("consent")), ("30", vec!["events"])]
    {
        let refused = create(&mut customer, &page, days, &scopes);
        refused.expect(400).shows(r#"role="alert""#).shows("Chat &lt;");
    }
    assert_eq!(listed(&world, &world.acme).len(), 1, "nothing was created");
    for (days, scopes) in [("1096", all.to_vec()), ("30", with("events")), ("30", vec!["consent"])] {
        create(&mut team, &page, days, &scopes).expect(200).value("token");
    }
    // Those of the team's product are not the customer's.
    let events =
        make_credential(&world.scim, &world.acme, &json!({ "label": "Product", "scopes": ["events"] }))
            .unwrap();
    let one = format!("{page}/{}", events["id"].as_str().unwrap());
    team.get(&page).shows("Product");
    assert!(!customer.get(&page).text.contains("Product"));
    let form = world.form_token(&customer);
    customer.get(&one).expect(404);
    customer.get(&format!("{one}/revoke")).expect(404);
    for path in ["rotate", "revoke"] {
        customer.post(&format!("{one}/{path}"), &[("form", &form), ("id", "0123456789abcdef")]).expect(404);
    }
    team.get(&one).expect(200).shows("valid");
}

#[test]
fn a_customers_administrator_creates_ten_at_most_and_none_before_enabling() {
    let Some(world) = World::new() else { return };
    let mut customer = world.customer(&world.acme);
    let page = format!("/console/directories/{}/credentials", world.acme);
    create(&mut customer, &page, "30", &["read", "users"]).expect(409).shows("not enabled");
    page_of(&world, &world.acme);
    for at in 1..11 {
        let made = create(&mut customer, &page, "30", &["read", "users"]);
        assert_eq!(made.status, if at < 10 { 200 } else { 409 }, "{made:?}");
    }
    let form = world.form_token(&customer);
    let rotate = format!("{page}/world-token/rotate");
    customer.post(&rotate, &[("form", &form), ("id", "0123456789abcdef")]).expect(409);
    customer.post(&format!("{page}/world-token/revoke"), &[("form", &form)]).expect(303);
    create(&mut customer, &page, "30", &["read", "users"]).expect(200);
    create(&mut world.team(), &page, "30", &["read", "users"]).expect(200);
}

/// A text without `read` and `write` means both.
#[test]
fn what_is_not_ticked_is_not_allowed() {
    let Some(world) = World::new() else { return };
    let page = page_of(&world, &world.acme);
    let mut team = world.team();
    for scopes in [&[][..], &["read"], &["users", "groups"], &["events", "read"], &["all"]] {
        let refused = create(&mut team, &page, "30", scopes);
        refused.expect(400).shows("This must be at least one of read and change");
    }
    let refused = create(&mut team, &page, "0", &["read", "users"]);
    refused.expect(400).shows(r#"id="expires-wrong""#);
    // The form keeps what was entered.
    assert!(
        refused.text.contains(r#"value="read" checked"#)
            && !refused.text.contains(r#"value="write" checked"#)
    );
    assert_eq!(listed(&world, &world.acme).len(), 1);
}

#[test]
fn many_credentials_are_listed_by_page() {
    let Some(world) = World::new() else { return };
    let label = "&".repeat(200);
    for _ in 0..30 {
        make_credential(&world.scim, &world.acme, &json!({ "label": label })).unwrap();
    }
    let mut team = world.team();
    let page = format!("/console/directories/{}/credentials", world.acme);
    let first = team.get(&page);
    assert!(first.expect(200).text.len() <= 40 * 1024, "{}", first.text.len());
    let (_, next) = first.text.split_once(&format!("{page}?after=")).unwrap();
    let second = team.get(&format!("{page}?after={}", next.split('"').next().unwrap()));
    assert_eq!(
        first.text.matches("</tr>").count() + second.expect(200).text.matches("</tr>").count(),
        31 + 2
    );
    team.get(&format!("{page}?after=%23")).expect(404);
}
