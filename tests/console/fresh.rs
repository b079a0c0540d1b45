//! Secrets are created by sessions that began a short time ago. The routes are read from the console.

use console::route::{Access, ROUTES};

use crate::world::{World, fields, path};

#[test]
fn a_session_that_began_long_ago_creates_no_secret() {
    let Some(world) = World::new() else { return };
    let (mut team, customer) = (world.team(), world.customer(&world.acme));
    let form = world.form_token(&team);
    team.post(&format!("/console/directories/{}/setup/enable", world.acme), &fields(&form)).expect(303);
    world.age("session#", "start", 15 * 60);
    customer.clone().get(&format!("/console/directories/{}/credentials", world.acme)).shows(r#"name="id""#);
    world.age("session#", "start", 45 * 60);
    let link = world.link(&world.acme);
    let before = world.snapshot();
    let mut refused = 0;
    for (mut browser, words, minutes) in
        [(team, "Sign in again</a>", "15 minutes"), (customer, "new set-up link", "60 minutes")]
    {
        let form = world.form_token(&browser);
        let is_team = words.starts_with("Sign in");
        for route in ROUTES.iter().filter(|route| route.fresh.is_some()) {
            let page = browser.post(&path(route, &world.acme, &link), &fields(&form));
            if route.access == Access::Team && !is_team {
                page.expect(404);
                continue;
            }
            page.expect(403).shows(minutes).shows(words);
            refused += 1;
        }
        // Nor do the pages show a form that would be refused.
        for page in ["credentials", "credentials/world-token", "clients/new", "clients/world-client", "setup"]
        {
            let page = browser.get(&format!("/console/directories/{}/{page}", world.acme));
            page.expect(200).shows(minutes);
            assert!(!page.text.contains(r#"name="id""#), "{page:?}");
        }
    }
    assert!(refused >= 12, "{refused}");
    assert_eq!(world.snapshot(), before, "something was created");
    let mut team = world.team();
    world.age("session#", "start", 15 * 60);
    let page = team.get(&format!("/console/directories/{}", world.acme));
    assert!(!page.shows("15 minutes").text.contains("Create a set-up link"), "{page:?}");
}

#[test]
fn the_team_signs_in_again_and_comes_back() {
    let Some(world) = World::new() else { return };
    let mut team = world.team();
    let old = team.clone();
    world.age("session#", "start", 15 * 60);
    let page = format!("/console/directories/{}/credentials", world.acme);
    let again = format!("/console?again={page}");
    team.get(&page).expect(200).shows(&format!(r#"href="{again}""#));
    let sign_in = team.get(&again);
    assert_eq!(sign_in.expect(200).field("again"), page);
    team.post("/console/sign-in", &[("again", &page), ("key", "wrong")]).expect(403).shows(&page);
    let back = team.post("/console/sign-in", &[("again", &page), ("key", &world.key())]);
    assert_eq!(back.expect(303).header("location"), page);
    team.get(&page).shows("Create a secret token</button>");
    assert_eq!(old.clone().get(&page).header("location"), "/console", "the old session has ended");
    for elsewhere in ["https://evil.example/", "//evil.example", "/setup/x", ""] {
        let back = team.post("/console/sign-in", &[("again", elsewhere), ("key", &world.key())]);
        assert_eq!(back.expect(303).header("location"), "/console/directories", "{elsewhere}");
    }
}

#[test]
fn a_session_that_began_long_ago_revokes() {
    let Some(world) = World::new() else { return };
    let mut customer = world.customer(&world.acme);
    let form = world.form_token(&customer);
    world.age("session#", "start", 15 * 60);
    let revoke = format!("/console/directories/{}/credentials/world-token/revoke", world.acme);
    customer.post(&revoke, &[("form", &form)]).expect(303);
    customer.get(&format!("/console/directories/{}/credentials", world.acme)).shows("revoked");
}
