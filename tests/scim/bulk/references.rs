//! `bulkId` references, forward, backward and in circles (RFC 7644 §3.7.1, §3.7.2).

use serde_json::{Value, json};
use tests::bulk::{change, delete, manager, post_group, post_user};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{ENTERPRISE, group};

#[test]
fn a_member_created_before_and_one_created_after() {
    let (scim, name) = (Endpoint::shared(), unique());
    let answer = scim.bulk(&[
        post_user("first", &format!("{name}1"), &json!({})),
        post_group("group", &name, &["bulkId:first", "bulkId:second", "stranger"]),
        post_user("second", &format!("{name}2"), &json!({})),
    ]);
    assert_eq!(answer.statuses(), [201, 201, 201]);
    let mut members = vec![answer.made(0), answer.made(2), "stranger".to_owned()];
    members.sort();
    assert_eq!(scim.get(&answer.place(1)).send().members(), members);
}

#[test]
fn managers_in_the_extension() {
    let (scim, name) = (Endpoint::shared(), unique());
    let bare = json!({ ENTERPRISE: { "manager": "bulkId:boss" } });
    let answer = scim.bulk(&[
        post_user("a", &format!("{name}a"), &manager("bulkId:boss")),
        post_user("b", &format!("{name}b"), &bare),
        post_user("boss", &name, &json!({})),
    ]);
    assert_eq!(answer.statuses(), [201, 201, 201]);
    for number in [0, 1] {
        let manager = scim.get(&answer.place(number)).send().json()[ENTERPRISE]["manager"].clone();
        assert_eq!(manager["value"], json!(answer.made(2)));
        assert_eq!(manager["$ref"], json!(format!("{}{}", scim.base(), answer.place(2))));
    }
}

#[test]
fn circles_of_one_two_and_three() {
    let (scim, name) = (Endpoint::shared(), unique());
    let answer = scim.bulk(&[
        post_group("self", &format!("{name}0"), &["bulkId:self"]),
        post_group("a", &format!("{name}1"), &["bulkId:b"]),
        post_group("b", &format!("{name}2"), &["bulkId:a"]),
        post_user("x", &format!("{name}x"), &manager("bulkId:y")),
        post_user("y", &format!("{name}y"), &manager("bulkId:z")),
        post_user("z", &format!("{name}z"), &manager("bulkId:x")),
    ]);
    assert_eq!(answer.statuses(), [201; 6]);
    for (number, other) in [(0, 0), (1, 2), (2, 1)] {
        assert_eq!(scim.get(&answer.place(number)).send().members(), [answer.made(other)]);
    }
    for (number, other) in [(3, 4), (4, 5), (5, 3)] {
        let user = scim.get(&answer.place(number)).send().json();
        assert_eq!(user[ENTERPRISE]["manager"]["value"], json!(answer.made(other)));
    }
}

#[test]
fn in_the_path_of_later_and_of_earlier_operations() {
    let (scim, name) = (Endpoint::shared(), unique());
    let retitle = |title: &str| json!([{ "op": "replace", "path": "title", "value": title }]);
    let answer = scim.bulk(&[
        change("/Users/bulkId:u", &retitle("early")),
        change("/Groups/bulkId:g", &json!([{ "op": "add", "path": "members", "value": ["bulkId:u"] }])),
        post_user("u", &name, &json!({})),
        post_group("g", &name, &["bulkId:gone"]),
        change("/Users/bulkId:u", &retitle("late")),
        post_user("gone", &format!("{name}x"), &json!({})),
        delete("/Users/bulkId:gone"),
        json!({ "method": "PUT", "path": "/Groups/bulkId:p", "data": group(&format!("{name}q"), &json!({ "members": ["bulkId:u"] })) }),
        post_group("p", &format!("{name}p"), &[]),
    ]);
    assert_eq!(answer.statuses(), [200, 200, 201, 201, 200, 201, 204, 200, 201]);
    assert_eq!(answer.place(0), answer.place(2));
    assert_eq!(answer.place(1), answer.place(3));
    let user = scim.get(&answer.place(2)).send();
    assert_eq!(
        user.expect(200).json()["title"],
        json!("late"),
        "operations on one resource keep their order"
    );
    scim.get(&answer.place(5)).send().error(404, "");
    assert_eq!(scim.get(&answer.place(8)).send().members(), [answer.made(2)]);
    assert_eq!(scim.get(&answer.place(8)).send().json()["displayName"], json!(format!("{name}q")));
    assert!(scim.get(&answer.place(3)).send().members().contains(&answer.made(2)));
}

#[test]
fn in_patches_of_what_was_there_before() {
    let (scim, name) = (Endpoint::shared(), unique());
    let group = format!("/Groups/{}", scim.create_group(&name, &["a".to_owned()]));
    let user = format!("/Users/{}", scim.create_user(&name, &json!({})));
    let by_filter = json!([{ "op": "remove", "path": "members[value eq \"bulkId:two\"]" }]);
    let answer = scim.bulk(&[
        change(&group, &json!([{ "op": "add", "path": "members", "value": [{ "value": "bulkId:one" }, { "value": "bulkId:two" }] }])),
        change(&group, &by_filter),
        change(&user, &json!([{ "op": "add", "path": format!("{ENTERPRISE}:manager"), "value": "bulkId:one" }])),
        post_user("one", &format!("{name}1"), &json!({})),
        post_user("two", &format!("{name}2"), &json!({})),
    ]);
    assert_eq!(answer.statuses(), [200, 200, 200, 201, 201]);
    let mut members = vec![answer.made(3), "a".to_owned()];
    members.sort();
    assert_eq!(scim.get(&group).send().members(), members);
    assert_eq!(scim.get(&user).send().json()[ENTERPRISE]["manager"]["value"], json!(answer.made(3)));
}

/// An operation that refers to a failed one fails, too, and leaves nothing in the table.
#[test]
fn who_refers_to_a_failed_create_fails_with_it() {
    let (scim, name) = (Endpoint::shared(), unique());
    scim.create_user(&name, &json!({}));
    let group = format!("/Groups/{}", scim.create_group(&name, &["a".to_owned()]));
    let taken = || post_user("taken", &name, &json!({}));
    let answer = scim.bulk(&[
        post_group("before", &format!("{name}1"), &["bulkId:taken"]),
        taken(),
        post_group("after", &format!("{name}2"), &["bulkId:before"]),
        change(&group, &json!([{ "op": "add", "path": "members", "value": ["bulkId:taken"] }])),
        delete("/Users/bulkId:taken"),
        post_user("alone", &format!("{name}3"), &json!({})),
    ]);
    assert_eq!(answer.statuses(), [409, 409, 409, 409, 409, 201]);
    let operations = answer.operations();
    assert_eq!(operations[1]["response"]["scimType"], json!("uniqueness"));
    for number in [0, 3, 4] {
        let response = &operations[number]["response"];
        assert!(response.get("scimType").is_none(), "{response}");
        assert!(response["detail"].as_str().unwrap().contains("`taken`"), "{response}");
    }
    for number in [0, 1, 2] {
        assert!(operations[number].get("location").is_none(), "a failed POST has no location");
    }
    assert_eq!(answer.place(4), "/Users/bulkId:taken");
    assert_eq!(scim.get(&group).send().members(), ["a"]);
    for number in [1, 2] {
        assert!(scim.groups_where(&format!("displayName eq \"{name}{number}\"")).is_empty());
    }
}

#[test]
fn a_circle_with_one_that_fails_leaves_nothing_behind() {
    let (scim, name) = (Endpoint::shared(), unique());
    scim.create_user(&name, &json!({}));
    let answer = scim.bulk(&[
        post_user("a", &format!("{name}a"), &manager("bulkId:b")),
        post_user("b", &format!("{name}b"), &manager("bulkId:c")),
        post_user("c", &name, &manager("bulkId:a")),
        post_group("d", &name, &["bulkId:a"]),
        post_user("e", &format!("{name}e"), &json!({})),
    ]);
    assert_eq!(answer.statuses(), [409, 409, 409, 409, 201]);
    assert_eq!(answer.operations()[2]["response"]["scimType"], json!("uniqueness"));
    let left = scim.users_where(&format!("userName sw \"{name}\""));
    assert_eq!(left.len(), 2, "only who was there, and who has to do with none of them");
    assert!(scim.groups_where(&format!("displayName eq \"{name}\"")).is_empty());
    // A name that was rolled back is free again.
    scim.create_user(&format!("{name}a"), &json!({}));
}

/// In a chain that is too long to be held back, only the operations that depend on the failed one
/// fail.
#[test]
fn a_long_chain_breaks_where_one_fails() {
    let (scim, name) = (Endpoint::shared(), unique());
    scim.create_user(&format!("{name}-60"), &json!({}));
    let link = |n: usize| {
        let more = if n == 99 { json!({}) } else { manager(&format!("bulkId:u{}", n + 1)) };
        post_user(&format!("u{n}"), &format!("{name}-{n}"), &more)
    };
    let mut operations: Vec<Value> = (0..100).map(link).collect();
    operations.push(post_group("g", &name, &["bulkId:u0"]));
    operations
        .push(change("/Users/bulkId:u99", &json!([{ "op": "add", "path": "title", "value": "Chief" }])));
    let answer = scim.bulk(&operations);
    let statuses = answer.statuses();
    assert_eq!(statuses[..61], [409; 61]);
    assert_eq!(statuses[61..100], [201; 39]);
    assert_eq!(statuses[100..], [409, 200]);
    assert_eq!(scim.users_where(&format!("userName sw \"{name}\"")).len(), 40);
    assert_eq!(scim.get(&answer.place(99)).send().json()["title"], json!("Chief"));
}

#[test]
fn an_unknown_bulk_id() {
    let (scim, name) = (Endpoint::shared(), unique());
    let put = json!({ "method": "PUT", "path": "/Users/7", "bulkId": "put", "data": { "userName": name } });
    let answer = scim.bulk(&[
        post_group("g", &name, &["bulkId:unknown"]),
        delete("/Users/bulkId:unknown"),
        put,
        post_user("u", &name, &manager("bulkId:put")),
    ]);
    assert_eq!(answer.statuses(), [400, 400, 404, 400]);
    let operations = answer.operations();
    for number in [0, 1, 3] {
        let response = &operations[number]["response"];
        assert_eq!(response["scimType"], json!("invalidValue"));
        assert!(response["detail"].as_str().unwrap().contains("no POST"), "{response}");
    }
    assert_eq!(operations[2]["bulkId"], json!("put"), "a bulkId is given back whatever the method");
}

#[test]
fn a_reference_to_what_is_not_even_an_operation() {
    let (scim, name) = (Endpoint::shared(), unique());
    let shared = |n: u8| post_user("twice", &format!("{name}{n}"), &json!({}));
    let broken: Value = json!({ "method": "POST", "bulkId": "broken", "path": "/Users" });
    let answer = scim.bulk(&[
        shared(1),
        shared(2),
        broken,
        post_group("g", &name, &["bulkId:twice"]),
        post_group("h", &format!("{name}h"), &["bulkId:broken"]),
    ]);
    assert_eq!(answer.statuses(), [400, 400, 400, 409, 409]);
    assert!(scim.users_where(&format!("userName sw \"{name}\"")).is_empty());
}

/// Errors of other operations with the same `bulkId` do not affect references to the POST.
#[test]
fn a_reference_to_a_create_whose_bulk_id_wrong_operations_have_too() {
    let (scim, name) = (Endpoint::shared(), unique());
    let answer = scim.bulk(&[
        json!({ "method": "PATCH", "bulkId": "u", "path": "/Users/7" }),
        json!({ "method": "POST", "bulkId": "u", "path": "/Users" }),
        json!({ "bulkId": "v", "path": "/Users" }),
        post_user("u", &name, &json!({})),
        post_group("g", &name, &["bulkId:u"]),
        post_group("h", &format!("{name}h"), &["bulkId:v"]),
    ]);
    assert_eq!(answer.statuses(), [400, 400, 400, 201, 201, 400], "{answer}");
    assert_eq!(scim.get(&answer.place(4)).send().members(), [answer.made(3)]);
}
