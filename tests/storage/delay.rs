//! Large work for one directory does not delay the events of another.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use directory::events;
use scim::profile::STANDARD;
use serde_json::json;
use tests::directories;
use tests::endpoint::Endpoint;
use tests::people::member_values;
use tests::runtime::block_on;

use crate::verify::{Raw, members as members_partition};

/// Members that one request adds.
const AT_ONCE: usize = 5_000;
/// The longest that an event of the other directory takes.
const MOST: Duration = Duration::from_secs(2);

/// `ROLLCALL_MEMBERS` sets the number of members.
#[test]
#[ignore = "takes a minute: 20,000 members"]
fn the_delete_of_a_large_group_delays_no_event_of_another_directory() {
    // A server of its own: other tests keep the shared one busy.
    let (scim, other) = two_directories(Endpoint::start());
    let members: usize = std::env::var("ROLLCALL_MEMBERS").map_or(20_000, |text| text.parse().unwrap());
    let group = scim.create_group("all", &[]);
    for first in (0..members).step_by(AT_ONCE) {
        let ids: Vec<_> =
            (first..members.min(first + AT_ONCE)).map(|number| format!("m{number:07}")).collect();
        scim.patch_group(&group, &json!([{ "op": "add", "path": "members", "value": member_values(&ids) }]));
    }
    let (table, id) = (scim.stack().unwrap().table(), scim.directory());
    let all = (members / 50) as u64;
    let (began, limit) = (Instant::now(), Duration::from_secs(60 + members as u64 / 200));
    while block_on(events::head(&table, &id)).unwrap() < all {
        assert!(began.elapsed() < limit, "the log does not have all members");
        std::thread::sleep(Duration::from_secs(1));
    }
    eprintln!("the log has {members} members {:.0?} after the last was added", began.elapsed());
    let list = members_partition(&Raw(&scim), &format!("D#{id}"), &group);
    let user = other.create_user("ann", &json!({}));
    // The stream still has what the log itself has written.
    let idle = (0..100).map(|number| delay(&other, &user, number)).find(|delay| *delay < MOST / 4).unwrap();
    let is_swept = AtomicBool::new(false);
    let delays: Vec<Duration> = std::thread::scope(|scope| {
        let delays = scope.spawn(|| {
            let until_swept = (100..).take_while(|_| !is_swept.load(Ordering::SeqCst));
            until_swept.map(|number| delay(&other, &user, number)).collect()
        });
        scim.delete(&format!("/Groups/{group}")).send().expect(204);
        let began = Instant::now();
        while !is_empty(&scim, &list) {
            assert!(began.elapsed() < limit, "the memberships are still there");
            std::thread::sleep(Duration::from_millis(500));
        }
        eprintln!("{members} memberships were removed in {:.0?}", began.elapsed());
        is_swept.store(true, Ordering::SeqCst);
        delays.join().unwrap()
    });
    let most = delays.iter().max().unwrap();
    eprintln!("the longest of {} delays: {most:?}; before the delete: {idle:?}", delays.len());
    assert!(*most < MOST, "{most:?}");
}

/// `scim` with its first directory, and with a further one.
fn two_directories(scim: Endpoint) -> (Endpoint, Endpoint) {
    let stack = scim.stack().unwrap();
    let record = directories::record(&stack.profiles().get(STANDARD).unwrap());
    let other = scim.with_token(&directories::put(&stack.table(), &record));
    (scim, other)
}

/// How long the event of a change of `user` takes, from the response on.
fn delay(scim: &Endpoint, user: &str, number: usize) -> Duration {
    let (table, id) = (scim.stack().unwrap().table(), scim.directory());
    let head = || block_on(events::head(&table, &id)).unwrap();
    let before = head();
    scim.patch_user(user, &json!([{ "op": "replace", "path": "title", "value": number.to_string() }]));
    let began = Instant::now();
    while head() == before {
        assert!(began.elapsed() < Duration::from_secs(120), "no event after two minutes");
        std::thread::sleep(Duration::from_millis(10));
    }
    began.elapsed()
}

fn is_empty(scim: &Endpoint, partition: &str) -> bool {
    let query = scim.stack().unwrap().client().query().table_name(scim.table()).limit(1);
    let query = query.key_condition_expression("PK = :pk").consistent_read(true);
    let query = query.expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()));
    block_on(query.send()).unwrap().count() == 0
}
