//! `GET /events` and `GET /admin/directories/{directory}/events`.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
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
