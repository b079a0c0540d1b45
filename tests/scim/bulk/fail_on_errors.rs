//! `failOnErrors` (RFC 7644 §3.7, §3.7.3).

use serde_json::{Value, json};
use tests::answer::Answer;
use tests::bulk::{bulk, delete, manager, post_group, post_user};
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};

fn stopping(scim: &Endpoint, most: u64, operations: &[Value]) -> Answer {
    let mut body = bulk(operations);
    body["failOnErrors"] = json!(most);
    scim.post("/Bulk", &body).send()
}

fn failing() -> Value {
    delete(&format!("/Users/{}", guid()))
}

#[test]
fn operations_after_the_last_error_are_not_done() {
    let scim = Endpoint::shared();
    for most in 1_usize..=3 {
        let name = unique();
        let operations: Vec<Value> = (0..12)
            .map(|n| {
                if n % 3 == 1 {
                    failing()
                } else {
                    post_user(&format!("u{n}"), &format!("{name}-{n}"), &json!({}))
                }
            })
            .collect();
        let answer = stopping(scim, most as u64, &operations);
        let expected: Vec<u16> = (0..=3 * most - 2).map(|n| if n % 3 == 1 { 404 } else { 201 }).collect();
        assert_eq!(answer.statuses(), expected, "failOnErrors {most}");
        let made = expected.iter().filter(|status| **status == 201).count();
        assert_eq!(scim.users_where(&format!("userName sw \"{name}\"")).len(), made);
    }
}

#[test]
fn fewer_errors_stop_nothing() {
    let name = unique();
    let answer = stopping(Endpoint::shared(), 3, &[failing(), post_user("a", &name, &json!({})), failing()]);
    assert_eq!(answer.statuses(), [404, 201, 404]);
}

#[test]
fn all_errors_are_returned_without_it() {
    let operations: Vec<Value> = (0..40).map(|_| failing()).collect();
    assert_eq!(Endpoint::shared().bulk(&operations).statuses(), [404; 40]);
}

#[test]
fn references_come_first_here_too() {
    let (scim, name) = (Endpoint::shared(), unique());
    let answer = stopping(
        scim,
        1,
        &[
            post_group("g", &name, &["bulkId:u"]),
            post_user("a", &format!("{name}a"), &manager("bulkId:b")),
            post_user("b", &format!("{name}b"), &manager("bulkId:a")),
            post_user("u", &name, &json!({})),
            failing(),
            post_user("x", &format!("{name}x"), &json!({})),
        ],
    );
    assert_eq!(answer.statuses(), [201, 201, 201, 201, 404]);
    assert_eq!(scim.get(&answer.place(0)).send().members(), [answer.made(3)]);
}

/// Nothing of the circle may stay, although its last operation is not tried.
#[test]
fn a_circle_in_which_it_stops_leaves_nothing_behind() {
    let (scim, name) = (Endpoint::shared(), unique());
    scim.create_group(&name, &[]);
    let group = |id: &str, other: &str| post_group(id, &format!("{name}{id}"), &[other]);
    let taken = |other: &str| post_group("b", &name, &[other]);
    let made = || scim.groups_where(&format!("displayName sw \"{name}\"")).len() - 1;

    let answer = stopping(scim, 1, &[group("a", "bulkId:b"), taken("bulkId:c"), group("c", "bulkId:a")]);
    assert_eq!(answer.statuses(), [409, 409], "{answer}");
    let details = answer.operations();
    let detail = |n: usize| details[n]["response"]["detail"].as_str().unwrap();
    assert!(detail(0).contains("`b`, and that POST has failed"), "{answer}");
    assert_eq!(made(), 0);

    let answer = stopping(scim, 1, &[group("a", "bulkId:c"), taken("bulkId:a"), group("c", "bulkId:b")]);
    assert_eq!(answer.statuses(), [409, 409], "{answer}");
    assert!(
        answer.operations()[0]["response"]["detail"]
            .as_str()
            .unwrap()
            .contains("`c`, and that POST was not tried")
    );
    assert_eq!(made(), 0);
}

/// In a chain that is too long to be held back, operations without a missing reference stay.
#[test]
fn a_long_chain_in_which_it_stops() {
    let (scim, name) = (Endpoint::shared(), unique());
    scim.create_user(&format!("{name}-3"), &json!({}));
    let chain = |next: fn(i32) -> i32| -> Vec<Value> {
        let link = |n| {
            post_user(&format!("u{n}"), &format!("{name}-{n}"), &manager(&format!("bulkId:u{}", next(n))))
        };
        let end = |n| post_user(&format!("u{n}"), &format!("{name}-{n}"), &json!({}));
        (0..60).map(|n| if (0..60).contains(&next(n)) { link(n) } else { end(n) }).collect()
    };
    let made = || scim.users_where(&format!("userName sw \"{name}\"")).len() - 1;
    assert_eq!(stopping(scim, 1, &chain(|n| n + 1)).statuses(), [409; 4]);
    assert_eq!(made(), 0);
    assert_eq!(stopping(scim, 1, &chain(|n| n - 1)).statuses(), [201, 201, 201, 409]);
    assert_eq!(made(), 3);
}
