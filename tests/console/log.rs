//! The provisioning log.

use directory::events;
use serde_json::json;
use tests::browser::Browser;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::{block_on, within};

use crate::world::link;

#[test]
fn the_log_shows_who_changed_what_without_personal_data() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let path = format!("/console/directories/{}", scim.directory());
    let mut customer = Browser::new(&scim);
    customer.post(&link(&scim, &scim.directory().to_string()).0, &[]).expect(303);
    customer.get(&format!("{path}/log")).expect(200).shows("Nothing was changed yet");
    let (canary, other) = (format!("canary{}", unique()), scim.create_user(&unique(), &json!({})));
    let id = scim.create_user(&canary, &json!({ "title": canary }));
    let replace = |value: &str| json!([{ "op": "replace", "path": "title", "value": value }]);
    scim.patch(&format!("/Users/{id}"), &replace(&format!("{canary}2"))).send().expect(200);
    let group = scim.create_group(&canary, &[id.clone(), other.clone()]);
    let mut page = customer.get(&format!("{path}/log"));
    let shown = |text: &str| {
        ["User created", "User updated", "Group members changed"].iter().all(|what| text.contains(what))
    };
    assert!(within(20, || {
        page = customer.get(&format!("{path}/log"));
        shown(&page.text)
    }));
    page.expect(200).shows("title").shows(" added, 0 removed").shows(&id).shows(&group);
    assert!(!page.text.contains(&canary), "{page:?}");
    // From the change to the creation of the same user.
    let row = page.text.split("<tr>").find(|row| row.contains("User updated")).unwrap();
    let link = row.split_once("href=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let history = customer.get(&link);
    history.expect(200).shows("User updated").shows("User created");
    assert!(!history.text.contains(&other) && !history.text.contains(&canary), "{history:?}");
    assert_eq!(history.text.matches("<tr>").count(), 3, "a head and two changes: {history:?}");
    for odd in ["?before=1", "?before=0", "?change=0", "?change=99999", "?before=x&change=y"] {
        customer.get(&format!("{path}/log{odd}")).expect(200);
    }
}

#[test]
fn older_changes_are_on_the_next_pages() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let path = format!("/console/directories/{}/log", scim.directory());
    let mut customer = Browser::new(&scim);
    customer.post(&link(&scim, &scim.directory().to_string()).0, &[]).expect(303);
    let mut ids: Vec<String> = (0..60).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    let table = scim.stack().unwrap().table();
    assert!(within(30, || block_on(events::head(&table, &scim.directory())).unwrap() == 60));
    let first = customer.get(&path);
    let (_, older) = first.text.split_once("log?before=").unwrap();
    let second = customer.get(&format!("{path}?before={}", older.split_once('"').unwrap().0));
    ids.retain(|id| !first.text.contains(id) && !second.text.contains(id));
    assert_eq!(ids, Vec::<String>::new());
    assert!(!second.text.contains("Older changes"), "{second:?}");
}
