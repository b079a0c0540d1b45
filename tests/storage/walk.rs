//! Pages while others write: no user who stays is missed, and totals are right.

use std::collections::BTreeSet;

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::pages::List;
use tests::people::user;
use tests::runtime::{at_once, block_on};

/// All ids on all pages of `count`, until an empty one.
async fn walk(scim: &Endpoint, filter: &str, count: usize) -> Vec<String> {
    let mut list = List::new(scim, "/Users", count).with("attributes", "id");
    if !filter.is_empty() {
        list = list.with("filter", filter);
    }
    list.by_index().await
}

#[test]
fn a_scan_misses_no_user_who_stays_while_others_come_and_go() {
    for (count, filter) in [(7, ""), (10, "userName sw \"u\""), (9, "title eq \"guide\"")] {
        let Some(scim) = Endpoint::empty_directory() else { return };
        let all: Vec<_> = (0..120)
            .map(|number| {
                scim.create_user(&format!("u{number:03}-{}", unique()), &json!({ "title": "guide" }))
            })
            .collect();
        let (goes, stays): (Vec<_>, Vec<_>) =
            all.into_iter().enumerate().partition(|(number, _)| number % 3 == 0);
        let work = (0..4).map(|task| {
            let (scim, goes) = (scim.clone(), goes.clone());
            async move {
                if task > 0 {
                    return Some(walk(&scim, filter, count).await);
                }
                for (_, id) in goes {
                    scim.delete(&format!("/Users/{id}")).exchange().await.expect(204);
                    scim.post("/Users", &user(&format!("u-{}", unique()), &json!({ "title": "guide" })))
                        .exchange()
                        .await
                        .expect(201);
                }
                None
            }
        });
        for seen in at_once(4, work).into_iter().flatten() {
            let seen: BTreeSet<_> = seen.into_iter().collect();
            let missed: Vec<_> = stays.iter().filter(|(_, id)| !seen.contains(id)).collect();
            assert!(missed.is_empty(), "{filter} missed {missed:?}");
        }
        assert_eq!(scim.get("/Users").send().total(), 120);
        let calm = block_on(walk(&scim, filter, count));
        assert_eq!(calm.iter().collect::<BTreeSet<_>>().len(), 120, "{filter}");
    }
}

#[test]
fn the_total_is_exact_after_racing_creates_and_deletes() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let work = (0..16).map(|task: usize| {
        let scim = scim.clone();
        async move {
            for number in 0..15 {
                let answer =
                    scim.post("/Users", &user(&format!("u{task}-{number}"), &json!({}))).exchange().await;
                let id = answer.expect(201).id();
                if number % 3 == 0 {
                    scim.delete(&format!("/Users/{id}")).exchange().await.expect(204);
                }
                if number % 3 != 0 {
                    // A refused create must not count.
                    let twin = user(&format!("U{task}-{number}"), &json!({}));
                    scim.post("/Users", &twin).exchange().await.error(409, "uniqueness");
                }
            }
        }
    });
    at_once(16, work);
    let total = scim.get("/Users").send().total();
    let seen = block_on(walk(&scim, "", 100)).len() as u64;
    assert_eq!(total, seen);
    assert_eq!(total, 160);
}

/// Lists that these tests read by index: `count` at a time, with other query parameters.
fn lists(scim: &Endpoint) -> [List<'_>; 3] {
    [
        List::new(scim, "/Users", 10),
        List::new(scim, "/Users", 11).with("filter", "title eq \"guide\""),
        List::new(scim, "/Users", 12).with("sortBy", "userName").with("sortOrder", "descending"),
    ]
}

fn guides(scim: &Endpoint, names: std::ops::Range<usize>) -> Vec<String> {
    names.map(|number| scim.create_user(&format!("u{number:03}"), &json!({ "title": "guide" }))).collect()
}

fn delete(scim: &Endpoint, ids: &[String]) {
    for id in ids {
        scim.delete(&format!("/Users/{id}")).send().expect(204);
    }
}

#[test]
fn a_scan_after_another_sees_each_present_user_once() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let all = guides(&scim, 0..60);
    for list in lists(&scim) {
        assert_eq!(block_on(list.by_index()).len(), 60, "{list:?}");
    }
    delete(&scim, &[&all[3..9], &all[40..44]].concat());
    guides(&scim, 60..63);
    for round in 0..2 {
        for list in lists(&scim) {
            let mut start = 1;
            let mut seen = BTreeSet::new();
            while start <= 53 {
                let page = block_on(list.page("startIndex", &start.to_string()));
                assert_eq!(page.total(), 53, "scan {round} from {start}: {list:?}");
                start += page.ids().len();
                seen.extend(page.ids());
            }
            assert_eq!((start, seen.len()), (54, 53), "scan {round}: {list:?}");
        }
    }
}

#[test]
fn a_scan_that_others_overtake_twice_misses_no_user_who_stays() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let all = guides(&scim, 0..60);
    for (number, list) in lists(&scim).iter().enumerate() {
        let slow = block_on(list.page("startIndex", "1")).ids();
        // Users that the slow scan has already seen, so that all others move up.
        let (gone, later): (Vec<_>, Vec<_>) = (slow[..3].to_vec(), slow[3..6].to_vec());
        for goers in [&gone, &later] {
            delete(&scim, goers);
            block_on(list.by_index());
        }
        let rest = block_on(list.onwards(slow.len() + 1));
        let seen: BTreeSet<_> = slow.iter().chain(&rest).collect();
        let left = all.len() - 6 * number;
        assert_eq!(seen.len(), left, "{} missed: {list:?}", left - seen.len());
    }
}
