//! I4: concurrent changes of members do not overwrite each other; acknowledged members are stored.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};
use tests::answer::Answer;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{member_values, patch};
use tests::runtime::at_once;

fn scim() -> &'static Endpoint {
    Endpoint::shared()
}

async fn change(group: String, operation: Value) -> u16 {
    let (path, body) = (format!("/Groups/{group}?excludedAttributes=members"), patch(&json!([operation])));
    let answer = Call::new(scim(), "PATCH", &path).json(&body).exchange().await;
    if answer.status >= 429 {
        eprintln!("{answer}");
    }
    answer.status
}

fn add(ids: &[String]) -> Value {
    json!({ "op": "Add", "path": "members", "value": member_values(ids) })
}

fn remove(id: &str, number: usize) -> Value {
    if number.is_multiple_of(2) {
        json!({ "op": "Remove", "path": "members", "value": [{ "value": id }] })
    } else {
        json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") })
    }
}

fn numbered(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number:04}")).collect()
}

#[track_caller]
fn members(group: &str) -> Vec<String> {
    scim().get(&format!("/Groups/{group}")).send().members()
}

#[track_caller]
fn all_accepted(statuses: &[u16]) {
    assert!(statuses.iter().all(|status| matches!(status, 200 | 204)), "{statuses:?}");
}

#[test]
fn two_hundred_concurrent_adds_from_sixteen_tasks_leave_two_hundred() {
    let group = scim().create_group(&unique(), &[]);
    let ids = numbered("m", 200);
    all_accepted(&at_once(16, ids.iter().map(|id| change(group.clone(), add(std::slice::from_ref(id))))));
    assert_eq!(members(&group), ids);
}

#[test]
fn five_at_a_time_a_thousand_members_arrive() {
    let group = scim().create_group(&unique(), &[]);
    let ids = numbered("m", 1_000);
    all_accepted(&at_once(5, ids.iter().map(|id| change(group.clone(), add(std::slice::from_ref(id))))));
    assert_eq!(members(&group), ids);
}

#[test]
fn adds_and_removes_mixed_leave_who_was_not_removed() {
    let before = numbered("old", 100);
    let group = scim().create_group(&unique(), &before);
    let fresh = numbered("new", 100);
    let calls = before.iter().zip(&fresh).enumerate().flat_map(|(number, (old, new))| {
        [change(group.clone(), remove(old, number)), change(group.clone(), add(std::slice::from_ref(new)))]
    });
    all_accepted(&at_once(16, calls));
    assert_eq!(members(&group), fresh);
}

#[test]
fn repeated_adds_and_removes_of_the_same_members_agree() {
    let group = scim().create_group(&unique(), &[]);
    let ids = numbered("m", 20);
    all_accepted(&at_once(
        16,
        (0..200).map(|number| change(group.clone(), add(&ids[number % 20..number % 20 + 1]))),
    ));
    assert_eq!(members(&group), ids);
    all_accepted(&at_once(
        16,
        (0..200).map(|number| change(group.clone(), remove(&ids[number % 20], number / 20))),
    ));
    assert!(members(&group).is_empty());
}

#[test]
fn large_adds_in_parallel_are_all_there() {
    let group = scim().create_group(&unique(), &[]);
    let ids = numbered("m", 1_200);
    all_accepted(&at_once(6, ids.chunks(200).map(|chunk| change(group.clone(), add(chunk)))));
    assert_eq!(members(&group), ids);
}

#[test]
fn renames_are_not_starved_by_member_traffic() {
    let group = scim().create_group(&unique(), &[]);
    let (ids, name) = (numbered("m", 150), unique());
    let rename = |number: usize| json!({ "op": "replace", "path": "displayName", "value": format!("{name}-{number}") });
    let calls = ids.iter().enumerate().map(|(number, id)| {
        let operation = if number % 10 == 9 { rename(number) } else { add(std::slice::from_ref(id)) };
        change(group.clone(), operation)
    });
    all_accepted(&at_once(8, calls));
    assert_eq!(members(&group).len(), 135);
    assert_eq!(scim().groups_where(&format!("displayName sw \"{name}\"")), [group]);
}

/// The list of the replacement number `round`: `kept` members that are in all, and two of its own.
fn replacement(kept: &[String], round: usize) -> Vec<String> {
    [kept, &[format!("r{round}-1"), format!("r{round}-2")]].concat()
}

#[test]
fn adds_that_race_with_replacements_fall_before_or_after_them() {
    race_adds_with_replacements(&[]);
}

#[test]
fn adds_that_race_with_small_differences_fall_before_or_after_them() {
    race_adds_with_replacements(&numbered("kept", 150));
}

fn race_adds_with_replacements(kept: &[String]) {
    let group = scim().create_group(&unique(), kept);
    let ids = numbered("a", 120);
    let adder = |chunk: Vec<String>| {
        let group = group.clone();
        async move {
            let mut log = Vec::new();
            for id in chunk {
                let began = Instant::now();
                let status = change(group.clone(), add(std::slice::from_ref(&id))).await;
                assert!(matches!(status, 200 | 204), "{status}");
                log.push((id, began, Instant::now()));
            }
            log
        }
    };
    let replacer = {
        let (group, kept) = (group.clone(), kept.to_vec());
        async move {
            let mut log = Vec::new();
            for round in 0..10 {
                let list = replacement(&kept, round);
                let began = Instant::now();
                let operation = json!({ "op": "replace", "path": "members", "value": member_values(&list) });
                let status = change(group.clone(), operation).await;
                assert!(matches!(status, 200 | 204), "{status}");
                log.push((format!("r{round}"), began, Instant::now()));
            }
            log
        }
    };
    let mut work: Vec<std::pin::Pin<Box<dyn Future<Output = Vec<_>> + Send>>> = vec![Box::pin(replacer)];
    work.extend(ids.chunks(30).map(|chunk| Box::pin(adder(chunk.to_vec())) as _));
    let logs = at_once(5, work);
    let (replaced, added): (Vec<_>, Vec<_>) =
        logs.into_iter().flatten().partition(|(id, ..)| id.starts_with('r'));
    let (_, began, ended) =
        replaced.iter().max_by_key(|(_, began, _)| *began).cloned().expect("a replacement");
    let found = members(&group);
    let mut expected = replacement(kept, 9);
    for (id, add_began, add_ended) in added {
        if add_began > ended {
            assert!(found.contains(&id), "{id} was added after the last replacement");
        }
        if add_ended < began {
            assert!(!found.contains(&id), "{id} was added before the last replacement");
        }
        expected.push(id);
    }
    assert!(found.iter().all(|id| expected.contains(id)), "older lists are gone: {found:?}");
    assert!(replacement(kept, 9).iter().all(|id| found.contains(id)), "{found:?}");
}

#[test]
fn racing_replacements_leave_one_whole_list() {
    let group = scim().create_group(&unique(), &numbered("old", 30));
    let lists: Vec<Vec<String>> = (0..12).map(|number| numbered(&format!("r{number:02}-"), 150)).collect();
    let calls = lists.iter().map(|list| {
        change(group.clone(), json!({ "op": "replace", "path": "members", "value": member_values(list) }))
    });
    let statuses = at_once(6, calls);
    assert!(statuses.iter().all(|status| matches!(status, 200 | 204 | 429 | 503)), "{statuses:?}");
    assert!(statuses.iter().any(|status| matches!(status, 200 | 204)), "{statuses:?}");
    assert!(lists.contains(&members(&group)), "a mixture of lists: {:?}", members(&group));
}

#[test]
fn racing_replacements_that_differ_little_leave_one_whole_list() {
    let kept = numbered("kept", 60);
    let group = scim().create_group(&unique(), &kept);
    for round in 0..30 {
        let lists: Vec<Vec<String>> = (0..3).map(|number| replacement(&kept, 3 * round + number)).collect();
        let calls = lists.iter().enumerate().map(|(number, list)| {
            let (group, list) = (group.clone(), list.clone());
            async move {
                if number < 2 {
                    let members =
                        json!({ "op": "replace", "path": "members", "value": member_values(&list) });
                    return change(group, members).await;
                }
                let body =
                    json!({ "displayName": format!("{group}-{round}"), "members": member_values(&list) });
                scim().put(&format!("/Groups/{group}"), &body).exchange().await.status
            }
        });
        all_accepted(&at_once(3, calls));
        assert!(lists.contains(&members(&group)), "a mixture of lists: {:?}", members(&group));
    }
}

/// The members' version in the entity tag of an answer.
fn members_version(answer: &Answer) -> u64 {
    let tag = answer.expect(200).json()["meta"]["version"].as_str().unwrap().to_owned();
    tag.trim_end_matches('"').rsplit('.').next().unwrap().parse().unwrap()
}

/// An add that has a later version than the list comes after it, and one with an earlier version before.
#[test]
fn adds_and_small_differences_fall_in_the_order_of_their_versions() {
    let kept = numbered("kept", 80);
    let group = scim().create_group(&unique(), &kept);
    let path = format!("/Groups/{group}?excludedAttributes=members");
    for round in 0..40 {
        let added = numbered(&format!("a{round}-"), 30);
        let name = format!("{group}-{round}");
        let put = json!({ "displayName": name, "members": member_values(&replacement(&kept, round)) });
        let send = |method: &'static str, body: Value| {
            let path = path.clone();
            async move {
                let answer = Call::new(scim(), method, &path).json(&body).exchange().await;
                (method, members_version(&answer))
            }
        };
        let versions: BTreeMap<_, _> =
            at_once(2, [send("PATCH", patch(&json!([add(&added)]))), send("PUT", put)]).into_iter().collect();
        let found = members(&group);
        let there = added.iter().filter(|id| found.contains(id)).count();
        match versions["PATCH"].cmp(&versions["PUT"]) {
            Ordering::Greater => assert_eq!(there, added.len(), "round {round}, versions {versions:?}"),
            Ordering::Less => assert_eq!(there, 0, "round {round}, versions {versions:?}"),
            // The answer to the PUT shows the version after both.
            Ordering::Equal => {}
        }
    }
}

/// A list of several pages is read while a member at its end takes turns with one at its beginning.
#[test]
fn readers_see_a_small_difference_wholly_or_not_at_all() {
    // More than a megabyte of memberships: two pages.
    let kept = numbered(&"m".repeat(200), 2_500);
    let list = move |turn: usize| [kept.as_slice(), &[["a", "z"][turn % 2].to_owned()]].concat();
    let group = scim().create_group(&unique(), &list(0));
    let writer = {
        let group = group.clone();
        async move {
            for turn in 1..40 {
                let path = format!("/Groups/{group}?excludedAttributes=members");
                let body = json!({ "displayName": group, "members": member_values(&list(turn)) });
                scim().put(&path, &body).exchange().await.expect(200);
            }
            Vec::new()
        }
    };
    let reader = {
        let group = group.clone();
        async move {
            let mut seen = Vec::new();
            for _ in 0..40 {
                let found = scim().get(&format!("/Groups/{group}")).exchange().await.members();
                seen.push((found.len(), found.contains(&"a".to_owned()), found.contains(&"z".to_owned())));
            }
            seen
        }
    };
    let work: Vec<std::pin::Pin<Box<dyn Future<Output = Vec<_>> + Send>>> =
        vec![Box::pin(writer), Box::pin(reader)];
    for (count, first, last) in at_once(2, work).into_iter().flatten() {
        assert!(count == 2_501 && first != last, "{count} members, the first {first}, the last {last}");
    }
}

#[test]
fn a_delete_of_the_group_ends_its_adds() {
    let group = scim().create_group(&unique(), &[]);
    let user = scim().create_user(&unique(), &json!({}));
    let calls = (0..60).map(|number| {
        let (group, user) = (group.clone(), user.clone());
        async move {
            match number {
                30 => scim().delete(&format!("/Groups/{group}")).exchange().await.status,
                _ if number % 7 == 0 => change(group, add(&[user])).await,
                _ => change(group, add(&[format!("m{number}")])).await,
            }
        }
    });
    let statuses = at_once(16, calls);
    assert!(statuses.iter().all(|status| matches!(status, 200 | 204 | 404)), "{statuses:?}");
    scim().get(&format!("/Groups/{group}")).send().error(404, "");
    assert!(scim().groups_where(&format!("members eq \"{user}\"")).is_empty());
    let user = scim().get(&format!("/Users/{user}?attributes=groups")).send();
    user.expect(200).holds(&json!({ "groups": "<absent>" }));
}

#[test]
fn a_delete_of_a_member_disturbs_no_other() {
    let group = scim().create_group(&unique(), &[]);
    let user = scim().create_user(&unique(), &json!({}));
    let ids = numbered("m", 60);
    let calls = ids.iter().enumerate().map(|(number, id)| {
        let (group, user, id) = (group.clone(), user.clone(), id.clone());
        async move {
            if number == 30 {
                scim().delete(&format!("/Users/{user}")).exchange().await.expect(204);
            }
            change(group, add(&[id])).await
        }
    });
    all_accepted(&at_once(16, calls));
    assert_eq!(members(&group), ids);
}
