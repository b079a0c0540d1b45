//! The provisioning log.

use directory::access::refusal;
use scim::error::Kind;
use serde_json::json;
use tests::browser::{Browser, Page};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;
use tests::runtime::{at_once, block_on, within};

use crate::world::link;

#[test]
fn the_log_shows_who_changed_what_without_personal_data() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let path = format!("/console/directories/{}", scim.directory());
    let mut customer = Browser::new(&scim);
    customer.post(&link(&scim, &scim.directory().to_string()).0, &[]).expect(303);
    customer.get(&format!("{path}/log")).expect(200).shows("Provisioning log");
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
    let ids: Vec<String> = (0..60).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    let mut pages = || {
        let first = customer.get(&path);
        let (_, older) = first.text.split_once("log?before=")?;
        let second = customer.get(&format!("{path}?before={}", older.split_once('"')?.0));
        assert!(!second.text.contains("Older changes"), "{second:?}");
        Some([first, second])
    };
    let shown = |id: &String, pages: &[Page; 2]| pages.iter().any(|page| page.text.contains(id));
    assert!(within(30, || pages().is_some_and(|pages| ids.iter().all(|id| shown(id, &pages)))));
}

/// Without the limit, a flood of refused requests would be a flood of writes.
#[test]
fn a_flood_of_refused_requests_leaves_a_few_rows_that_count_all() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let name = format!("flood-{}@ex.io", unique());
    scim.create_user(&name, &json!({}));
    let taken = user(&name, &json!({}));
    let calls = (0..200).map(|_| {
        let (scim, taken) = (scim.clone(), taken.clone());
        async move { scim.post("/Users", &taken).exchange().await }
    });
    let answers = at_once(20, calls);
    assert!(answers.iter().all(|answer| answer.status == 409));
    let table = scim.stack().unwrap().table();
    let list = || block_on(refusal::list(&table, &scim.directory(), None, 100)).unwrap().0;
    // The next one of the same kind adds those that were only counted.
    assert!(within(5, || {
        scim.post("/Users", &taken).send().error(409, "uniqueness");
        let (found, least) = (list(), 200);
        assert!(found.len() <= 2, "{found:?}");
        found.iter().map(|one| one.count).sum::<u64>() > least
    }));
    let last = &list()[0].last;
    assert_eq!(
        (last.kind, last.method.as_str(), last.attribute.as_deref()),
        (Kind::Uniqueness, "POST", Some("userName"))
    );
    let shown = last.user_name.as_deref().unwrap();
    assert!(shown.starts_with("f…") && shown.ends_with("@ex.io") && !shown.contains("flood"), "{shown}");
}
