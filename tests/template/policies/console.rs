//! Everything that the function `console` does with the table.

use directory::access::sign_in_link;
use directory::registry::change::{self, DirectoryChange};
use directory::registry::state::State;
use directory::subscription::{Channel, Subscription, store};
use scim::profile::STANDARD;
use secrecy::ExposeSecret;
use serde_json::json;
use tests::browser::Browser;
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::functions::KEY;
use tests::names::unique;
use tests::runtime::{block_on, within};

use super::Deployed;

/// Health, refused requests, people, held changes, subscriptions.
fn team_pages(deployed: &Deployed, scim: &Endpoint, team: &mut Browser, own: &str) {
    let id = scim.directory();
    let made = Subscription::new("product", Channel::Webhook { url: "https://ex.io/".to_owned() }, 0);
    block_on(store::create(&deployed.table, &id, &made)).unwrap();
    let form = team.get(own).expect(200).field("form");
    team.get(&format!("{own}/log?show=refused")).expect(200);
    let one = format!("{own}/subscriptions/{}", made.id);
    team.get(&format!("{own}/subscriptions")).expect(200).shows("product");
    for state in ["paused", "active"] {
        team.post(&one, &[("form", &form), ("state", state)]).expect(303);
    }
    team.get(&one).expect(200).shows("Dead letters");
    team.post(&format!("{one}/recover"), &[("form", &form), ("since", "2027-01-31T09:30")]).expect(303);
    // Otherwise `deliver` would read the logs of several directories.
    block_on(store::delete(&deployed.table, &id, &made.id)).unwrap();
    let users = [(); 3].map(|()| scim.create_user(&unique(), &json!({})));
    let fields = [("form", &*form), ("type", "User"), ("by", "id"), ("value", &users[0])];
    let person = team.post(&format!("{own}/people"), &fields);
    team.get(person.expect(303).header("location")).expect(200);
    let fields = [("form", &*form), ("type", "User"), ("by", "userName"), ("value", "not-there")];
    team.post(&format!("{own}/people"), &fields).expect(200);
    let hold = json!({ "hold": { "above": "1%", "within": "1h" } });
    let settings = serde_json::from_value(hold).ok();
    block_on(change::change(
        &deployed.table,
        &id,
        &DirectoryChange { settings, ..DirectoryChange::default() },
    ))
    .unwrap();
    for user in &users {
        scim.delete(&format!("/Users/{user}")).send().expect(204);
    }
    let held = format!("{own}/held");
    assert!(within(30, || users.iter().all(|user| team.get(&held).text.contains(user))), "nothing is held");
    for (decision, id) in [("approve", &users[0]), ("reject", &users[1])] {
        team.post(&held, &[("form", &form), ("decision", decision), ("id", id)]).expect(303);
    }
    team.post(&held, &[("form", &form), ("decision", "approve")]).expect(303);
}

/// Credentials, OAuth clients, settings, audit.
fn access_pages(team: &mut Browser, own: &str) {
    let form = team.get(own).expect(200).field("form");
    let credentials = format!("{own}/credentials");
    let fields = |id| {
        let mut fields = vec![("form", &*form), ("id", id), ("label", "x"), ("expires", "9")];
        fields.extend([("scopes", "read"), ("scopes", "users"), ("tokenLifetimeMinutes", "60")]);
        fields
    };
    team.post(&credentials, &fields("0123456789abcdef")).expect(200);
    let one = format!("{credentials}/0123456789abcdef");
    team.get(&credentials).expect(200);
    team.get(&one).expect(200);
    team.post(&format!("{one}/rotate"), &fields("1123456789abcdef")).expect(200);
    team.get(&format!("{one}/revoke")).expect(200);
    team.post(&format!("{one}/revoke"), &[("form", &form)]).expect(303);
    let clients = format!("{own}/clients");
    team.get(&format!("{clients}/new")).expect(200);
    team.post(&clients, &fields("0123456789abcdef")).expect(200);
    let one = format!("{clients}/0123456789abcdef");
    team.get(&clients).expect(200);
    team.get(&one).expect(200);
    team.post(&format!("{one}/secrets"), &fields("2123456789abcdef")).expect(200);
    let secret = format!("{one}/secrets/2123456789abcdef");
    team.get(&secret).expect(200);
    team.post(&secret, &[("form", &form)]).expect(303);
    team.get(&format!("{one}/revoke")).expect(200);
    team.post(&format!("{one}/revoke"), &[("form", &form)]).expect(303);
    let settings = format!("{own}/settings");
    team.get(&settings).expect(200);
    team.post(&settings, &[("form", &form), ("setting", "name"), ("name", "Other")]).expect(303);
    team.get(&format!("{settings}/state?to=paused")).expect(200);
    for state in ["paused", "enabled"] {
        team.post(&format!("{settings}/state"), &[("form", &form), ("state", state)]).expect(303);
    }
    team.get(&format!("{own}/audit")).expect(200).shows("Changed a setting");
    team.get("/console/audit").expect(200).shows("Signed in");
}

/// The team makes set-up links, and a customer's administrator uses one.
pub(super) fn all(deployed: &Deployed) {
    let scim = deployed.directory(STANDARD);
    let change = DirectoryChange { state: Some(State::Disabled), ..DirectoryChange::default() };
    block_on(change::change(&deployed.table, &scim.directory(), &change)).unwrap();
    let own = format!("/console/directories/{}", scim.directory());
    let (mut team, mut customer) = (Browser::new(&scim), Browser::new(&scim));
    team.post("/console/sign-in", &[("key", "wrong")]).expect(403);
    team.sign_in(KEY);
    let link =
        block_on(sign_in_link::create(&deployed.table, &deployment(), "arn:aws:iam::1:role/team")).unwrap();
    let link = format!("/console/sign-in/{}", link.expose_secret());
    team.get(&link).expect(200);
    team.post(&link, &[]).expect(303);
    team.get("/console/directories").expect(200);
    let form = team.get(&own).expect(200).field("form");
    let links = format!("{own}/setup-links");
    let link = team.post(&links, &[("form", &form)]).expect(200).value("link");
    team.post(&links, &[("form", &form)]).expect(200);
    let link = link.strip_prefix(&team.origin).unwrap();
    customer.get(link).expect(410);
    let link = team.post(&links, &[("form", &form)]).expect(200).value("link");
    let link = link.strip_prefix(&team.origin).unwrap();
    customer.get(link).expect(200);
    customer.post(link, &[]).expect(303);
    let setup = format!("{own}/setup");
    let page = customer.get(&setup);
    let form = page.expect(200).field("form");
    let mut fields = vec![("form", &*form)];
    let conditions: Vec<String> = page
        .text
        .split(r#"name="condition" value=""#)
        .skip(1)
        .map(|rest| rest.split_once('"').unwrap().0.to_owned())
        .collect();
    fields.extend(conditions.iter().map(|condition| ("condition", &**condition)));
    customer.post(&format!("{setup}/enable"), &fields).expect(303);
    let id = customer.get(&setup).expect(200).field("id");
    customer.post(&format!("{setup}/credentials"), &[("form", &form), ("id", &id)]).expect(200);
    customer.post(&format!("{setup}/test"), &[("form", &form), ("token", "wrong")]).expect(200);
    customer.get(&format!("{own}/log")).expect(200);
    customer.post(&format!("{setup}/finish"), &[("form", &form)]).expect(200);
    team_pages(deployed, &scim, &mut team, &own);
    access_pages(&mut team, &own);
    let form = team.get(&own).expect(200).field("form");
    team.post("/console/sign-out", &[("form", &form)]).expect(303);
}
