//! "Test it now" with a test user.

use serde_json::json;
use tests::admin::{admin, make_credential};
use tests::browser::{Browser, Page};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;
use tests::runtime::within;

use crate::team::team;
use crate::world::link;

const NAME: &str = "rollcall-test@rollcall.invalid";

/// A browser of the administrator of the directory of `scim`, and the path of the test.
fn customer(scim: &Endpoint) -> (Browser, String) {
    let mut customer = Browser::new(scim);
    customer.post(&link(scim, &scim.directory().to_string()).0, &[]).expect(303);
    (customer, format!("/console/directories/{}/setup", scim.directory()))
}

fn test(customer: &mut Browser, setup: &str, token: &str) -> Page {
    let form = customer.get(setup).expect(200).field("form");
    customer.post(&format!("{setup}/test"), &[("form", &form), ("token", token), ("probe", "yes")])
}

/// How many test users there are.
fn left(scim: &Endpoint) -> u64 {
    let found = scim.get("/Users").filter(&format!("userName eq \"{NAME}\"")).send().expect(200).json();
    found["totalResults"].as_u64().unwrap()
}

/// A token that nothing has used, with these scopes.
fn token(scim: &Endpoint, scopes: &[&str]) -> String {
    let body = json!({ "label": "x", "scopes": scopes });
    let made = make_credential(scim, &scim.directory().to_string(), &body).unwrap();
    made["token"].as_str().unwrap().to_owned()
}

#[test]
fn a_test_user_is_created_found_disabled_and_deleted_in_every_profile() {
    for profile in ["standard", "chatwork", "workgrid", "kintone", "clarizen-one", "entra-gallery", "okta"] {
        let Some(scim) = Endpoint::empty_directory_of(profile) else { return };
        let (mut customer, setup) = customer(&scim);
        let token = token(&scim, &[]);
        let page = test(&mut customer, &setup, &token);
        page.expect(200).shows("All is well.");
        for row in ["was created", "is found by", "was disabled", "was deleted", "tests the connection"] {
            page.shows(row);
        }
        assert!(!page.text.contains("earlier test") && !page.text.contains(&token), "{page:?}");
        // The test is not the first request of the identity provider, and the next one is noted at once.
        customer.get(&format!("{setup}?wait=yes")).shows("Waiting for the first request");
        scim.with_token(&token).get("/Users?count=0").send().expect(200);
        let found = || customer.clone().get(&format!("{setup}?wait=yes")).text.contains("Connected.");
        assert!(within(10, found), "{profile}");
        assert_eq!(left(&scim), 0, "{profile}");
    }
}

#[test]
fn refused_requests_of_a_test_are_not_the_identity_providers() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (mut customer, setup) = customer(&scim);
    let (mut team, page) = team(&scim);
    let read_only = token(&scim, &["read", "users", "groups"]);
    test(&mut customer, &setup, &read_only).expect(200).shows("is not allowed to do this").shows("403: ");
    let log = format!("{page}/log?show=refused");
    customer.get(&log).expect(200).shows("There was none in the last 30 days.");
    team.get(&page).expect(200).shows("Never connected");
    // What it would be without the mark.
    let provider = scim.with_token(&read_only);
    assert!(within(10, || {
        provider.post("/Users", &user(&unique(), &json!({}))).send().error(403, "");
        customer.get(&log).text.contains("does not allow this")
    }));
}

#[test]
fn a_test_user_that_was_left_is_removed() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (mut customer, setup) = customer(&scim);
    let other = scim.create_user("rollcall-test@ex.io", &json!({}));
    scim.create_user(NAME, &json!({}));
    test(&mut customer, &setup, scim.token())
        .expect(200)
        .shows("All is well.")
        .shows("of an earlier test was left");
    assert_eq!(left(&scim), 0);
    scim.get(&format!("/Users/{other}")).send().expect(200);
}

#[test]
fn a_test_that_fails_leaves_no_user_and_says_what_to_change() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (mut customer, setup) = customer(&scim);
    let read_only = token(&scim, &["read", "users", "groups"]);
    let page = test(&mut customer, &setup, &read_only);
    page.expect(200).shows("Something is wrong.").shows("is not allowed to do this").shows("403: ");
    let Some(other) = Endpoint::empty_directory() else { return };
    test(&mut customer, &setup, other.token()).expect(409).shows("belongs to another directory");
    let page = test(&mut customer, &setup, &format!("{}x", scim.token()));
    page.expect(200).shows("is not complete, has expired, or was revoked").shows("Copy the whole token");
    assert!(!page.text.contains("tests the connection"), "it is not sent: {page:?}");
    // Too many requests at once: a step after the creation is refused.
    let path = format!("/admin/directories/{}", scim.directory());
    let slow = json!({ "settings": { "requestsPerSecond": 4 } });
    admin(&scim, "PATCH", &path).unwrap().json(&slow).send().expect(200);
    let refused = |page: &Page| page.text.contains("was created") && page.text.contains("too many requests");
    let mut pages = (0..10).map(|_| {
        let page = test(&mut customer, &setup, &token(&scim, &[]));
        page.expect(200);
        page
    });
    assert!(pages.any(|page| refused(&page)), "no step was refused");
    let fast = json!({ "settings": { "requestsPerSecond": 0 } });
    admin(&scim, "PATCH", &path).unwrap().json(&fast).send().expect(200);
    assert_eq!(left(&scim.by_another_credential(None).unwrap()), 0);
}
