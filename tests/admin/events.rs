//! `GET /events` and `GET /admin/directories/{directory}/events`.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use table::item::Key;
use tests::admin::{admin, make_credential, make_directory};
use tests::answer::Answer;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::replay::Replay;
use tests::runtime::{block_on, within};

/// Events of a new directory and its two credentials. The tests count from there.
const FIRST: i64 = 3;

/// A directory and a credential that may read its events.
struct Log {
    scim: Endpoint,
    token: String,
}

impl Log {
    fn new() -> Option<Self> {
        let scim = Endpoint::empty_directory()?;
        let token = Self::token(&scim, &["events"])?;
        let log = Self { scim, token };
        assert!(within(30, || log.head() == FIRST), "the first events");
        Some(log)
    }

    fn token(scim: &Endpoint, scopes: &[&str]) -> Option<String> {
        let body = json!({ "label": "x", "scopes": scopes });
        let made = make_credential(scim, &scim.directory().to_string(), &body)?;
        Some(made["token"].as_str().unwrap().to_owned())
    }

    fn call<'a>(scim: &'a Endpoint, token: &str, query: &str) -> Call<'a> {
        let url = format!("{}/events{query}", scim.base().trim_end_matches("/scim/v2"));
        Call::new(scim, "GET", &url).authorization(Some(&format!("Bearer {token}")))
    }

    /// `query`, in which `after` counts from the first events.
    fn get(&self, query: &str) -> Answer {
        let shifted = |pair: &str| match pair.strip_prefix("after=").map(str::parse::<u32>) {
            Some(Ok(after)) => format!("after={}", FIRST + i64::from(after)),
            _ => pair.to_owned(),
        };
        let pairs: Vec<String> = query.trim_start_matches('?').split('&').map(shifted).collect();
        block_on(Self::call(&self.scim, &self.token, &format!("?{}", pairs.join("&"))).exchange())
    }

    /// The sequence number of the last event.
    fn head(&self) -> i64 {
        self.get("?start=latest").expect(200).json()["next"].as_i64().unwrap()
    }

    /// The numbers of the events, `next` and `more`, from the first events.
    fn page(&self, query: &str) -> (Vec<i64>, i64, bool) {
        let page = self.get(query).expect(200).json();
        let events = page["events"].as_array().unwrap();
        let numbers = events.iter().map(|event| event["sequence"].as_i64().unwrap());
        let numbers = numbers.filter(|number| *number > FIRST).map(|number| number - FIRST).collect();
        (numbers, page["next"].as_i64().unwrap() - FIRST, page["more"].as_bool().unwrap())
    }

    /// Creates `count` users and waits until the log has `total` events.
    fn users(&self, count: usize, total: i64) -> Vec<String> {
        let ids = (0..count).map(|_| self.scim.create_user(&unique(), &json!({}))).collect();
        assert!(within(30, || self.head() == FIRST + total), "{total} events");
        ids
    }
}

#[test]
fn only_the_scope_events_reads_events_and_it_reads_nothing_else() {
    let Some(log) = Log::new() else { return };
    log.users(1, 1);
    for (scopes, is_allowed) in [
        (&["events"][..], true),
        (&["events", "read"], true),
        (&["events", "consent"], true),
        (&[], false),
        (&["read", "write", "users", "groups"], false),
        (&["consent"], false),
    ] {
        let token = Log::token(&log.scim, scopes).unwrap();
        let answer = Log::call(&log.scim, &token, "?after=0").send();
        if is_allowed {
            assert_eq!(answer.expect(200).json()["events"][0]["type"], "directory.created", "{scopes:?}");
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        } else {
            answer.error(403, "");
            assert!(answer.header("www-authenticate").unwrap().contains(r#"scope="events""#), "{answer}");
        }
    }
    for path in ["/Users", "/Schemas", "/Bulk"] {
        log.scim.with_token(&log.token).get(path).send().error(403, "");
    }
    Log::call(&log.scim, "rc_x", "?after=0").send().error(401, "");
    Log::call(&log.scim, &log.token, "/more?after=0").send().error(404, "");
    let other = Endpoint::empty_directory().unwrap();
    let token = Log::token(&other, &["events"]).unwrap();
    let theirs = Log::call(&other, &token, "?after=0&types=user.created").send();
    assert_eq!(theirs.json()["events"], json!([]));
}

#[test]
fn pages_follow_each_other() {
    let Some(log) = Log::new() else { return };
    assert_eq!(log.page("?after=0"), (vec![], 0, false));
    assert_eq!(log.page("?start=oldest"), (vec![], 0, false));
    log.users(5, 5);
    assert_eq!(log.page("?after=0&limit=2"), (vec![1, 2], 2, true));
    assert_eq!(log.page("?after=2&limit=2"), (vec![3, 4], 4, true));
    assert_eq!(log.page("?after=4&limit=2"), (vec![5], 5, false));
    assert_eq!(log.page("?after=5"), (vec![], 5, false));
    assert_eq!(log.page("?start=oldest"), (vec![1, 2, 3, 4, 5], 5, false));
    assert_eq!(log.page("?start=latest"), (vec![], 5, false));
    let page = log.get("?after=2&limit=1").json();
    let own = format!("/admin/directories/{}/events?after={}&limit=1", log.scim.directory(), FIRST + 2);
    let answer = admin(&log.scim, "GET", &own).unwrap().send();
    assert_eq!(answer.expect(200).json(), page, "the administrator gets the same");
    admin(&log.scim, "GET", "/admin/directories/unknown/events?after=0").unwrap().send().error(404, "");
}

#[test]
fn types_select_events() {
    let Some(log) = Log::new() else { return };
    let ids = log.users(3, 3);
    log.scim.delete(&format!("/Users/{}", ids[0])).send().expect(204);
    assert!(within(30, || log.page("?start=latest").1 == 4));
    assert_eq!(log.page("?after=0&types=user.deleted"), (vec![4], 4, false));
    assert_eq!(log.page("?after=0&types=group.created,user.created"), (vec![1, 2, 3], 4, false));
    // What is evaluated counts, not what is returned.
    assert_eq!(log.page("?after=0&limit=2&types=user.deleted"), (vec![], 2, true));
    assert_eq!(log.page("?after=0&limit=2&types=user.deleted&wait=5").0, [4]);
}

#[test]
fn wrong_parameters_are_refused() {
    let Some(log) = Log::new() else { return };
    log.users(1, 1);
    for query in
        ["", "?after=-1", "?after=x", "?after=2", "?after=0&limit=0", "?after=0&wait=26", "?start=first"]
    {
        let answer = log.get(query);
        answer.well_formed();
        answer.error(400, "invalidValue");
    }
    assert!(
        log.get("?after=2").json()["detail"]
            .as_str()
            .unwrap()
            .contains("the last event of the directory is 4")
    );
}

#[test]
fn a_wait_ends_soon_after_a_change_of_the_wanted_type() {
    let Some(log) = Log::new() else { return };
    log.users(1, 1);
    let started = Instant::now();
    assert_eq!(log.page("?after=1&wait=2"), (vec![], 1, false));
    let waited = started.elapsed();
    assert!((Duration::from_secs(2)..Duration::from_secs(5)).contains(&waited), "{waited:?}");
    let changed = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let page = log.page("?after=1&wait=25&types=user.disabled");
            (page, Instant::now())
        });
        std::thread::sleep(Duration::from_millis(1500));
        let id = log.scim.create_user(&unique(), &json!({}));
        std::thread::sleep(Duration::from_millis(1500));
        let change = json!([{ "op": "replace", "path": "active", "value": false }]);
        log.scim.patch_user(&id, &change);
        let changed = Instant::now();
        let (page, ended) = waiting.join().unwrap();
        assert_eq!(page, (vec![3], 3, false));
        ended - changed
    });
    assert!(changed < Duration::from_secs(8), "{changed:?}");
}

#[test]
fn a_position_before_the_oldest_event_is_gone() {
    let Some(log) = Log::new() else { return };
    let Some(stack) = log.scim.stack() else { return };
    log.users(4, 4);
    let key = |sequence: i64| {
        let key = |text: String| AttributeValue::S(text);
        (key(format!("E#{}", log.scim.directory())), key(format!("{:016}", FIRST + sequence)))
    };
    let delete = |(pk, sk): (AttributeValue, AttributeValue)| {
        let delete = stack.client().delete_item().table_name(log.scim.table()).key("PK", pk).key("SK", sk);
        block_on(delete.send()).unwrap();
    };
    // The first event is expired, and DynamoDB has deleted the second one.
    (1 - FIRST..=0).map(key).for_each(delete);
    let (pk, sk) = key(1);
    let expire = stack.client().update_item().table_name(log.scim.table()).key("PK", pk).key("SK", sk);
    let past = AttributeValue::N("1600000000".to_owned());
    let expire = expire.update_expression("SET expires = :past").expression_attribute_values(":past", past);
    block_on(expire.send()).unwrap();
    delete(key(2));
    for after in [0, 1] {
        let answer = log.get(&format!("?after={after}"));
        answer.error(410, "");
        let detail = answer.json()["detail"].clone();
        assert!(detail.as_str().unwrap().contains("the oldest one is 6"), "{detail}");
    }
    assert_eq!(log.page("?after=2"), (vec![3, 4], 4, false));
    assert_eq!(log.page("?start=oldest"), (vec![3, 4], 4, false));
    [3, 4].into_iter().map(key).for_each(delete);
    log.get("?after=3").error(410, "");
    assert_eq!(log.page("?start=oldest"), (vec![], 4, false), "a log of which nothing is kept");
    assert_eq!(log.page("?after=4"), (vec![], 4, false));
}

#[test]
fn a_reader_stops_before_a_gap() {
    let Some(log) = Log::new() else { return };
    let Some(stack) = log.scim.stack() else { return };
    log.users(4, 4);
    // As if DynamoDB's clock were ahead of the function's.
    let delete = stack.client().delete_item().table_name(log.scim.table());
    let delete = delete.key("PK", AttributeValue::S(format!("E#{}", log.scim.directory())));
    block_on(delete.key("SK", AttributeValue::S(format!("{:016}", FIRST + 3))).send()).unwrap();
    assert_eq!(log.page("?after=0"), (vec![1, 2], 2, true));
    let answer = log.get("?after=2&wait=1");
    answer.error(410, "");
    assert!(answer.json()["detail"].as_str().unwrap().contains("the oldest one is 7"), "{answer}");
    assert_eq!(log.page("?after=3"), (vec![4], 4, false));
    let undo = |from: i64| {
        let path = format!("/admin/directories/{}/undo", log.scim.directory());
        let body = json!({ "from": FIRST + from, "to": FIRST + 4 });
        admin(&log.scim, "POST", &path).unwrap().json(&body).send()
    };
    undo(3).error(410, "");
    undo(4).expect(200);
}

/// When each event of the log of `directory` expires, in seconds since 1970, in order.
fn expiries(scim: &Endpoint, directory: &str) -> Vec<i64> {
    let query = scim.stack().unwrap().client().query().table_name(scim.table());
    let query = query.key_condition_expression("PK = :pk AND SK < :end").consistent_read(true);
    let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("E#{directory}")));
    let query = query.expression_attribute_values(":end", AttributeValue::S(":".to_owned()));
    let items = block_on(query.send()).unwrap().items.unwrap();
    items.iter().map(|item| item["expires"].as_n().unwrap().parse().unwrap()).collect()
}

#[test]
fn events_expire_as_the_setting_says_and_never_before_older_ones() {
    let (scim, id) = (Endpoint::shared(), unique());
    let settings = json!({ "eventRetention": "30d" });
    let body = json!({ "name": "Acme", "profile": "standard", "settings": settings });
    if make_directory(scim, &id, &body).is_none() {
        return;
    }
    let path = format!("/admin/directories/{id}");
    let set = |value: Value| {
        let body = json!({ "settings": { "eventRetention": value } });
        admin(scim, "PATCH", &path).unwrap().json(&body).send()
    };
    for wrong in [json!("6d"), json!("4000d"), json!(30), json!("1h")] {
        set(wrong).error(400, "invalidValue");
    }
    let days = |count: usize| -> Vec<i64> {
        assert!(within(30, || expiries(scim, &id).len() == count), "{count} events");
        let now = ::directory::clock::seconds();
        expiries(scim, &id).iter().map(|expires| (expires - now + 3600) / 86_400).collect()
    };
    assert_eq!(days(1), [30]);
    set(json!("90d")).expect(200);
    assert_eq!(days(2), [30, 90]);
    set(json!("7d")).expect(200);
    assert_eq!(days(3), [30, 90, 90], "not before an older one");
    set(Value::Null).expect(200);
    assert_eq!(days(4), [30, 90, 90, 365]);
}

/// The types of the events of a snapshot, read in pages of `limit`, and the `next` of the last one.
fn snapshot(log: &Log, limit: u8) -> (Vec<String>, Value) {
    let mut types = Vec::new();
    let mut query = format!("?start=snapshot&limit={limit}");
    loop {
        let page = log.get(&query).expect(200).json();
        let events = page["events"].as_array().unwrap();
        assert!(events.len() <= usize::from(limit));
        for event in events {
            assert!(event.get("sequence").is_none() && event.get("id").is_none(), "{event}");
            assert_eq!(event["directory"], log.scim.directory().to_string());
            types.push(event["type"].as_str().unwrap().to_owned());
        }
        if page["more"] == false {
            assert_eq!(events.last().unwrap()["data"], json!({ "through": page["next"] }));
            return (types, page["next"].clone());
        }
        query = format!("?after={}&limit={limit}", page["next"].as_str().unwrap());
    }
}

#[test]
fn a_snapshot_ends_where_the_log_continues() {
    let Some(log) = Log::new() else { return };
    assert_eq!(snapshot(&log, 100), (vec!["directory.snapshot_completed".to_owned()], json!(FIRST)));
    let ids = log.users(3, 3);
    let group = log.scim.create_group("cooks", &ids[..2]);
    assert!(within(30, || log.page("?start=latest").1 == 5));
    let all = [
        "user.snapshot",
        "user.snapshot",
        "user.snapshot",
        "group.snapshot",
        "group.members_snapshot",
        "directory.snapshot_completed",
    ];
    for limit in [1, 2, 3, 6, 100] {
        assert_eq!(snapshot(&log, limit), (all.map(str::to_owned).to_vec(), json!(FIRST + 5)), "{limit}");
    }
    let page = log.get("?start=snapshot").json();
    let [user, members] = [&page["events"][0], &page["events"][4]];
    assert_eq!(user["resource"], json!({ "type": "User", "id": ids[0], "version": 1 }));
    assert_eq!(user["data"], log.get("?after=0&limit=1").json()["events"][0]["data"]);
    assert_eq!(members["resource"], json!({ "type": "Group", "id": group }));
    assert_eq!(members["data"], json!({ "added": ids[..2], "removed": [] }));
    let own = format!("/admin/directories/{}/events?start=snapshot&limit=4", log.scim.directory());
    let answer = admin(&log.scim, "GET", &own).unwrap().send();
    assert_eq!(answer.expect(200).json(), log.get("?start=snapshot&limit=4").json());
    let few = log.get("?start=snapshot&types=group.snapshot,group.created").json();
    assert_eq!((few["events"].as_array().unwrap().len(), &few["next"]), (1, &json!(FIRST + 5)));
    log.users(1, 6);
    assert_eq!(log.page("?after=5"), (vec![6], 6, false));
}

#[test]
fn a_wrong_position_in_a_snapshot_is_refused() {
    let Some(log) = Log::new() else { return };
    for text in ["", "x", "e30", "eyJzdGFnZSI6IlgiLCJkYXRhIjp7InRocm91Z2giOjB9fQ"] {
        let answer = log.get(&format!("?after=snapshot-{text}"));
        answer.error(400, "invalidValue");
        assert!(answer.json()["detail"].as_str().unwrap().contains("`start=snapshot`"), "{answer}");
    }
}

#[test]
fn a_time_begins_with_the_changes_since() {
    let Some(log) = Log::new() else { return };
    log.users(2, 2);
    // A little earlier than the time is possible, because clocks differ.
    std::thread::sleep(Duration::from_secs(7));
    log.users(3, 5);
    let page = log.get("?after=0").json();
    let time = |index: usize| page["events"][index]["time"].as_str().unwrap().to_owned();
    for index in [2, 3, 4] {
        assert_eq!(log.page(&format!("?start={}", time(index))).0, [3, 4, 5], "{}", time(index));
    }
    assert_eq!(log.page(&format!("?start={}", time(0))).0, [1, 2, 3, 4, 5]);
    assert_eq!(log.page("?start=1999-01-01T00:00:00Z").0, [1, 2, 3, 4, 5]);
    assert_eq!(log.page("?start=2999-01-01T00:00:00Z"), (vec![], 5, false));
    let (pk, sk) = (format!("E#{}", log.scim.directory()), format!("{:016}", 1));
    let Some(stack) = log.scim.stack() else { return };
    let delete = stack.client().delete_item().table_name(log.scim.table());
    block_on(delete.key("PK", AttributeValue::S(pk)).key("SK", AttributeValue::S(sk)).send()).unwrap();
    log.get("?start=1999-01-01T00:00:00Z").error(410, "");
    assert_eq!(log.page(&format!("?start={}", time(2))).0, [3, 4, 5]);
}

/// A request counts, and a wait does not: at one request a second, the next one is admitted at once.
#[test]
fn requests_for_events_count_against_the_rate() {
    let Some(log) = Log::new() else { return };
    log.users(1, 1);
    let path = format!("/admin/directories/{}", log.scim.directory());
    let settings = json!({ "settings": { "requestsPerSecond": 1 } });
    admin(&log.scim, "PATCH", &path).unwrap().json(&settings).send().expect(200);
    // The settings are read with the holder.
    let token = Log::token(&log.scim, &["events"]).unwrap();
    let ask = |wait: &str| {
        Log::call(&log.scim, &token, &format!("?after={}&types=user.deleted{wait}", FIRST + 1)).send().status
    };
    assert_eq!([ask("&wait=3"), ask("&wait=3"), ask("")], [200; 3]);
    let statuses: Vec<_> = (0..6).map(|_| ask("")).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
}

/// Events of administration, and no secret, hash or token in any of them.
#[test]
fn administration_has_events_without_secrets() {
    let scim = Endpoint::shared();
    let id = unique();
    let Some(_) = make_directory(scim, &id, &json!({ "name": "Acme" })) else { return };
    let path = format!("/admin/directories/{id}");
    let ask = |method: &str, at: &str, body: Value| {
        let call = admin(scim, method, &format!("{path}{at}")).unwrap();
        let answer = block_on(if body.is_null() { call } else { call.json(&body) }.exchange());
        assert!(answer.status < 300, "{answer}");
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let credential = ask("POST", "/credentials", json!({ "label": "Entra" }));
    let at = format!("/credentials/{}", text(&credential["id"]));
    ask("PATCH", &at, json!({ "label": "Okta" }));
    ask("DELETE", &at, Value::Null);
    let client = ask("POST", "/clients", json!({ "label": "App" }));
    let at = format!("/clients/{}", text(&client["id"]));
    ask("PATCH", &at, json!({ "label": "Application" }));
    let secret = ask("POST", &format!("{at}/secrets"), json!({}));
    ask("DELETE", &format!("{at}/secrets/{}", text(&secret["id"])), Value::Null);
    ask("DELETE", &at, Value::Null);
    ask("PATCH", "", json!({ "name": "Acme Ltd" }));
    ask("PATCH", "", json!({ "state": "paused" }));
    ask("PATCH", "", json!({ "state": "enabled", "settings": { "requestsPerSecond": 7 } }));
    ask("POST", "/rotate-secret", json!({}));
    ask("PATCH", "", json!({ "profile": "okta" }));
    let events =
        || ask("GET", "/events?after=0&limit=1000", Value::Null)["events"].as_array().unwrap().clone();
    // A change of profile needs a minute: its event is in the log of `reprofile`.
    let expected = [
        ("directory.created", json!(null)),
        ("credential.created", json!(null)),
        ("credential.updated", json!({ "label": "Entra" })),
        ("credential.revoked", json!({ "revoked": null })),
        ("client.created", json!(null)),
        ("client.updated", json!({ "label": "App" })),
        ("client.updated", json!(null)),
        ("client.updated", json!(null)),
        ("client.deleted", json!(null)),
        ("directory.updated", json!({ "name": "Acme" })),
        ("directory.updated", json!({ "state": "enabled" })),
        ("directory.updated", json!({ "state": "paused", "settings": {} })),
        ("directory.updated", json!({})),
    ];
    assert!(within(30, || events().len() == expected.len()), "{:#?}", events());
    let events = events();
    for (event, (kind, previous)) in events.iter().zip(&expected) {
        assert_eq!(event["type"], *kind, "{event}");
        assert!(previous.is_null() || event["previous"] == *previous, "{event}");
        assert_eq!(event["resource"]["version"], Value::Null, "{event}");
    }
    assert_eq!(events[11]["data"]["settings"], json!({ "requestsPerSecond": 7 }));
    assert_eq!(events[12]["data"]["secretRotated"], true);
    assert_eq!((&events[8]["prior"], &events[8]["previous"]["label"]), (&json!(8), &json!("Application")));
    let log = json!(events).to_string();
    let mut hidden = vec![text(&credential["token"]), text(&client["secret"]["clientSecret"])];
    hidden.push(text(&secret["clientSecret"]));
    let stack = scim.stack().unwrap();
    let query = stack.client().query().table_name(scim.table()).key_condition_expression("PK = :pk");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("D#{id}")));
    for item in block_on(query.send()).unwrap().items() {
        let named = |name: &&String| ["hash", "secret", "seals", "previousSeals"].contains(&name.as_str());
        let values = item.keys().filter(named).map(|name| item[name].as_s().unwrap().clone());
        hidden.extend(values);
        let texts = item.iter().filter(|(name, _)| name.starts_with("secret#")).map(|(_, text)| text);
        let hashes = texts.map(|text| serde_json::from_str::<Value>(text.as_s().unwrap()).unwrap());
        hidden.extend(hashes.map(|secret| text(&secret["hash"])));
    }
    assert!(hidden.len() >= 6, "{}", hidden.len());
    for hidden in hidden {
        let secret = hidden.rsplit('_').next().unwrap();
        assert!(!log.contains(secret), "{hidden}");
    }
}

/// The items of the table with this text in them.
fn naming(scim: &Endpoint, text: &str) -> Vec<String> {
    let scan = scim.stack().unwrap().client().scan().table_name(scim.table()).consistent_read(true);
    let items = block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>()).unwrap();
    let items = items.into_iter().map(|item| format!("{item:?}"));
    items.filter(|item| item.to_lowercase().contains(text)).collect()
}

#[test]
fn no_attribute_of_an_erased_person_is_left() {
    let Some(log) = Log::new() else { return };
    let scim = &log.scim;
    let canary = format!("canary{}", unique().replace('-', ""));
    let value = |name: &str| format!("{canary}{name}");
    let body = json!({
        "externalId": value("x"), "displayName": value("d"), "title": value("t"),
        "name": { "givenName": value("g"), "familyName": value("f") },
        "emails": [{ "value": format!("{}@ex.io", value("e")), "type": "work" }],
    });
    let id = scim.create_user(&value("n"), &body);
    let member =
        json!([{ "op": "add", "path": "members", "value": [{ "value": id, "display": value("m") }] }]);
    let team = scim.create_group("team", &[]);
    scim.patch_group(&team, &member);
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "title", "value": value("u") }]));
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "active", "value": false }]));
    let path = format!("/admin/directories/{}/users/{id}/erase-events", scim.directory());
    let erase = |path: &str, body: Value| admin(scim, "POST", path).unwrap().json(&body).send();
    let exists = erase(&path, json!({}));
    exists.error(409, "");
    assert!(exists.json()["detail"].as_str().unwrap().contains("delete the user first"), "{exists}");
    scim.delete(&format!("/Users/{id}")).send().expect(204);
    assert!(within(30, || log.page("?after=0&types=user.deleted").0.len() == 1), "it is in the log");
    assert!(within(30, || log.page("?after=0&types=group.members_changed").0.len() == 2), "it left");
    assert!(naming(scim, &canary).len() >= 4, "the log has the attributes");
    let before = log.get("?after=0").json()["events"].as_array().unwrap().clone();
    for _ in 0..2 {
        assert_eq!(erase(&path, json!({})).expect(200).json(), json!({ "erased": 4 }));
    }
    assert_eq!(naming(scim, &canary), [""; 0]);
    let after = log.get("?after=0").json()["events"].as_array().unwrap().clone();
    assert_eq!(before.len(), after.len());
    for (mut before, mut after) in before.into_iter().zip(after) {
        if before["resource"]["id"] == *id {
            assert_eq!(after["erased"].take(), true, "{after}");
            after.as_object_mut().unwrap().remove("erased");
            before.as_object_mut().unwrap().retain(|name, _| name != "data" && name != "previous");
        }
        assert_eq!(after, before);
    }
    let first = FIRST + 1;
    assert_eq!(erase(&path, json!({ "after": first })).expect(200).json(), json!({ "erased": 1 }));
    erase(&path, json!({ "after": 1 })).error(400, "invalidValue");
    erase(&path.replace(&id, "unknown"), json!({})).error(404, "");
    erase(&path, json!({ "before": 1 })).error(400, "invalidValue");
}

/// A dead letter has what a receiver said of an event, a held change the whole user, and a setting the name.
#[test]
fn nothing_of_an_erased_person_is_held_or_in_a_dead_letter() {
    let Some(log) = Log::new() else { return };
    let scim = &log.scim;
    let canary = format!("canary{}", unique().replace('-', ""));
    let name = format!("{canary}n");
    let ask = |method: &str, path: &str, body: Value| {
        let path = format!("/admin/directories/{}{path}", scim.directory());
        admin(scim, method, &path).unwrap().json(&body).send()
    };
    let protect = |names: Value| {
        ask("PATCH", "", json!({ "settings": { "protectedUsers": names } })).expect(200);
    };
    protect(json!([name]));
    let poll = json!({ "label": "x", "channel": { "kind": "poll" } });
    let made = ask("POST", "/subscriptions", poll).expect(201).json();
    let id = scim.create_user(&name, &json!({ "title": format!("{canary}t") }));
    assert!(within(30, || log.head() == FIRST + 1), "the events of administration do not name people");
    let url =
        format!("{}/events/sets/{}", scim.base().trim_end_matches("/scim/v2"), made["id"].as_str().unwrap());
    let poll = |body: Value| {
        let call = Call::new(scim, "POST", &url).authorization(Some(&format!("Bearer {}", log.token)));
        block_on(call.header("content-type", "application/json").text(&body.to_string()).exchange())
            .expect(200)
            .json()
    };
    let sets = poll(json!({ "returnImmediately": true }))["sets"].clone();
    let token = sets.as_object().unwrap().keys().next().unwrap();
    let refused = json!({ "err": "invalid_request", "description": format!("{name} is not known") });
    poll(json!({ "returnImmediately": true, "setErrs": { token: refused } }));
    scim.delete(&format!("/Users/{id}")).send().expect(204);
    let held = || admin(scim, "GET", &format!("/admin/directories/{}/held", scim.directory())).unwrap();
    assert!(within(30, || held().send().json()["waiting"] == 1), "the delete waits");
    protect(Value::Null);
    let kept = naming(scim, &canary);
    for what in ["\"deadLetter\"", "\"held\"", "\"event\""] {
        assert!(kept.iter().any(|item| item.contains(what)), "{what}: {kept:#?}");
    }
    let erase = || ask("POST", &format!("/users/{id}/erase-events"), json!({})).expect(200).json();
    for _ in 0..2 {
        assert_eq!(erase(), json!({ "erased": 1 }));
        assert_eq!(naming(scim, &canary), [""; 0]);
    }
    let letters = admin(
        scim,
        "GET",
        &format!(
            "/admin/directories/{}/subscriptions/{}/dead-letters",
            scim.directory(),
            made["id"].as_str().unwrap()
        ),
    );
    let letters = letters.unwrap().send().expect(200).json();
    assert_eq!(letters["items"][0]["sequence"], FIRST + 1, "{letters}");
    // The decision can still be made.
    assert_eq!(ask("POST", "/held/approve", json!({})).expect(200).json()["changes"], 1);
    let events = log.get("?after=0").json()["events"].clone();
    let deleted = events.as_array().unwrap().iter().find(|event| event["type"] == "user.deleted").unwrap();
    assert_eq!((&deleted["resource"]["id"], deleted.get("previous")), (&json!(id), None));
    assert_eq!(naming(scim, &canary), [""; 0]);
    assert_eq!(erase(), json!({ "erased": 2 }));
}

#[test]
fn a_lost_log_is_completed_from_the_directory() {
    let Some(log) = Log::new() else { return };
    let ids = log.users(2, 2);
    log.scim.create_group("team", &ids);
    assert!(within(30, || log.head() == FIRST + 4));
    let stack = log.scim.stack().unwrap();
    let (table, id) = (stack.table(), log.scim.directory());
    let scan = stack.client().scan().table_name(log.scim.table()).consistent_read(true);
    let items = block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>()).unwrap();
    let keys = items.iter().map(|item| Key::of(item).unwrap());
    let of_log = |key: &Key| {
        matches!(&key.pk[..2], "E#" | "M#") && key.pk[2..].split('#').next() == Some(&id.to_string())
    };
    block_on(table.delete_many(keys.filter(of_log))).unwrap();
    let path = format!("/admin/directories/{id}/events/reconcile");
    let ask = |body: Value| admin(&log.scim, "POST", &path).unwrap().json(&body).send();
    let types = |report: &Value| {
        let differences = report["differences"].as_array().unwrap().iter();
        differences.map(|one| one["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for apply in [false, true] {
        let report = ask(json!({ "apply": apply })).expect(200).json();
        assert_eq!(types(&report), ["group.created", "user.created", "user.created"], "{report}");
        assert_eq!((&report["resources"], &report["next"]), (&json!(3), &Value::Null));
        assert!(report["differences"].as_array().unwrap().iter().all(|one| one["applied"] == apply));
    }
    assert_eq!(types(&ask(json!({})).expect(200).json()), [""; 0]);
    let replay = Replay::of(&table, &id);
    assert_eq!(replay.differences(&Replay::expected(&log.scim)), [""; 0]);
    ask(json!({ "after": "x" })).error(400, "invalidValue");
    let other = format!("/admin/directories/{}/events/reconcile", unique());
    admin(&log.scim, "POST", &other).unwrap().json(&json!({})).send().error(404, "");
}
