//! Signing in and out.

use http::Request;
use serde_json::{Value, json};
use tests::admin::admin;
use tests::deployment::{DEPLOYMENT_SECRET, deployment};
use tests::instance::Instance;
use tests::log::Log;

use crate::world::{World, name};

pub(crate) const CURRENT: &str = "current-key-of-32-characters-and-more";
const NEXT: &str = "next-key-of-32-characters-and-some-more";

#[test]
fn the_administrator_key_begins_a_session_that_sees_all_directories() {
    let Some(world) = World::new() else { return };
    let mut browser = world.browser();
    browser.get("/console").expect(200).shows("Administrator key");
    let page = browser.post("/console/sign-in", &[("key", &format!(" {} ", world.key()))]);
    assert_eq!(page.expect(303).header("location"), "/console/directories");
    let cookie = page.header("set-cookie");
    for part in ["rollcall=rt_", "; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=43200"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.contains("Secure"), "this service has no TLS: {cookie}");
    let list = browser.get("/console/directories");
    list.expect(200).shows(&name(&world.acme)).shows(&name(&world.beta));
    browser.get(&format!("/console/directories/{}", world.acme)).expect(200).shows("disabled");
    assert_eq!(browser.get("/console").header("location"), "/console/directories");
    let form = list.field("form");
    let signed_in = browser.clone();
    browser.post("/console/sign-out", &[("form", &form)]).expect(303);
    assert_eq!(browser.cookie, None);
    // Nor does the cookie itself open anything any more.
    assert_eq!(signed_in.clone().get("/console/directories").header("location"), "/console");
}

#[test]
fn a_link_from_the_command_line_signs_in_once() {
    let Some(world) = World::new() else { return };
    let link = || {
        let made = admin(&world.scim, "POST", "/admin/console-links").unwrap().json(&json!({})).send();
        let url = made.expect(201).json()["url"].as_str().unwrap().to_owned();
        url.strip_prefix(&world.browser().origin).unwrap().to_owned()
    };
    let (one, late) = (link(), link());
    let before = world.snapshot();
    let mut browser = world.browser();
    for _ in 0..10 {
        browser.get(&one).expect(200).shows("Sign in");
    }
    assert_eq!(world.snapshot(), before, "opening a link changes nothing");
    assert_eq!(browser.post(&one, &[]).expect(303).header("location"), "/console/directories");
    browser.get("/console/directories").expect(200).shows(&name(&world.acme));
    world.age("link#", "end", 301);
    let token = one.rsplit('_').next().unwrap();
    let invented =
        format!("/console/sign-in/{}", deployment().with_checksum(&format!("ri_{}", "0".repeat(64))));
    for over in [&one, &late, &invented, &one.replace(token, &token[1..])] {
        let mut other = world.browser();
        other.post(over, &[]).expect(410);
        assert_eq!(other.cookie, None, "{over}");
    }
    assert!(!world.snapshot().join("").contains(token), "the secret is stored");
}

#[test]
fn ten_wrong_keys_are_enough() {
    let Some(world) = World::new() else { return };
    let mut browser = world.browser();
    for _ in 0..9 {
        browser.post("/console/sign-in", &[("key", "wrong")]).expect(403).shows(r#"role="alert""#);
    }
    // A right one clears the count.
    browser.sign_in(&world.key());
    for wrong in ["", "wrong", world.scim.token(), &world.key()[1..], "1", "2", "3", "4", "5", "6"] {
        let page = browser.post("/console/sign-in", &[("key", wrong)]);
        assert!(wrong.len() < 10 || !page.text.contains(wrong), "the key is shown again");
        page.expect(403);
    }
    let page = browser.post("/console/sign-in", &[("key", &world.key())]);
    assert_eq!((page.expect(429).header("retry-after"), page.header("set-cookie")), ("600", ""));
}

#[test]
fn a_session_ends_when_its_key_is_replaced() {
    let Some(world) = World::new() else { return };
    let instance = |keys: &str| Instance::new(&world.scim, DEPLOYMENT_SECRET, keys).unwrap();
    let cookie = signed_in(&instance(CURRENT));
    let status = |instance: &Instance| {
        let request = Request::get("/console/directories").header("cookie", &cookie);
        instance
            .send(request.header("x-forwarded-proto", "https").header("host", "example.com"), String::new())
            .0
            .status
    };
    assert_eq!(status(&instance(CURRENT)), 200);
    assert_eq!(status(&instance(&format!("{NEXT} {CURRENT}"))), 200, "the previous key is still valid");
    assert_eq!(status(&instance(NEXT)), 303);
}

/// Signs in over TLS; the cookie.
pub(crate) fn signed_in(instance: &Instance) -> String {
    let request = Request::post("/console/sign-in")
        .header("x-forwarded-proto", "https")
        .header("host", "example.com")
        .header("origin", "https://example.com");
    let (parts, text) = instance.send(request, format!("key={CURRENT}"));
    assert_eq!(parts.status, 303, "{text}");
    let cookie = parts.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-rollcall=rt_") && cookie.ends_with("; Secure"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

#[test]
fn the_audit_log_says_who_did_what_and_no_secret() {
    let Some(world) = World::new() else { return };
    let instance = Instance::new(&world.scim, DEPLOYMENT_SECRET, CURRENT).unwrap();
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.subscriber());
    let cookie = signed_in(&instance);
    let path = format!("/console/directories/{}", world.acme);
    let request = |request: http::request::Builder| {
        let request = request.header("x-forwarded-proto", "https").header("host", "example.com");
        request.header("origin", "https://example.com").header("cookie", &cookie)
    };
    let (parts, page) = instance.send(request(Request::get(&path)), String::new());
    assert_eq!(parts.status, 200);
    let form = page.split_once(r#"name="form" value=""#).unwrap().1.split_once('"').unwrap().0.to_owned();
    let (_, page) =
        instance.send(request(Request::post(format!("{path}/setup-links"))), format!("form={form}"));
    drop(guard);
    let link = page.split_once("/setup/").unwrap().1.split_once('"').unwrap().0.to_owned();
    let text = log.text();
    let secret = |text: &str| text.rsplit('_').next().unwrap().to_owned();
    for hidden in [CURRENT, &secret(&cookie), &secret(&link), &form, &name(&world.acme)] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let audit: Vec<_> = lines.iter().filter(|line| line["audit"] == true).collect();
    let last = audit.last().unwrap();
    assert!(last["actor"].as_str().unwrap().starts_with("administrator:"), "{last}");
    assert_eq!(last["route"], "/console/directories/{directory}/setup-links");
    assert_eq!((&last["directory"], &last["method"]), (&world.acme.clone().into(), &"POST".into()));
}
