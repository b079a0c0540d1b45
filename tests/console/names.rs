//! Personal data is masked until it is shown.

use http::Request;
use serde_json::{Value, json};
use tests::deployment::DEPLOYMENT_SECRET;
use tests::instance::Instance;
use tests::log::Log;
use tests::names::unique;
use tests::runtime::within;

use crate::people::{Team, email};
use crate::sign_in::{CURRENT, signed_in};
use crate::world::{PERSON, World, name};

#[test]
fn a_person_is_masked_until_the_names_are_shown() {
    let Some(mut team) = Team::new("standard") else { return };
    let canary = |what: &str| format!("canary{what}{}", unique());
    let (user_name, display, given, family) = (canary("a"), canary("b"), canary("c"), canary("d"));
    let (external, address, title) = (canary("e"), canary("f"), canary("g"));
    let (group_name, login) = (canary("h"), canary("i"));
    let id = team.scim.create_user(
        &format!("{user_name}@ex.io"),
        &json!({ "displayName": display, "name": { "givenName": given, "familyName": family }, "externalId": external,
            "emails": [email(&format!("{address}@ex.io"), "work")], "title": title, "active": false }),
    );
    // One without a display name is called by the user name.
    let plain = team.scim.create_user(&format!("{login}@ex.io"), &json!({}));
    let group = team.scim.create_group(&group_name, &[id.clone(), plain.clone()]);
    let person = format!("people/{id}");
    assert!(within(20, || {
        let page = team.browser.get(&format!("{}/{person}", team.own));
        page.text.contains("User created") && page.text.contains(&group)
    }));
    let (masked, shown) = team.both(&person);
    masked.shows("not active").shows("Show names and addresses").shows("@ex.io").shows("c…");
    for value in [&user_name, &display, &given, &family, &external, &address, &group_name] {
        assert!(!masked.text.contains(value.as_str()), "{value}: {masked:?}");
        shown.shows(value);
    }
    assert!(!shown.text.contains(&title), "only names and addresses are shown: {shown:?}");
    shown.shows("The audit log says so");
    let (masked, shown) = team.both(&format!("groups/{group}"));
    masked.shows("about 2").shows(&format!("{}/{person}", team.own)).shows("Group created");
    for value in [&group_name, &display, &login] {
        assert!(!masked.text.contains(value.as_str()), "{value}: {masked:?}");
        shown.shows(value);
    }
    let again = team.browser.get(&format!("{}/{person}", team.own));
    assert!(!again.text.contains("canary"), "{again:?}");
}

#[test]
fn who_sees_personal_data_is_in_the_audit_log_which_has_none() {
    let Some(world) = World::new() else { return };
    let instance = Instance::new(&world.scim, DEPLOYMENT_SECRET, CURRENT).unwrap();
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.subscriber());
    let cookie = signed_in(&instance);
    let send = |request: http::request::Builder, body: String| {
        let request = request.header("x-forwarded-proto", "https").header("host", "example.com");
        let request = request.header("origin", "https://example.com").header("cookie", &cookie);
        instance.send(request, body)
    };
    let own = format!("/console/directories/{}", world.acme);
    let page = format!("{own}/people/{PERSON}");
    let shown = |log: &Log| -> Vec<Value> {
        let lines =
            log.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
        lines.into_iter().filter(|line| line["message"] == "personal data was shown").collect()
    };
    let (_, masked) = send(Request::get(&page), String::new());
    let form = masked.split_once(r#"name="form" value=""#).unwrap().1.split_once('"').unwrap().0.to_owned();
    let look_up = format!("form={form}&type=User&by=userName&value={}%40ex.io", world.acme);
    let (parts, _) = send(Request::post(format!("{own}/people")), look_up);
    assert_eq!((parts.status.as_u16(), parts.headers["location"].to_str().unwrap()), (303, &*page));
    assert_eq!(shown(&log).len(), 0, "nothing was shown");
    let (_, text) = send(Request::post(&page), format!("form={form}"));
    drop(guard);
    assert!(text.contains(&name(&world.acme)) && !masked.contains(&name(&world.acme)), "{text}");
    let lines = shown(&log);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((&lines[0]["audit"], &lines[0]["resource"]), (&json!(true), &json!(PERSON)));
    assert_eq!(lines[0]["directory"], json!(world.acme));
    assert!(lines[0]["actor"].as_str().unwrap().starts_with("administrator:"), "{lines:?}");
    for personal in [name(&world.acme), format!("{}@ex.io", world.acme), format!("{}%40ex.io", world.acme)] {
        assert!(!log.text().contains(&personal), "{personal}: {}", log.text());
    }
}

/// The two people have the same id.
#[test]
fn nothing_of_another_directory_is_on_a_page() {
    let Some(world) = World::new() else { return };
    let mut team = world.team();
    let form = world.form_token(&team);
    for (own, other) in [(&world.acme, &world.beta), (&world.beta, &world.acme)] {
        let path = format!("/console/directories/{own}/people/{PERSON}");
        let page = team.post(&path, &[("form", &form)]);
        page.expect(200).shows(&name(own)).shows(&format!("Group of {own}"));
        assert!(!page.text.contains(other.as_str()), "{page:?}");
        let fields =
            [("form", &*form), ("type", "User"), ("by", "userName"), ("value", &format!("{other}@ex.io"))];
        team.post(&format!("/console/directories/{own}/people"), &fields).expect(200).shows("No person");
    }
}
