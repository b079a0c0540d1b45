//! The settings of a directory: by the same rules as those of the administration API.

use serde_json::{Value, json};
use tests::admin::admin;
use tests::browser::{Browser, Page};

use crate::world::{CONDITIONS, World};

fn of(world: &World) -> Value {
    admin(&world.scim, "GET", &format!("/admin/directories/{}", world.acme))
        .unwrap()
        .send()
        .expect(200)
        .json()
}

fn save(browser: &mut Browser, page: &str, setting: &str, value: &str) -> Page {
    let form = browser.get(page).expect(200).field("form");
    browser.post(page, &[("form", &form), ("setting", setting), (setting, value)])
}

#[test]
fn each_setting_is_changed_and_removed() {
    let Some(world) = World::new() else { return };
    let (mut team, page) = (world.team(), format!("/console/directories/{}/settings", world.acme));
    team.get(&page).expect(200).shows(">standard<").shows(CONDITIONS[0]);
    for (setting, sent, stored, shown) in [
        ("conditions", "One.\r\n  Two. \r\n\r\n", json!(["One.", "Two."]), "One.\nTwo.</textarea>"),
        ("requestsPerSecond", " 50 ", json!(50), r#"value="50""#),
        ("hold", r#"{"above": "10%"}"#, json!({ "above": "10%" }), "&quot;10%&quot;"),
        ("protectedUsers", "ceo@example.com\nx", json!(["ceo@example.com", "x"]), "Users in the list: 2."),
        ("eventRetention", "90", json!("90d"), r#"value="90""#),
        ("adopt", r#"{"by": ["userName"]}"#, json!({ "by": ["userName"] }), "&quot;by&quot;"),
    ] {
        let saved = save(&mut team, &page, setting, sent);
        assert_eq!(saved.expect(303).header("location"), format!("{page}?saved=yes"));
        assert_eq!(of(&world)["settings"][setting], stored);
        team.get(&page).expect(200).shows(shown);
        let form = team.get(&format!("{page}?saved=yes")).shows("is saved").field("form");
        let kept = of(&world)["settings"].as_object().unwrap().len();
        let remove = [("form", &*form), ("setting", setting), (setting, ""), ("remove", "yes")];
        team.post(&page, &remove).expect(303);
        assert_eq!(of(&world)["settings"].as_object().unwrap().len(), kept - 1, "{setting}");
    }
    save(&mut team, &page, "name", "  Another <name> ").expect(303);
    assert_eq!(of(&world)["name"], "Another <name>");
    let others = r#"{"x": {"y": 1}, "requestsPerSecond": 7, "conditions": null}"#;
    save(&mut team, &page, "settings", others).expect(303);
    assert_eq!(of(&world)["settings"], json!({ "x": { "y": 1 }, "requestsPerSecond": 7 }));
    team.get(&page).shows("&quot;y&quot;: 1");
}

#[test]
fn a_wrong_value_is_refused_next_to_its_field_and_changes_nothing() {
    let Some(world) = World::new() else { return };
    let (mut team, page) = (world.team(), format!("/console/directories/{}/settings", world.acme));
    let before = of(&world);
    let long = format!(r#"{{"x": "{}"}}"#, "x".repeat(33_000));
    for (setting, sent) in [
        ("name", " "),
        ("conditions", "a\r\na"),
        ("requestsPerSecond", "many"),
        ("requestsPerSecond", "-1"),
        ("hold", r#"{"above": "10"}"#),
        ("hold", "{"),
        ("eventRetention", "6"),
        ("adopt", r#"{"by": ["title"]}"#),
        ("settings", "[]"),
        ("settings", "x"),
        ("settings", &long),
    ] {
        let refused = save(&mut team, &page, setting, sent);
        refused.expect(400).shows(&format!(r#"<p class="wrong" id="{setting}-wrong" role="alert">"#));
        refused.shows(r#"aria-invalid="true""#);
        assert_eq!(refused.text.matches(r#"role="alert""#).count(), 1, "{refused:?}");
    }
    // Also when it was sent among others.
    save(&mut team, &page, "settings", r#"{"hold": 1}"#).expect(400).shows(r#"id="hold-wrong""#);
    assert_eq!(of(&world), before);
    let form = world.form_token(&team);
    team.post(&page, &[("form", &form), ("setting", "state"), ("state", "paused")]).expect(409);
    team.post(&page, &[("form", &form)]).expect(409);
    assert_eq!(of(&world), before);
}

#[test]
fn names_of_protected_users_are_not_shown() {
    let Some(world) = World::new() else { return };
    let (mut team, page) = (world.team(), format!("/console/directories/{}/settings", world.acme));
    save(&mut team, &page, "protectedUsers", "ceo@example.com").expect(303);
    assert!(!team.get(&page).shows("Users in the list: 1.").text.contains("ceo@"));
}

#[test]
fn the_state_changes_after_a_question() {
    let Some(world) = World::new() else { return };
    let (mut team, page) = (world.team(), format!("/console/directories/{}/settings", world.acme));
    let form = world.form_token(&team);
    for (to, shown, next) in [
        ("enabled", "Enable it", "Pause it"),
        ("paused", "Pause it", "Resume it"),
        ("enabled", "Resume it", "Pause it"),
    ] {
        let ask = format!("{page}/state?to={to}");
        team.get(&page).shows(shown).shows(&ask);
        let before = of(&world);
        team.get(&ask).expect(200).shows("Leave it as it is");
        assert_eq!(of(&world), before, "the question changes nothing");
        team.post(&format!("{page}/state"), &[("form", &form), ("state", to)]).expect(303);
        assert_eq!(of(&world)["state"], to);
        team.get(&page).shows(next);
    }
    for wrong in ["", "erasing", "disabled"] {
        team.get(&format!("{page}/state?to={wrong}")).expect(409);
        team.post(&format!("{page}/state"), &[("form", &form), ("state", wrong)]).expect(409);
    }
    assert_eq!(of(&world)["state"], "enabled");
}
