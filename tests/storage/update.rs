//! I3: a resource changes completely or not at all, and concurrent changes do not overwrite each
//! other.

use serde_json::json;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{ENTERPRISE, patch};
use tests::runtime::at_once;

/// Each task changes its own attribute of one user again and again.
fn writers(tasks: usize, rounds: usize) -> Vec<u16> {
    let scim = Endpoint::shared();
    let department = format!("{ENTERPRISE}:department");
    let paths = [
        "title",
        "nickName",
        "displayName",
        "locale",
        "userType",
        "name.givenName",
        &department,
        "emails[type eq \"work\"].value",
    ];
    let id = scim.create_user(&unique(), &json!({}));
    let work = paths.into_iter().take(tasks).map(|path| {
        let (id, path) = (id.clone(), path.to_owned());
        async move {
            let mut statuses = Vec::new();
            for round in 0..rounds {
                let body = patch(&json!([{ "op": "replace", "path": path, "value": format!("v{round}") }]));
                let mut answer;
                // A busy service is asked again, as clients do.
                for _ in 0..20 {
                    answer = Call::new(scim, "PATCH", &format!("/Users/{id}")).json(&body).exchange().await;
                    statuses.push(answer.status);
                    if !matches!(answer.status, 429 | 503) {
                        break;
                    }
                }
            }
            statuses
        }
    });
    let statuses: Vec<u16> = at_once(tasks, work).into_iter().flatten().collect();
    let user = scim.get(&format!("/Users/{id}")).send().json();
    let last = json!(format!("v{}", rounds - 1));
    let places = [
        "/title",
        "/nickName",
        "/displayName",
        "/locale",
        "/userType",
        "/name/givenName",
        &format!("/{ENTERPRISE}/department"),
        "/emails/0/value",
    ];
    for place in places.into_iter().take(tasks) {
        assert_eq!(user.pointer(place), Some(&last), "{place} of {user}");
    }
    let version = format!("W/\"{}\"", tasks * rounds + 1);
    assert_eq!(user["meta"]["version"], json!(version), "each change is one version");
    statuses
}

#[test]
fn five_writers_of_one_user_lose_nothing_and_are_never_turned_away() {
    let statuses = writers(5, 20);
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
}

#[test]
fn eight_writers_of_one_user_lose_nothing() {
    let statuses = writers(8, 25);
    assert!(statuses.iter().all(|status| matches!(status, 200 | 429 | 503)), "{statuses:?}");
}

#[test]
fn of_many_changes_under_one_etag_one_wins() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    let etag = scim.get(&path).send().etag();
    let changes = (0..32).map(|number| {
        let (path, etag) = (path.clone(), etag.clone());
        let body = patch(&json!([{ "op": "replace", "path": "title", "value": format!("t{number}") }]));
        async move {
            Call::new(scim, "PATCH", &path).json(&body).header("if-match", &etag).exchange().await.status
        }
    });
    let statuses = at_once(16, changes);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 31, "{statuses:?}");
}

#[test]
fn a_reader_never_sees_half_a_change() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({ "title": "0", "nickName": "0" }));
    let work = (0..4).map(|task| {
        let path = format!("/Users/{id}");
        async move {
            for round in 0..30 {
                if task == 0 {
                    let value = format!("{round}");
                    let body = patch(&json!([{ "op": "replace", "path": "title", "value": value }, { "op": "replace", "path": "nickName", "value": value }]));
                    Call::new(scim, "PATCH", &path).json(&body).exchange().await.expect(200);
                } else {
                    let user = scim.get(&path).exchange().await;
                    let user = user.expect(200).json();
                    assert_eq!(user["title"], user["nickName"], "{user}");
                }
            }
        }
    });
    at_once(4, work);
}

#[test]
fn a_delete_among_changes_ends_them() {
    let scim = Endpoint::shared();
    let (name, id) = (unique(), scim.create_user(&unique(), &json!({})));
    let work = (0..16).map(|number| {
        let (path, name) = (format!("/Users/{id}"), name.clone());
        async move {
            if number == 8 {
                return scim.delete(&path).exchange().await.status;
            }
            let body =
                patch(&json!([{ "op": "replace", "path": "userName", "value": format!("{name}{number}") }]));
            Call::new(scim, "PATCH", &path).json(&body).exchange().await.status
        }
    });
    let statuses = at_once(16, work);
    assert!(statuses.iter().all(|status| matches!(status, 200 | 204 | 404)), "{statuses:?}");
    scim.get(&format!("/Users/{id}")).send().error(404, "");
    assert!(scim.users_where(&format!("userName sw \"{name}\"")).is_empty(), "no index entry is left");
    for number in 0..16 {
        scim.create_user(&format!("{name}{number}"), &json!({}));
    }
}

/// `If-None-Match` guards the write itself, not only a read before it: of many requests that name
/// the same version, all but the first are too late.
#[test]
fn of_many_who_exclude_the_next_version_one_comes_through() {
    let scim = Endpoint::shared();
    let user = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    let group = format!("/Groups/{}", scim.create_group(&unique(), &[]));
    for (path, next, attribute) in [(&user, "W/\"2\"", "title"), (&group, "W/\"1.2\", W/\"2.2\"", "members")]
    {
        let changes = (0..24).map(|n| {
            let value = if attribute == "members" { json!([n.to_string()]) } else { json!(n.to_string()) };
            let body = patch(&json!([{ "op": "add", "path": attribute, "value": value }]));
            let (path, next) = (path.clone(), next.to_owned());
            async move {
                let call = Call::new(scim, "PATCH", &path).json(&body).header("if-none-match", &next);
                call.exchange().await.status
            }
        });
        let statuses = at_once(12, changes);
        let done = statuses.iter().filter(|status| **status == 200).count();
        assert_eq!((done, statuses.iter().filter(|status| **status == 412).count()), (1, 23), "{statuses:?}");
    }
    assert_eq!(scim.get(&group).send().members().len(), 1);
}
