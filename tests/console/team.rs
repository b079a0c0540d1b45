//! The team's pages of one directory: its health, held changes, subscriptions.

use serde_json::{Value, json};
use tests::admin::admin;
use tests::browser::Browser;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;
use tests::runtime::within;

use crate::world::{World, fields, subscription};

/// A browser of the team, and the path of the page of the directory of `scim`.
pub(crate) fn team(scim: &Endpoint) -> (Browser, String) {
    let mut team = Browser::new(scim);
    team.sign_in(scim.stack().unwrap().administrator_key());
    (team, format!("/console/directories/{}", scim.directory()))
}

fn set(scim: &Endpoint, settings: &Value) {
    let path = format!("/admin/directories/{}", scim.directory());
    admin(scim, "PATCH", &path).unwrap().json(&json!({ "settings": settings })).send().expect(200);
}

#[test]
fn the_health_follows_what_the_identity_provider_does() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (mut team, page) = team(&scim);
    team.get(&page).expect(200).shows("Never connected").shows("and 0 refused requests in the last");
    let name = unique();
    scim.create_user(&name, &json!({}));
    // The use of a credential is noted alongside a request, and the note may be dropped.
    assert!(within(20, || {
        scim.get("/Users?count=0").send().expect(200);
        team.get(&page).text.contains("Healthy")
    }));
    for _ in 0..12 {
        scim.post("/Users", &user(&name, &json!({}))).send().error(409, "uniqueness");
    }
    // Five a second are written at once; the next one of a later second adds the others.
    assert!(within(10, || {
        scim.post("/Users", &user(&name, &json!({}))).send().error(409, "uniqueness");
        team.get(&page).text.contains("Failing")
    }));
    let page = team.get(&page);
    assert!(
        page.text.contains(r#"<rect class="failed""#) && page.text.contains(r#"<rect class="done""#),
        "{page:?}"
    );
}

#[test]
fn the_team_approves_and_rejects_held_changes() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (mut team, page) = team(&scim);
    let held = format!("{page}/held");
    team.get(&held).expect(200).shows("No change is held.");
    let ids: Vec<String> = (0..4).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    set(&scim, &json!({ "hold": { "above": 1, "within": "1h" } }));
    let created = || team.clone().get(&format!("{page}/log")).text.matches("User created").count() == 4;
    assert!(within(20, created));
    for id in &ids {
        scim.delete(&format!("/Users/{id}")).send().expect(204);
    }
    assert!(within(30, || ids.iter().all(|id| team.get(&held).text.contains(id))), "{:?}", team.get(&held));
    team.get(&page).shows("Changes are held");
    let form = team.get(&held).shows("all wait for you").field("form");
    let decide = |team: &mut Browser, more: &[(&str, &str)]| {
        let fields = [&[("form", &*form)], more].concat();
        assert_eq!(team.post(&held, &fields).expect(303).header("location"), held);
    };
    decide(&mut team, &[("decision", "reject"), ("id", &ids[0])]);
    decide(&mut team, &[("decision", "approve"), ("id", &ids[1])]);
    let left = team.get(&held);
    assert!(left.text.contains("rejected") && !left.text.contains(&ids[1]), "{left:?}");
    decide(&mut team, &[("decision", "approve")]);
    let left = team.get(&held);
    assert!(ids[2..].iter().all(|id| !left.text.contains(id)), "{left:?}");
    let deleted = || team.get(&format!("{page}/log")).text.matches("User deleted").count() == 3;
    assert!(within(20, deleted));
    team.post(&held, &[("form", &form)]).expect(409);
}

#[test]
fn the_team_pauses_and_resumes_subscriptions() {
    let Some(world) = World::new() else { return };
    let mut team = world.team();
    let form = world.form_token(&team);
    let page = format!("/console/directories/{}/subscriptions", world.acme);
    let one = format!("{page}/{}", subscription(&world.acme));
    team.get(&page).expect(200).shows("product").shows("a webhook").shows("not ready").shows("Resume");
    team.post(&one, &[("form", &form), ("state", "active")]).expect(303);
    assert!(!team.get(&page).shows("Pause").text.contains("paused since"));
    team.post(&one, &[("form", &form), ("state", "paused")]).expect(303);
    team.get(&page).shows("the team paused it in the console").shows("Resume");
    team.post(&one, &[("form", &form)]).expect(409);
    let other = format!("{page}/{}", subscription(&world.beta));
    team.post(&other, &[("form", &form), ("state", "paused")]).expect(404);
}

#[test]
fn a_customer_does_not_enable_what_the_team_disabled() {
    let Some(world) = World::new() else { return };
    let state = |directory: &str, to: Option<&str>| {
        let path = format!("/admin/directories/{directory}");
        if let Some(to) = to {
            admin(&world.scim, "PATCH", &path).unwrap().json(&json!({ "state": to })).send().expect(200);
        }
        admin(&world.scim, "GET", &path).unwrap().send().json()["state"].clone()
    };
    for (directory, way) in [(&world.acme, "enable"), (&world.beta, "finish")] {
        let mut customer = world.customer(directory);
        let setup = format!("/console/directories/{directory}/setup");
        let form = world.form_token(&customer);
        if way == "finish" {
            state(directory, Some("enabled"));
        }
        let page = customer.post(&format!("{setup}/{way}"), &fields(&form));
        assert!(matches!(page.status, 200 | 303), "{page:?}");
        assert_eq!(state(directory, None), "enabled");
        assert_eq!(state(directory, Some("disabled")), "disabled");
        let mut customer = world.customer(directory);
        let form = world.form_token(&customer);
        let page = customer.post(&format!("{setup}/enable"), &fields(&form));
        page.expect(409).shows("Only the team can enable it again");
        customer.get(&setup).expect(200).shows("Only the team of this service");
        assert_eq!(state(directory, None), "disabled");
        assert_eq!(state(directory, Some("enabled")), "enabled");
        customer.get(&setup).expect(200).shows("User provisioning is enabled.");
        // A form that is sent twice.
        customer.post(&format!("{setup}/enable"), &fields(&form)).expect(303);
    }
}
