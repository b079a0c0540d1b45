//! `GET /events` and `GET /admin/directories/{directory}/events`.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tests::admin::{admin, make_credential};
use tests::answer::Answer;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::{block_on, within};

/// A directory and a credential that may read its events.
struct Log {
    scim: Endpoint,
    token: String,
}

impl Log {
    fn new() -> Option<Self> {
        let scim = Endpoint::empty_directory()?;
        let token = Self::token(&scim, &["events"])?;
        Some(Self { scim, token })
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

    fn get(&self, query: &str) -> Answer {
        block_on(Self::call(&self.scim, &self.token, query).exchange())
    }

    /// The numbers of the events, `next` and `more`.
    fn page(&self, query: &str) -> (Vec<u64>, u64, bool) {
        let page = self.get(query).expect(200).json();
        let events = page["events"].as_array().unwrap();
        let numbers = events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
        (numbers, page["next"].as_u64().unwrap(), page["more"].as_bool().unwrap())
    }

    /// Creates `count` users and waits until the log has `total` events.
    fn users(&self, count: usize, total: u64) -> Vec<String> {
        let ids = (0..count).map(|_| self.scim.create_user(&unique(), &json!({}))).collect();
        assert!(within(30, || self.page("?start=latest").1 == total), "{total} events");
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
            assert_eq!(answer.expect(200).json()["events"][0]["type"], "user.created", "{scopes:?}");
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
    log.get("/more?after=0").error(404, "");
    let other = Endpoint::empty_directory().unwrap();
    let token = Log::token(&other, &["events"]).unwrap();
    assert_eq!(Log::call(&other, &token, "?after=0").send().json()["events"], json!([]));
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
    let own = format!("/admin/directories/{}/events?after=2&limit=1", log.scim.directory());
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
            .contains("the last event of the directory is 1")
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
    let key = |sequence: u64| {
        let key = |text: String| AttributeValue::S(text);
        (key(format!("E#{}", log.scim.directory())), key(format!("{sequence:016}")))
    };
    // The first event is expired, and DynamoDB has deleted the second one.
    let (pk, sk) = key(1);
    let expire = stack.client().update_item().table_name(log.scim.table()).key("PK", pk).key("SK", sk);
    let past = AttributeValue::N("1600000000".to_owned());
    let expire = expire.update_expression("SET expires = :past").expression_attribute_values(":past", past);
    block_on(expire.send()).unwrap();
    let (pk, sk) = key(2);
    let delete = stack.client().delete_item().table_name(log.scim.table()).key("PK", pk).key("SK", sk);
    block_on(delete.send()).unwrap();
    for after in [0, 1] {
        let answer = log.get(&format!("?after={after}"));
        answer.error(410, "");
        let detail = answer.json()["detail"].clone();
        assert!(detail.as_str().unwrap().contains("the oldest one is 3"), "{detail}");
    }
    assert_eq!(log.page("?after=2"), (vec![3, 4], 4, false));
    assert_eq!(log.page("?start=oldest"), (vec![3, 4], 4, false));
    for sequence in [3, 4] {
        let (pk, sk) = key(sequence);
        let delete = stack.client().delete_item().table_name(log.scim.table()).key("PK", pk).key("SK", sk);
        block_on(delete.send()).unwrap();
    }
    log.get("?after=3").error(410, "");
    assert_eq!(log.page("?start=oldest"), (vec![], 4, false), "a log of which nothing is kept");
    assert_eq!(log.page("?after=4"), (vec![], 4, false));
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
    assert_eq!(snapshot(&log, 100), (vec!["directory.snapshot_completed".to_owned()], json!(0)));
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
        assert_eq!(snapshot(&log, limit), (all.map(str::to_owned).to_vec(), json!(5)), "{limit}");
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
    assert_eq!((few["events"].as_array().unwrap().len(), &few["next"]), (1, &json!(5)));
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
    let ask = |query: &str| Log::call(&log.scim, &token, query).send().status;
    assert_eq!([ask("?after=1&wait=3"), ask("?after=1&wait=3"), ask("?after=1")], [200; 3]);
    let statuses: Vec<_> = (0..6).map(|_| ask("?after=1")).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
}
