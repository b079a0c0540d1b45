//! The event log: what it says of each change, and that a directory can be rebuilt from it.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use directory::Table;
use directory::clock::parsed;
use directory::events::{self, Record};
use gateway::delivery::notify::Notifier;
use serde_json::{Value, json};
use tests::endpoint::Endpoint;
use tests::people::{group, member_values};
use tests::relay::Relay;
use tests::replay::Replay;
use tests::runtime::{block_on, within};

use crate::items::{Item, memberships_of};

/// The events of a new directory and its credential, which come first.
const FIRST: usize = 2;

/// Waits until the log of the directory of `scim` has `count` events of users and groups; all of them.
fn events_of(scim: &Endpoint, count: usize) -> Vec<Value> {
    let (table, id) = (scim.stack().unwrap().table(), scim.directory());
    let head = || block_on(events::head(&table, &id)).unwrap();
    assert!(within(300, || head() >= (FIRST + count) as u64), "{} of {FIRST} + {count} events", head());
    let mut page = block_on(events::after(&table, &id, 0, 1000, |_| true)).unwrap();
    let types: Vec<_> = page.events.drain(..FIRST).map(|event| event["type"].clone()).collect();
    assert_eq!(types, ["directory.created", "credential.created"]);
    assert_eq!(page.events.len(), count, "{:#?}", page.events);
    page.events
}

/// Waits until the log describes the directory of `scim` as it is.
#[track_caller]
pub(crate) fn describes(scim: &Endpoint) -> Replay {
    let (table, id) = (scim.stack().unwrap().table(), scim.directory());
    let expected = Replay::expected(scim);
    let deadline = Instant::now() + Duration::from_secs(300);
    loop {
        let replay = Replay::of(&table, &id);
        if replay.content() == expected.content() {
            return replay;
        }
        if Instant::now() > deadline {
            assert_eq!(replay.content(), expected.content());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn each_change_of_a_user_has_its_event() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let id = scim.create_user("ann", &json!({ "title": "Cook" }));
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "title", "value": "Chef" }]));
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "title", "value": "Chef" }]));
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "active", "value": false }]));
    scim.patch_user(
        &id,
        &json!([{ "op": "replace", "path": "active", "value": true }, { "op": "remove", "path": "title" }]),
    );
    scim.delete(&format!("/Users/{id}")).send().expect(204);
    let events = events_of(&scim, 5);
    let types: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["user.created", "user.updated", "user.disabled", "user.enabled", "user.deleted"]);
    assert_eq!(events[0]["data"]["userName"], "ann");
    assert_eq!(events[0]["previous"], Value::Null);
    assert_eq!(events[1]["previous"], json!({ "title": "Cook" }));
    assert_eq!(events[1]["data"]["title"], "Chef");
    assert_eq!(events[2]["previous"], json!({ "active": true }));
    assert_eq!(events[3]["previous"], json!({ "active": false, "title": "Chef" }));
    assert_eq!(events[4]["previous"]["userName"], "ann");
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event["resource"]["id"], *id);
        assert_eq!(event["sequence"], FIRST + index + 1);
        assert_eq!(event["prior"].as_u64(), (index > 0).then_some((FIRST + index) as u64));
        assert_eq!(event["directory"], scim.directory().to_string());
        assert!(event["id"].as_str().unwrap().starts_with("evt_"));
    }
    for event in &events {
        assert!(event["actor"].as_str().is_some_and(|actor| scim.token().contains(actor)), "{event}");
    }
}

#[test]
fn each_change_of_a_group_has_its_event() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let users: Vec<String> = (0..3).map(|n| scim.create_user(&format!("u{n}"), &json!({}))).collect();
    let sorted = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort();
        ids
    };
    let id = scim.create_group("cooks", &users[..2]);
    let events = events_of(&scim, 5);
    assert_eq!(
        (&events[3]["type"], &events[3]["data"]["displayName"]),
        (&json!("group.created"), &json!("cooks"))
    );
    assert_eq!(events[4]["type"], "group.members_changed");
    assert_eq!(events[4]["data"], json!({ "added": sorted(&[&users[0], &users[1]]), "removed": [] }));
    let add = json!([{ "op": "add", "path": "members", "value": member_values(&users[2..]) }]);
    scim.patch_group(&id, &add);
    scim.patch_group(&id, &add);
    scim.patch_group(
        &id,
        &json!([{ "op": "remove", "path": format!("members[value eq \"{}\"]", users[0]) }]),
    );
    let events = events_of(&scim, 7);
    assert_eq!(events[5]["data"], json!({ "added": [users[2]], "removed": [] }));
    assert_eq!(events[6]["data"], json!({ "added": [], "removed": [users[0]] }));
    let members = json!({ "members": member_values(&[&*users[0], "x"]) });
    scim.put(&format!("/Groups/{id}"), &group("chefs", &members)).send().expect(200);
    let events = events_of(&scim, 9);
    assert_eq!(
        (&events[7]["type"], &events[7]["previous"]),
        (&json!("group.updated"), &json!({ "displayName": "cooks" }))
    );
    let (x, removed) = ("x".to_owned(), sorted(&[&users[1], &users[2]]));
    assert_eq!(events[8]["data"], json!({ "added": sorted(&[&users[0], &x]), "removed": removed }));
    scim.delete(&format!("/Groups/{id}")).send().expect(204);
    assert_eq!(events_of(&scim, 10)[9]["type"], "group.deleted");
}

#[test]
fn a_deleted_user_leaves_each_group_with_an_event() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let user = scim.create_user("ann", &json!({}));
    let groups = ["a", "b"].map(|name| scim.create_group(name, std::slice::from_ref(&user)));
    describes(&scim);
    scim.delete(&format!("/Users/{user}")).send().expect(204);
    let types = events_of(&scim, 8).split_off(5);
    let mut left: Vec<_> = types.iter().filter(|event| event["type"] == "group.members_changed").collect();
    left.retain(|event| event["data"] == json!({ "added": [], "removed": [user] }));
    let mut from: Vec<_> = left.iter().map(|event| event["resource"]["id"].as_str().unwrap()).collect();
    from.sort_unstable();
    assert_eq!(from, groups);
    describes(&scim);
}

#[test]
fn a_directory_is_rebuilt_from_its_log() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let threads: Vec<_> = (0..4)
        .map(|seed| {
            std::thread::spawn({
                let scim = scim.clone();
                move || churn(&scim, seed)
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let replay = describes(&scim);
    assert!(replay.sequence > 200, "{}", replay.sequence);
}

/// Whole lists, single members, deletes of the groups and of their members: from many requests at a time.
#[test]
fn a_log_is_right_when_many_requests_change_the_same_groups() {
    if Endpoint::shared().stack().is_none() {
        return;
    }
    // A server of its own: other tests wait for the shared one to clean up.
    let scim = Endpoint::start();
    let users: Vec<String> = (0..40).map(|n| scim.create_user(&format!("u{n}"), &json!({}))).collect();
    let groups =
        Mutex::new((0..2).map(|n| scim.create_group(&format!("g{n}"), &users[..20])).collect::<Vec<_>>());
    std::thread::scope(|scope| {
        for seed in 0..4 {
            let (scim, users, groups) = (&scim, &users, &groups);
            scope.spawn(move || {
                let mut rng = fastrand::Rng::with_seed(seed);
                for step in 0..40 {
                    let index = rng.usize(..2);
                    let id = groups.lock().unwrap()[index].clone();
                    let count = rng.usize(1..=30);
                    let some = member_values(&rng.choose_multiple(users, count));
                    let path = format!("/Groups/{id}");
                    let change = |op: &str| {
                        scim.patch(&path, &json!([{ "op": op, "path": "members", "value": some }]))
                    };
                    let call = match rng.u8(..16) {
                        0 => scim.delete(&path),
                        1 => scim.delete(&format!("/Users/{}", rng.choice(users).unwrap())),
                        2..=5 => scim.put(
                            &path,
                            &group(&format!("g{index}-{seed}-{step}"), &json!({ "members": some })),
                        ),
                        6..=9 => change("replace"),
                        10..=12 => change("remove"),
                        _ => change("add"),
                    };
                    let status = call.send().status;
                    assert!([200, 204, 404].contains(&status), "{status}");
                    if status == 404 {
                        let made =
                            scim.create_group(&format!("g{index}-{seed}-{step}"), &users[..rng.usize(..10)]);
                        groups.lock().unwrap()[index] = made;
                    }
                }
            });
        }
    });
    let replay = describes(&scim);
    assert_eq!(replay.odd, [""; 0]);
    assert!(replay.sequence > 100, "{}", replay.sequence);
}

/// An event that is appended an hour after its change is after newer ones.
#[test]
fn a_time_finds_events_before_others_that_were_late() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let group = scim.create_group("a", &["x".to_owned()]);
    let time = events_of(&scim, 2)[0]["time"].as_str().unwrap().to_owned();
    let member = memberships_of(&scim, &group).pop().unwrap();
    let (table, id) = (scim.stack().unwrap().table(), scim.directory());
    let hour = 3600 * 1000;
    for number in 0..6 {
        let mut late = member.clone();
        late.insert("SK".to_owned(), AttributeValue::S(format!("y{number}")));
        let then = i64::try_from(parsed(&time).unwrap()).unwrap() - hour;
        let record = Record::new("arn/late", &number.to_string(), then, Item::new(), late);
        block_on(events::record(&table, [record])).unwrap();
    }
    let late = &events_of(&scim, 8)[2..];
    assert!(late.iter().all(|event| event["time"].as_str().unwrap() < time.as_str()), "{late:#?}");
    assert_eq!(block_on(events::before(&table, &id, parsed(&time).unwrap())).unwrap(), 0);
}

#[test]
fn no_change_since_a_time_is_missing() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    churn(&scim, 20);
    describes(&scim);
    let (table, id) = (scim.stack().unwrap().table(), scim.directory());
    let all = block_on(events::after(&table, &id, 0, 1000, |_| true)).unwrap().events;
    for event in all.iter().step_by(10) {
        let time = event["time"].as_str().unwrap();
        let after = block_on(events::before(&table, &id, parsed(time).unwrap())).unwrap();
        let missing = all.iter().find(|event| {
            event["time"].as_str().unwrap() >= time && event["sequence"].as_u64().unwrap() <= after
        });
        assert_eq!(missing, None, "after {after}, from {time} on");
    }
}

/// As if a process had died after it wrote the membership, and the client's retry found nothing to do.
#[test]
fn a_membership_that_was_not_counted_has_its_event_and_is_counted() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let group = scim.create_group("a", &["x".to_owned()]);
    events_of(&scim, 2);
    let before = scim.get(&format!("/Groups/{group}")).send().etag();
    let mut item = memberships_of(&scim, &group).pop().unwrap();
    item.insert("SK".to_owned(), AttributeValue::S("y".to_owned()));
    let stack = scim.stack().unwrap();
    block_on(stack.client().put_item().table_name(scim.table()).set_item(Some(item)).send()).unwrap();
    scim.patch_group(&group, &json!([{ "op": "add", "path": "members", "value": [{ "value": "y" }] }]));
    assert_eq!(scim.get(&format!("/Groups/{group}")).send().etag(), before);
    assert_eq!(events_of(&scim, 3)[2]["data"], json!({ "added": ["y"], "removed": [] }));
    assert!(within(100, || scim.get(&format!("/Groups/{group}")).send().etag() != before));
}

/// The same of a removal.
#[test]
fn a_removal_that_was_not_counted_has_its_event_and_is_counted() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let group = scim.create_group("a", &["x".to_owned(), "y".to_owned()]);
    events_of(&scim, 2);
    let before = scim.get(&format!("/Groups/{group}")).send().etag();
    let item =
        memberships_of(&scim, &group).into_iter().find(|item| item["SK"].as_s().unwrap() == "y").unwrap();
    let delete = scim.stack().unwrap().client().delete_item().table_name(scim.table());
    block_on(delete.key("PK", item["PK"].clone()).key("SK", item["SK"].clone()).send()).unwrap();
    scim.patch_group(&group, &json!([{ "op": "remove", "path": "members[value eq \"y\"]" }]));
    assert_eq!(scim.get(&format!("/Groups/{group}")).send().etag(), before);
    assert_eq!(events_of(&scim, 3)[2]["data"], json!({ "added": [], "removed": ["y"] }));
    assert!(within(100, || scim.get(&format!("/Groups/{group}")).send().etag() != before));
}

/// An item of DynamoDB holds 400 KB, and such an event would have the resource twice.
#[test]
fn the_event_of_a_large_resource_fits_an_item() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let long = |letter: &str| letter.repeat(210 * 1024);
    let id = scim.create_user("ann", &json!({ "nickName": long("a") }));
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "nickName", "value": long("b") }]));
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "title", "value": "Cook" }]));
    scim.delete(&format!("/Users/{id}")).send().expect(204);
    let events = events_of(&scim, 4);
    assert_eq!((&events[1]["data"]["nickName"], events[1].get("previous")), (&json!(long("b")), None));
    assert_eq!(events[2]["previous"], json!({ "title": null }));
    assert_eq!(events[3]["previous"]["nickName"], long("b"));
}

/// As if a later version of DynamoDB had another type of attributes.
#[test]
fn a_record_that_cannot_be_read_is_an_event_and_stops_nothing() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (table, directory) = (scim.stack().unwrap().table(), scim.directory());
    let user = scim.create_user("ann", &json!({}));
    events_of(&scim, 1);
    let record = |number: u32, keys: Value, image: Value| {
        json!({
            "eventName": "MODIFY", "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1", "eventID": "1",
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:1:table/t/stream/2099-01-01T00:00:00.000",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_795_990_000, "Keys": keys, "NewImage": image,
                "SequenceNumber": number.to_string(), "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
        })
    };
    let key = json!({ "PK": { "S": format!("D#{directory}#User") }, "SK": { "S": user } });
    let records = json!({ "Records": [
        record(1, json!({ "PK": { "Z": 1 } }), json!({})),
        record(2, key.clone(), json!({ "doc": { "Z": 1 } })),
    ] });
    for _ in 0..2 {
        let answer = block_on(changes::handle(&table, &Notifier::Off, changes::read(records.clone())));
        assert_eq!(answer, json!({ "batchItemFailures": [] }));
    }
    let events = events_of(&scim, 2);
    assert_eq!((&events[1]["type"], &events[1]["resource"]["id"]), (&json!("log.incomplete"), &json!(user)));
    assert_eq!(events[1]["prior"], events[0]["sequence"]);
    scim.patch_user(&user, &json!([{ "op": "replace", "path": "title", "value": "Cook" }]));
    assert_eq!(events_of(&scim, 3)[2]["type"], "user.updated", "what follows is reported");
}

/// DynamoDB shows the items of a transaction one after another: a writer may read the new head, and then a mark
/// as it was before.
#[test]
fn a_mark_that_is_older_than_the_head_adds_no_event_twice() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (stack, directory) = (scim.stack().unwrap(), scim.directory());
    events_of(&scim, 0);
    let relay = Relay::start(stack.dynamodb_url());
    let table = Table::new(relay.client(), Endpoint::shared().table());
    let user = "0190b1a2-0000-7000-8000-00000000000a";
    let keys = json!({ "PK": { "S": format!("D#{directory}#User") }, "SK": { "S": user } });
    let doc = json!({ "id": user, "userName": "ann" }).to_string();
    let mut image = keys.clone();
    image["doc"] = json!({ "S": doc });
    image["version"] = json!({ "N": "1" });
    let records = json!({ "Records": [{
        "eventName": "INSERT", "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1", "eventID": "1",
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:1:table/t/stream/2099-01-01T00:00:00.000",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_795_990_000, "Keys": keys, "NewImage": image,
            "SequenceNumber": "1", "SizeBytes": 1, "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }] });
    for _ in 0..2 {
        relay.stale(&["M#", user]);
        let answer = block_on(changes::handle(&table, &Notifier::Off, changes::read(records.clone())));
        assert_eq!(answer, json!({ "batchItemFailures": [] }));
    }
    let events = events_of(&scim, 1);
    assert_eq!((&events[0]["type"], &events[0]["resource"]["id"]), (&json!("user.created"), &json!(user)));
}

/// Too many to report: the consumer reads the group. What changes while the lists are compared has no event, so
/// the notice comes after that.
#[test]
#[ignore = "takes a minute: 20,001 members"]
fn changes_during_a_large_replacement_are_not_lost() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (table, id) = (scim.stack().unwrap().table(), scim.directory());
    let of = |range: std::ops::Range<usize>| range.map(|n| format!("m{n:05}")).collect::<Vec<_>>();
    let add = |ids: &[String]| json!([{ "op": "add", "path": "members", "value": member_values(ids) }]);
    let group_id = scim.create_group("all", &of(0..10_000));
    for first in [10_000, 15_000] {
        scim.patch_group(&group_id, &add(&of(first..first + 5_000)));
    }
    scim.patch_group(&group_id, &add(&of(20_000..20_001)));
    let read = || Replay::expected(&scim).members[&group_id].clone();
    let (mut members, mut notices, mut after) = (BTreeSet::new(), 0, 0);
    let mut follow = |until: &dyn Fn(&BTreeSet<String>, usize) -> bool| {
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let page = block_on(events::after(&table, &id, after, 1000, |_| true)).unwrap();
            after = page.next;
            for event in page.events {
                let ids = |name: &str| event["data"][name].as_array().cloned().unwrap_or_default();
                if event["type"] == "group.members_replaced" {
                    (members, notices) = (read(), notices + 1);
                }
                for gone in ids("removed") {
                    members.remove(gone.as_str().unwrap());
                }
                members.extend(ids("added").iter().map(|id| id.as_str().unwrap().to_owned()));
            }
            if until(&members, notices) {
                return;
            }
            assert!(Instant::now() < deadline, "{} members, {notices} notices", members.len());
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    follow(&|members, _| members.len() == 20_001);
    let left = of(5_000..7_000);
    let body = group("all", &json!({ "members": member_values(&left) }));
    scim.put(&format!("/Groups/{group_id}"), &body).send().expect(200);
    let has_ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // They are compared last.
            let new = (0..).map(|n| format!("n{n:05}")).take_while(|_| !has_ended.load(Ordering::SeqCst));
            new.for_each(|id| drop(scim.patch_group(&group_id, &add(&[id]))));
        });
        follow(&|_, notices| notices == 1);
        std::thread::sleep(Duration::from_secs(3));
        has_ended.store(true, Ordering::SeqCst);
    });
    let expected = read();
    assert!(expected.len() > left.len());
    follow(&|members, _| *members == expected);
}

/// Random changes of users and groups that the threads share by their names.
pub(crate) fn churn(scim: &Endpoint, seed: u64) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut users: Vec<String> = Vec::new();
    let mut groups: Vec<String> = Vec::new();
    for step in 0..150 {
        let some = |rng: &mut fastrand::Rng, ids: &[String]| {
            ids.iter().filter(|_| rng.bool()).cloned().collect::<Vec<_>>()
        };
        match rng.u8(..12) {
            0..=2 => users.push(scim.create_user(&format!("u{seed}-{step}"), &json!({}))),
            3 => groups.push(scim.create_group(&format!("g{seed}-{step}"), &some(&mut rng, &users))),
            4 => {
                if let Some(id) = rng.choice(&users) {
                    let active = rng.bool();
                    scim.patch_user(id, &json!([{ "op": "replace", "path": "active", "value": active }]));
                }
            }
            5 if users.len() > 3 => {
                let id = users.swap_remove(rng.usize(..users.len()));
                scim.delete(&format!("/Users/{id}")).send().expect(204);
            }
            6 if groups.len() > 2 => {
                let id = groups.swap_remove(rng.usize(..groups.len()));
                scim.delete(&format!("/Groups/{id}")).send().expect(204);
            }
            7 => {
                if let Some(id) = rng.choice(&groups) {
                    let members = member_values(&some(&mut rng, &users));
                    let body = group(&format!("g{seed}-{step}"), &json!({ "members": members }));
                    scim.put(&format!("/Groups/{id}"), &body).send().expect(200);
                }
            }
            other => {
                if let Some(id) = rng.choice(&groups) {
                    let op = if other % 2 == 0 { "add" } else { "remove" };
                    let members = member_values(&some(&mut rng, &users));
                    scim.patch_group(id, &json!([{ "op": op, "path": "members", "value": members }]));
                }
            }
        }
    }
}
