//! Held changes, by page.

use serde_json::{Value, json};
use tests::admin::admin;
use tests::bulk::post_user;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::within;

use crate::team::team;

#[test]
fn pages_of_held_changes_follow_each_other() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (mut team, page) = team(&scim);
    let settings = json!({ "settings": { "hold": { "above": 1, "within": "1h" } } });
    let path = format!("/admin/directories/{}", scim.directory());
    admin(&scim, "PATCH", &path).unwrap().json(&settings).send().expect(200);
    let users: Vec<Value> = (0..60).map(|n| post_user(&n.to_string(), &unique(), &json!({}))).collect();
    let made = scim.bulk(&users).json();
    let id = |one: &Value| one["location"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let ids: Vec<String> = made["Operations"].as_array().unwrap().iter().map(id).collect();
    let is_logged =
        |id: &String| team.clone().get(&format!("{page}/people/{id}")).text.contains("User created");
    assert!(within(30, || ids.iter().all(&is_logged)));
    for id in &ids {
        scim.delete(&format!("/Users/{id}")).send().expect(204);
    }
    let held = format!("{page}/held");
    let mut all = String::new();
    assert!(
        within(60, || {
            let first = team.get(&held).text;
            let Some((_, next)) = first.split_once(&format!(r#"<a href="{held}?after="#)) else {
                return false;
            };
            let next = next.split('"').next().unwrap();
            all = first.clone() + &team.get(&format!("{held}?after={next}")).expect(200).text;
            ids.iter().all(|id| all.contains(id.as_str()))
        }),
        "{all}"
    );
    assert!(ids.iter().any(|id| !team.get(&held).text.contains(id.as_str())), "one page has them all");
}
