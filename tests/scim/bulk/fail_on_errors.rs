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
fn what_comes_behind_the_last_error_is_not_done() {
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
fn all_errors_are_told_without_it() {
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
