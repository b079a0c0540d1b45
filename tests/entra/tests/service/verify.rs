//! `--verify` finds every difference.

use entra::sync::{Options, Report};
use serde_json::{Value, json};

use crate::local::{good, options, sync};
use crate::responder::{Fault, Responder};

/// Provisions, breaks something at the target, and verifies again without any change.
fn broken(change: impl FnOnce(&mut Vec<(String, Value)>)) -> Report {
    let responder = Responder::start(Fault::None);
    let dir = tempfile::tempdir().unwrap();
    let with = |cycles| Options {
        cycles,
        state: Some(dir.path().join("state")),
        ..options(&responder.endpoint, "workgrid")
    };
    good(&sync(with(1)));
    good(&sync(with(0)));
    change(&mut responder.server().resources);
    let requests = responder.server().requests.len();
    let report = sync(with(0));
    let server = responder.server();
    assert!(
        server.requests[requests..].iter().all(|line| line.starts_with("GET")),
        "verifying changes nothing"
    );
    report
}

#[track_caller]
fn finds(words: &[&str], change: impl FnOnce(&mut Vec<(String, Value)>)) {
    let report = broken(change);
    let text = report.summary();
    assert!(!report.is_good(), "{text}");
    assert!(words.iter().all(|word| text.contains(word)), "{words:?} in {text}");
}

fn user(resources: &mut [(String, Value)]) -> &mut Value {
    resources.iter_mut().find(|(kind, it)| kind == "Users" && it["active"] == true).map(|(_, it)| it).unwrap()
}

fn group(resources: &mut [(String, Value)]) -> &mut Value {
    let large = |it: &Value| it["members"].as_array().is_some_and(|list| list.len() > 2);
    resources.iter_mut().find(|(kind, it)| kind == "Groups" && large(it)).map(|(_, it)| it).unwrap()
}

#[test]
fn a_value_that_changed() {
    finds(&["1 differences", "name.familyName"], |all| user(all)["name"]["familyName"] = json!("x"));
}

#[test]
fn a_user_who_is_active_no_longer() {
    finds(&["1 differences", "active must be true"], |all| user(all)["active"] = json!(false));
}

#[test]
fn a_user_who_became_active() {
    finds(&["1 differences", "active must be false"], |all| {
        let (_, gone) = all.iter_mut().find(|(kind, it)| kind == "Users" && it["active"] == false).unwrap();
        gone["active"] = json!(true);
    });
}

#[test]
fn a_member_who_is_missing_and_one_too_many() {
    finds(&["2 differences", "must be there", "must be absent"], |all| {
        let members = group(all)["members"].as_array_mut().unwrap();
        members[0] = json!({ "value": "unknown" });
    });
}

#[test]
fn a_manager_who_was_lost() {
    let path = "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager";
    finds(&["1 differences", "manager must be id-"], |all| {
        let managed = |it: &Value| it["active"] == true && it.pointer(path).is_some_and(Value::is_object);
        let (_, user) = all.iter_mut().find(|(_, it)| managed(it)).unwrap();
        *user.pointer_mut(path).unwrap() = Value::Null;
    });
}

#[test]
fn a_second_user_of_the_same_name() {
    finds(&["unique", "stray"], |all| {
        let mut twin = user(all).clone();
        twin["id"] = json!("twin");
        all.push(("Users".to_owned(), twin));
    });
}

#[test]
fn a_user_who_is_gone() {
    finds(&["the answer to a GET", "missing"], |all| {
        let id = user(all)["id"].clone();
        all.retain(|(_, it)| it["id"] != id);
    });
}
