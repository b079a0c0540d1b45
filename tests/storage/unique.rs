//! I1: at most one user per directory has a userName, under any concurrency.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{group, patch, user};
use tests::runtime::at_once;

/// The same name, in different letter case for each number.
fn spelled(name: &str, number: usize) -> String {
    let cased = |(index, letter): (usize, char)| {
        if (number >> (index % 10)) & 1 == 1 { letter.to_ascii_uppercase() } else { letter }
    };
    name.chars().enumerate().map(cased).collect()
}

#[track_caller]
fn one_winner(statuses: &[u16], win: u16) {
    let count = |status| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((count(win), count(409)), (1, statuses.len() - 1), "{statuses:?}");
}

#[test]
fn a_thousand_racing_creates_of_one_name_have_one_winner() {
    let scim = Endpoint::shared();
    let name = format!("racer{}", unique());
    let creates = (0..1_000).map(|number| {
        let body = user(&spelled(&name, number), &json!({}));
        async move { scim.post("/Users", &body).exchange().await.status }
    });
    one_winner(&at_once(32, creates), 201);
    let found = scim.users_where(&format!("userName eq \"{name}\""));
    assert_eq!(found.len(), 1);
    assert_eq!(scim.users_where(&format!("userName sw \"{name}\"")), found);
}

#[test]
fn racing_renames_to_one_name_have_one_winner() {
    let scim = Endpoint::shared();
    let name = format!("goal{}", unique());
    let ids: Vec<_> = (0..100).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    let renames = ids.iter().cloned().enumerate().map(|(number, id)| {
        let body = patch(&json!([{ "op": "replace", "path": "userName", "value": spelled(&name, number) }]));
        async move {
            tests::call::Call::new(scim, "PATCH", &format!("/Users/{id}")).json(&body).exchange().await.status
        }
    });
    one_winner(&at_once(16, renames), 200);
    assert_eq!(scim.users_where(&format!("userName eq \"{name}\"")).len(), 1);
}

#[test]
fn creates_and_renames_race_for_one_name() {
    let scim = Endpoint::shared();
    let name = unique();
    let ids: Vec<_> = (0..40).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    let calls = (0..80).map(|number| {
        let (id, name) = (ids[number / 2].clone(), name.clone());
        async move {
            let answer = if number % 2 == 0 {
                scim.post("/Users", &user(&name, &json!({}))).exchange().await
            } else {
                scim.put(&format!("/Users/{id}"), &user(&name, &json!({}))).exchange().await
            };
            answer.status
        }
    });
    let statuses = at_once(16, calls);
    let winners = statuses.iter().filter(|status| matches!(status, 200 | 201)).count();
    assert_eq!((winners, statuses.iter().filter(|status| **status == 409).count()), (1, 79), "{statuses:?}");
    assert_eq!(scim.users_where(&format!("userName eq \"{name}\"")).len(), 1);
}

#[test]
fn a_name_that_comes_and_goes_never_has_two_owners() {
    let scim = Endpoint::shared();
    let name = unique();
    let cycles = (0..8).map(|_| {
        let name = name.clone();
        async move {
            for _ in 0..25 {
                let created = scim.post("/Users", &user(&name, &json!({}))).exchange().await;
                assert!(matches!(created.status, 201 | 409), "{created}");
                let owners = scim.get("/Users").filter(&format!("userName eq \"{name}\"")).exchange().await;
                assert!(owners.total() <= 1, "{owners}");
                if created.status == 201 {
                    scim.delete(&format!("/Users/{}", created.id())).exchange().await.expect(204);
                }
            }
        }
    });
    at_once(8, cycles);
    assert!(scim.users_where(&format!("userName eq \"{name}\"")).is_empty());
    scim.create_user(&name, &json!({}));
}

#[test]
fn racing_creates_of_one_group_have_one_winner() {
    let scim = Endpoint::shared();
    let name = unique();
    let creates = (0..200).map(|number| {
        let body = group(&spelled(&name, number), &json!({ "members": [{ "value": "u" }] }));
        async move { scim.post("/Groups", &body).exchange().await.status }
    });
    one_winner(&at_once(16, creates), 201);
    assert_eq!(scim.groups_where(&format!("displayName eq \"{name}\"")).len(), 1);
}

#[test]
fn racing_deletes_have_one_winner() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let id = scim.create_user(&unique(), &json!({}));
    scim.create_user(&unique(), &json!({}));
    let deletes = (0..32).map(|_| {
        let (scim, id) = (scim.clone(), id.clone());
        async move { scim.delete(&format!("/Users/{id}")).exchange().await.status }
    });
    let statuses = at_once(16, deletes);
    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 31, "{statuses:?}");
    assert_eq!(scim.get("/Users").send().total(), 1, "the counter moved once");
}
