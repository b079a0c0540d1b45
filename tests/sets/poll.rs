//! `POST /events/sets/{subscription}` (RFC 8936).

use std::time::{Duration, Instant};

use directory::subscription::{dead_letter, store};
use serde_json::{Map, Value, json};
use tests::names::unique;
use tests::runtime::block_on;

use crate::receiver::{AUDIENCE, Receiver, subscribe};

fn now(more: Value) -> Value {
    let mut body = json!({ "returnImmediately": true });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The ids of tokens.
fn ids(claims: &[Value]) -> Vec<&str> {
    claims.iter().map(|claims| claims["jti"].as_str().unwrap()).collect()
}

#[test]
fn a_token_comes_until_it_is_acknowledged() {
    let Some(receiver) = Receiver::new() else { return };
    assert_eq!(receiver.numbers(&now(json!({}))), (vec![], false));
    let users = receiver.users(3, 3);
    let (claims, more) = receiver.poll(&now(json!({})));
    assert!(!more);
    let subjects: Vec<_> = claims.iter().map(|claims| claims["sub_id"]["uri"].as_str().unwrap()).collect();
    assert_eq!(subjects, users.iter().map(|id| format!("/Users/{id}")).collect::<Vec<_>>());
    assert_eq!(claims[0]["aud"], AUDIENCE);
    assert_eq!(claims[0]["iss"], receiver.scim.base().trim_end_matches("/scim/v2"));
    assert_eq!(receiver.numbers(&now(json!({}))).0, [1, 2, 3], "nothing was acknowledged");
    assert_eq!(receiver.stored().revision, 0, "a poll alone writes nothing");
    assert_eq!(receiver.numbers(&now(json!({ "ack": ids(&claims[1..2]) }))).0, [1, 3]);
    assert_eq!(receiver.numbers(&now(json!({ "ack": ids(&claims[..1]) }))).0, [3]);
    // Also what was acknowledged before, and what never was there.
    let ack = [ids(&claims), vec!["evt_x"]].concat();
    assert_eq!(receiver.numbers(&now(json!({ "ack": ack }))), (vec![], false));
    assert_eq!((receiver.passed(), receiver.stored().open.len()), (3, 0));
}

#[test]
fn the_receiver_says_how_many_tokens_it_wants() {
    let Some(receiver) = Receiver::new() else { return };
    receiver.users(5, 5);
    assert_eq!(receiver.numbers(&now(json!({ "maxEvents": 0 }))), (vec![], true));
    let (first, more) = receiver.poll(&now(json!({ "maxEvents": 2 })));
    assert!(more);
    let (second, more) = receiver.poll(&now(json!({ "maxEvents": 2, "ack": ids(&first) })));
    assert!(more);
    let last = receiver.numbers(&now(json!({ "maxEvents": 2, "ack": ids(&second) })));
    assert_eq!(last, (vec![5], false));
    // Without `returnImmediately`, too, a request that wants none does not wait.
    let started = Instant::now();
    assert_eq!(receiver.numbers(&json!({ "maxEvents": 0 })), (vec![], true));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_poll_waits_for_the_next_token() {
    let Some(receiver) = Receiver::new() else { return };
    let acknowledged = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| receiver.poll(&json!({})));
        std::thread::sleep(Duration::from_millis(1500));
        receiver.scim.create_user(&unique(), &json!({}));
        waiting.join().unwrap().0
    });
    assert_eq!(acknowledged.len(), 1);
}

#[test]
fn a_refused_token_becomes_a_dead_letter() {
    let Some(receiver) = Receiver::new() else { return };
    receiver.users(2, 2);
    let (claims, _) = receiver.poll(&now(json!({})));
    let id = claims[0]["jti"].as_str().unwrap();
    let errors = json!({ id: { "err": "invalid_request", "description": "what is this?" } });
    assert_eq!(receiver.numbers(&now(json!({ "setErrs": errors }))).0, [2]);
    let (table, directory) = (receiver.table(), receiver.scim.directory());
    let (letters, _) = block_on(dead_letter::list(&table, &directory, &receiver.id, None, 10)).unwrap();
    let reasons: Vec<_> = letters.iter().map(|letter| letter.reason.as_str()).collect();
    assert_eq!(reasons, ["invalid_request: what is this?"]);
}

/// An item has room for 400 KB.
#[test]
fn what_a_receiver_says_of_a_token_is_stored_in_short() {
    let Some(receiver) = Receiver::new() else { return };
    receiver.users(60, 60);
    let (claims, _) = receiver.poll(&now(json!({})));
    let error = json!({ "err": "invalid_request", "description": "é".repeat(10_000) });
    let mut errors: Map<String, Value> =
        ids(&claims).iter().map(|id| ((*id).to_owned(), error.clone())).collect();
    errors[ids(&claims)[0]]["description"] = json!("x".repeat(1_000_000));
    let mut left = receiver.numbers(&now(json!({ "setErrs": errors }))).0;
    assert!(left.len() < 60, "so many in one request");
    for _ in 0..2 {
        left = receiver.numbers(&now(json!({ "setErrs": errors }))).0;
    }
    assert_eq!(left, [0; 0]);
    let (table, directory) = (receiver.table(), receiver.scim.directory());
    let (letters, _) = block_on(dead_letter::list(&table, &directory, &receiver.id, None, 100)).unwrap();
    assert_eq!(letters.len(), 60);
    assert!(letters.iter().all(|letter| letter.reason.chars().count() == 500));
}

/// Two receivers poll at the same time and acknowledge different tokens: each of them is noted.
#[test]
fn acknowledgements_at_the_same_time_all_count() {
    let Some(receiver) = Receiver::new() else { return };
    receiver.users(40, 40);
    let (claims, _) = receiver.poll(&now(json!({})));
    let all = ids(&claims);
    std::thread::scope(|scope| {
        for ids in all.chunks(10) {
            let receiver = &receiver;
            scope.spawn(move || receiver.poll(&now(json!({ "ack": ids, "maxEvents": 0 }))));
        }
    });
    assert_eq!(receiver.numbers(&now(json!({}))), (vec![], false));
    assert_eq!((receiver.passed(), receiver.stored().open.len()), (40, 0));
}

/// Events that are not wanted move the cursor, so that they are not read again.
#[test]
fn only_the_wanted_types_have_tokens() {
    let Some(mut receiver) = Receiver::new() else { return };
    receiver.id = subscribe(&receiver.scim, &["user.deleted"]);
    let users = receiver.users(3, 3);
    assert_eq!(receiver.numbers(&now(json!({}))), (vec![], false));
    assert_eq!(receiver.passed(), 3);
    receiver.scim.delete(&format!("/Users/{}", users[0])).send().expect(204);
    receiver.await_events(4);
    let (claims, _) = receiver.poll(&now(json!({})));
    assert_eq!(claims[0]["events"], json!({ "urn:ietf:params:scim:event:prov:delete": {} }));
}

#[test]
fn a_paused_subscription_has_no_tokens_until_it_is_resumed() {
    let Some(receiver) = Receiver::new() else { return };
    receiver.users(1, 1);
    let (table, directory) = (receiver.table(), receiver.scim.directory());
    let change = |pause: bool| {
        let change = move |subscription: &mut directory::subscription::Subscription| {
            if pause {
                subscription.pause("test", 0)
            } else {
                subscription.resume(0)
            }
            Ok(())
        };
        block_on(store::change(&table, &directory, &receiver.id, change)).unwrap();
    };
    change(true);
    assert_eq!(receiver.numbers(&now(json!({}))).0, [0; 0]);
    change(false);
    assert_eq!(receiver.numbers(&now(json!({}))).0, [1]);
}

#[test]
fn others_and_wrong_requests_are_refused() {
    let Some(receiver) = Receiver::new() else { return };
    let own = receiver.id.to_string();
    receiver.send(receiver.scim.token(), &own, &json!({})).error(403, "");
    receiver.send("rc_x", &own, &json!({})).error(401, "");
    receiver.refused("sub_0", &json!({}), 404, "");
    receiver.refused("x", &json!({}), 404, "");
    receiver.refused(&own, &json!([]), 400, "invalidSyntax");
    receiver.refused(&own, &json!({ "maxEvents": -1 }), 400, "invalidSyntax");
    let other = Receiver::new().unwrap();
    other.refused(&own, &json!({}), 404, "");
    let url = format!("{}/events/sets/{own}", receiver.scim.base().trim_end_matches("/scim/v2"));
    tests::call::Call::new(&receiver.scim, "GET", &url).send().error(405, "");
}
