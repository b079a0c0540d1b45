//! Queries that read much: two at a time in a directory with a rate. Others do not notice.

use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use scim::profile::STANDARD;
use serde_json::{Value, json};
use tests::bulk::post_user;
use tests::directories;
use tests::endpoint::Endpoint;
use tests::runtime::{at_once, block_on};

use crate::units::units;

/// More than are evaluated without a slot.
const USERS: usize = 1_000;
const SCAN: &str = "nickName co \"zz\"";

/// A directory with a rate, and this many users.
fn directory(users: usize, rate: u32) -> Option<Endpoint> {
    let stack = Endpoint::shared().stack()?;
    let mut directory = directories::record(&stack.profiles().get(STANDARD).unwrap());
    directory.settings.insert("requestsPerSecond".to_owned(), json!(rate));
    let scim = Endpoint::shared().with_token(&directories::put(&stack.table(), &directory));
    let padding = "x".repeat(900);
    let create =
        |n: usize| post_user(&format!("b{n}"), &format!("u{n:05}"), &json!({ "displayName": padding }));
    let operations: Vec<Value> = (0..users).map(create).collect();
    for some in operations.chunks(500) {
        assert_eq!(scim.bulk(some).statuses(), vec![201; some.len()]);
    }
    Some(scim)
}

/// Takes both slots of the directory until `until`, in seconds since 1970.
fn take_slots(scim: &Endpoint, until: i64) {
    let until = || N((until * 1_000_000).to_string());
    let stack = scim.stack().unwrap();
    let put = stack.client().put_item().table_name(scim.table());
    let put = put.item("PK", S(format!("U#{}", scim.directory()))).item("SK", S("slots".to_owned()));
    block_on(put.item("slot-0", until()).item("slot-1", until()).send()).unwrap();
}

/// How many slots are taken.
fn taken(scim: &Endpoint) -> usize {
    let stack = scim.stack().unwrap();
    let get = stack.client().get_item().table_name(scim.table()).consistent_read(true);
    let get = get.key("PK", S(format!("U#{}", scim.directory()))).key("SK", S("slots".to_owned()));
    let item = block_on(get.send()).unwrap().item.unwrap_or_default();
    let until = |name: &str| item.get(name)?.as_n().ok()?.parse::<i64>().ok();
    ["slot-0", "slot-1"].into_iter().filter_map(until).filter(|until| until / 1_000_000 > now()).count()
}

fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

#[test]
fn a_scan_needs_a_slot_and_gives_it_back() {
    let Some(scim) = directory(USERS, 100_000) else { return };
    take_slots(&scim, now() + 60);
    for (query, names) in [
        (scim.get("/Users").filter(SCAN), SCAN),
        (scim.get("/Users?sortBy=title"), "title"),
        (scim.get("?count=1").filter(SCAN), SCAN),
        (scim.get("/Users?cursor&count=10").filter(SCAN), SCAN),
    ] {
        let answer = query.send();
        answer.error(429, "");
        assert_eq!(answer.header("retry-after"), Some("20"), "{answer}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(names) && detail.contains("externalId"), "{detail}");
    }
    // The queries that have them are to end in four seconds.
    take_slots(&scim, now() + 14);
    let wait = scim.get("/Users").filter(SCAN).send().header("retry-after").map(str::to_owned);
    assert!(matches!(wait.as_deref(), Some("1" | "2" | "3" | "4")), "{wait:?}");
    // Everything else goes on.
    scim.get("/Users").filter("userName eq \"u00001\"").send().expect(200);
    scim.get("/Users?count=1000").send().expect(200);
    scim.get("/Users?sortBy=userName").send().expect(200);
    scim.create_user("another", &json!({}));
    // Their queries have ended without giving them back.
    take_slots(&scim, now() - 1);
    assert_eq!(scim.get("/Users").filter(SCAN).send().expect(200).total(), 0);
    assert_eq!(taken(&scim), 0);
}

#[test]
fn of_many_scans_at_once_some_are_carried_out_and_the_others_have_to_wait() {
    let Some(scim) = directory(USERS, 100_000) else { return };
    let asked = (0..30).map(|_| {
        let scim = scim.clone();
        async move { scim.get("/Users").filter(SCAN).exchange().await }
    });
    let answers = at_once(30, asked);
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert!(done >= 2 && refused > 0 && done + refused == 30, "{done} done, {refused} refused");
    assert_eq!(taken(&scim), 0);
}

#[test]
fn a_small_directory_pays_nothing_for_it() {
    let (Some(limited), Some(unlimited)) = (directory(300, 100_000), directory(300, 0)) else { return };
    let cost = |scim: &Endpoint| {
        scim.get("/Users?count=0").send().expect(200);
        units(scim.get("/Users?excludedAttributes=groups").filter(SCAN).send().expect(200))
    };
    assert_eq!(cost(&limited), cost(&unlimited));
    assert_eq!(taken(&limited), 0);
}

#[test]
fn a_directory_that_has_spent_its_rate_waits_with_its_scans_only() {
    // Each scan costs some hundred units.
    let Some(scim) = directory(USERS, 100_000) else { return };
    // What the creates cost is paid.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    scim.get("/Users?count=0").send().expect(200);
    let settings = json!({ "settings": { "requestsPerSecond": 2 } });
    let path = format!("/admin/directories/{}", scim.directory());
    tests::admin::admin(&scim, "PATCH", &path).unwrap().json(&settings).send().expect(200);
    // A credential that no cache contains: it has the new rate.
    let Some(scim) = scim.by_another_credential(None) else { return };
    scim.get("/Users").filter(SCAN).send().expect(200);
    let wait = tests::runtime::within(20, || {
        let answer = scim.get("/Users").filter(SCAN).send();
        let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
        answer.status == 429 && detail.contains("has used up its rate") && detail.contains("nickName")
    });
    assert!(wait, "no scan was refused");
    assert!(tests::runtime::within(20, || scim.get("/Users?count=1").send().status == 200));
}
