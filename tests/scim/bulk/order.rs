//! The same result as one operation after the other (RFC 7644 §3.7).

use serde_json::{Value, json};
use tests::bulk::{change, delete, post_group, post_user};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;

/// Repeated often enough for a race to show.
const TIMES: usize = 5;

fn rename(path: &str, name: &str) -> Value {
    change(path, &json!([{ "op": "replace", "path": "userName", "value": name }]))
}

#[test]
fn of_creates_with_one_name_the_first_wins() {
    let scim = Endpoint::shared();
    for _ in 0..TIMES {
        let name = unique();
        let spelled = |n: usize| if n.is_multiple_of(2) { name.clone() } else { name.to_uppercase() };
        let operations: Vec<Value> =
            (0..12).map(|n| post_user(&format!("u{n}"), &spelled(n), &json!({}))).collect();
        let statuses = scim.bulk(&operations).statuses();
        assert_eq!(statuses[0], 201);
        assert_eq!(statuses[1..], [409; 11]);
    }
}

#[test]
fn changes_of_one_resource_keep_their_order() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    let mut operations: Vec<Value> = (0..20)
        .map(|n| change(&path, &json!([{ "op": "replace", "path": "title", "value": format!("t{n}") }])))
        .collect();
    assert_eq!(scim.bulk(&operations).statuses(), [200; 20]);
    assert_eq!(scim.get(&path).send().json()["title"], json!("t19"));
    operations.insert(10, delete(&path));
    let statuses = scim.bulk(&operations).statuses();
    assert_eq!((&statuses[..10], statuses[10], &statuses[11..]), (&[200; 10][..], 204, &[404; 10][..]));
}

#[test]
fn a_name_that_is_given_up_is_free_for_later_operations() {
    let scim = Endpoint::shared();
    for _ in 0..TIMES {
        let (gone, moved, replaced) = (unique(), unique(), unique());
        let [a, b, c] =
            [&gone, &moved, &replaced].map(|name| format!("/Users/{}", scim.create_user(name, &json!({}))));
        let put = json!({ "method": "PUT", "path": c, "data": user(&unique(), &json!({})) });
        let answer = scim.bulk(&[
            delete(&a),
            post_user("1", &gone, &json!({})),
            rename(&b, &unique()),
            post_user("2", &moved, &json!({})),
            put,
            post_user("3", &replaced, &json!({})),
        ]);
        assert_eq!(answer.statuses(), [204, 201, 200, 201, 200, 201], "{answer}");
    }
}

#[test]
fn and_not_for_those_before() {
    let scim = Endpoint::shared();
    for _ in 0..TIMES {
        let (name, group) = (unique(), unique());
        let path = format!("/Users/{}", scim.create_user(&name, &json!({})));
        let place = format!("/Groups/{}", scim.create_group(&group, &[]));
        let answer = scim.bulk(&[
            post_user("1", &name.to_uppercase(), &json!({})),
            delete(&path),
            post_group("2", &group, &[]),
            change(&place, &json!([{ "op": "replace", "path": "displayName", "value": unique() }])),
        ]);
        assert_eq!(answer.statuses(), [409, 204, 409, 200], "{answer}");
    }
}

#[test]
fn two_users_swap_their_names_by_way_of_a_third() {
    let scim = Endpoint::shared();
    let (one, two) = (unique(), unique());
    let [a, b] = [&one, &two].map(|name| format!("/Users/{}", scim.create_user(name, &json!({}))));
    let answer = scim.bulk(&[rename(&a, &unique()), rename(&b, &one), rename(&a, &two)]);
    assert_eq!(answer.statuses(), [200, 200, 200], "{answer}");
    assert_eq!(scim.users_where(&format!("userName eq \"{one}\"")), [answer.made(1)]);
    assert_eq!(scim.users_where(&format!("userName eq \"{two}\"")), [answer.made(0)]);
}

#[test]
fn who_is_deleted_is_no_member_afterwards() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    let group = format!("/Groups/{}", scim.create_group(&unique(), &[]));
    let answer = scim.bulk(&[
        change(&group, &json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }])),
        delete(&format!("/Users/{id}")),
    ]);
    assert_eq!(answer.statuses(), [200, 204]);
    assert!(scim.get(&group).send().members().is_empty());
}

#[test]
fn answers_are_in_the_order_of_the_request() {
    let (scim, name) = (Endpoint::shared(), unique());
    let operations: Vec<Value> = (0..60)
        .map(|n| {
            post_user(&format!("u{n}"), &format!("{name}-{n}"), &json!({ "displayName": n.to_string() }))
        })
        .collect();
    let answer = scim.bulk(&operations);
    let ids: Vec<String> = (0..60).map(|n| answer.made(n)).collect();
    assert!(ids.is_sorted(), "ids are in the order of the request");
    for (n, operation) in answer.operations().iter().enumerate() {
        assert_eq!(operation["bulkId"], json!(format!("u{n}")));
    }
    assert_eq!(scim.get(&answer.place(37)).send().json()["displayName"], json!("37"));
}
