//! Pages through a list while many others create and delete: users who stay are all seen, and by
//! cursor only once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;
use tests::answer::Answer;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::pages::List;
use tests::people::user;
use tests::runtime::{at_once, spawn};

/// A user whose name, title and display name sort anywhere among the others.
async fn create(scim: &Endpoint, number: usize) -> Answer {
    let spread = number.wrapping_mul(7_919) % 1_000;
    let more = json!({ "title": "guide", "displayName": format!("{spread:03}") });
    scim.post("/Users", &user(&format!("u{spread:03}-{}", unique()), &more)).exchange().await
}

/// The lists to page through. Lists that read all users for each page, or to count, are only for
/// directories that are small enough for the engine under this load.
fn lists(scim: &Endpoint, size: usize) -> Vec<List<'_>> {
    let list = |count| List::new(scim, "/Users", count).with("attributes", "id");
    let title = "title eq \"guide\"";
    let mut lists = vec![
        list(100),
        list(100).with("sortBy", "userName"),
        List::new(scim, "", 100).with("attributes", "id"),
    ];
    if size <= 1_000 {
        lists.extend([
            list(97).with("filter", "userName sw \"u\""),
            list(250).with("filter", title),
            list(100).with("sortBy", "userName").with("sortOrder", "descending").with("filter", title),
            list(500).with("sortBy", "displayName").with("sortOrder", "descending"),
        ]);
    }
    lists
}

/// Reads every list by index and by cursor while `tasks` tasks create and delete users among `size`
/// users. Runs on a stack of its own, so that no other test waits for its stream.
fn scan_under_churn(size: usize, tasks: usize) {
    if Endpoint::shared().stack().is_none() {
        return;
    }
    let scim = Endpoint::start();
    let creates = (0..size).map(|number| {
        let scim = scim.clone();
        async move { create(&scim, number).await.expect(201).id() }
    });
    let all = at_once(16, creates);
    let (goes, stays): (Vec<_>, Vec<_>) =
        all.into_iter().enumerate().partition(|(number, _)| number % 3 == 0);
    let stays: BTreeSet<String> = stays.into_iter().map(|(_, id)| id).collect();
    let goes: Arc<Vec<String>> = Arc::new(goes.into_iter().map(|(_, id)| id).collect());

    let (over, gone) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let churn = (0..tasks).map(|task| {
        let (scim, goes, over, gone) =
            (scim.clone(), Arc::clone(&goes), Arc::clone(&over), Arc::clone(&gone));
        spawn(async move {
            let mut number = task;
            while !over.load(Ordering::SeqCst) {
                number += tasks;
                let created = create(&scim, number).await;
                // An engine that is too busy answers 429 or 503; a delete whose
                // response was lost is 404 when it is sent again.
                let goer = goes.get(gone.fetch_add(1, Ordering::SeqCst)).cloned();
                // When all of them are deleted, the newly created ones are deleted.
                let goer = goer.or_else(|| (created.status == 201).then(|| created.id()));
                if let Some(id) = goer {
                    let deleted = scim.delete(&format!("/Users/{id}")).exchange().await;
                    assert!(matches!(deleted.status, 204 | 404 | 429 | 503), "{deleted}");
                }
                assert!(matches!(created.status, 201 | 409 | 429 | 503), "{created}");
            }
        })
    });
    let churn: Vec<_> = churn.collect();
    let walks = (0..lists(&scim, size).len() * 2).map(|number| {
        let (scim, by_cursor) = (scim.clone(), number % 2 == 0);
        async move {
            let list = &lists(&scim, size)[number / 2];
            let seen = if by_cursor {
                list.by_cursor().await.iter().flat_map(Answer::ids).collect()
            } else {
                list.by_index().await
            };
            (format!("{list:?} by {}", if by_cursor { "cursor" } else { "index" }), by_cursor, seen)
        }
    });
    let walks = at_once(4, walks);
    over.store(true, Ordering::SeqCst);
    let ended = at_once(tasks, churn);
    assert!(ended.iter().all(Result::is_ok), "a task failed");
    assert!(gone.load(Ordering::SeqCst) > 0, "no user was deleted");
    for (what, by_cursor, seen) in walks {
        let once: BTreeSet<String> = seen.iter().cloned().collect();
        let missed: Vec<_> = stays.difference(&once).collect();
        assert!(missed.is_empty(), "{what}: missed {} of {}: {missed:?}", missed.len(), stays.len());
        assert!(!by_cursor || once.len() == seen.len(), "{what}: {} came twice", seen.len() - once.len());
    }
}

#[test]
fn users_who_stay_are_seen_by_every_scan() {
    scan_under_churn(900, 20);
}

#[test]
#[ignore = "takes minutes: 20,000 users, and 50 tasks that come and go"]
fn users_who_stay_are_seen_by_every_scan_of_many() {
    scan_under_churn(20_000, 50);
}
