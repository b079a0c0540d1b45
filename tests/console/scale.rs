//! Pages of a service with many directories, one of which has a long log.

use std::time::{Duration, Instant};

use directory::access::refusal::HOUR;
use directory::clock::seconds;
use serde_json::json;
use table::item::Key;
use table::write::Put;
use tests::admin::make_directory;
use tests::browser::Browser;
use tests::endpoint::Endpoint;
use tests::runtime::block_on;

use crate::large::Large;

const DIRECTORIES: usize = 100;
/// Entries of refused requests: eight in each hour of 30 days.
const SLOTS: i64 = 8;
const HOURS: i64 = 30 * 24;
/// How often each page is opened.
const TIMES: usize = 31;
/// The longest median, as the browser sees it on the same machine.
const MOST: Duration = Duration::from_millis(50);
/// The largest page, in bytes.
const LARGEST: usize = 40 * 1024;

/// `ROLLCALL_LOG_EVENTS` sets the number of events.
#[test]
#[ignore = "takes a minute: 20,000 events"]
fn pages_of_a_large_log_are_fast_and_small() {
    let events: u64 = std::env::var("ROLLCALL_LOG_EVENTS").map_or(20_000, |text| text.parse().unwrap());
    // A server of its own: other tests keep the shared one busy.
    let scim = Endpoint::start();
    let began = Instant::now();
    for number in 1..DIRECTORIES {
        make_directory(
            &scim,
            &format!("customer-{number}"),
            &json!({ "name": format!("Customer {number}") }),
        )
        .unwrap();
    }
    let large = Large::write(&scim, events);
    refuse(&scim);
    eprintln!("{events} events written in {:.0?}", began.elapsed());
    let mut team = Browser::new(&scim);
    team.sign_in(scim.stack().unwrap().administrator_key());
    let own = format!("/console/directories/{}", scim.directory());
    let (half, person) = (events / 2, Large::person(7));
    let (from, until) = (large.minute(half), large.minute(half + events / 100));
    let pages = [
        ("directories", "/console/directories".to_owned()),
        ("overview", own.clone()),
        ("log", format!("{own}/log")),
        ("log, the middle", format!("{own}/log?before={half}")),
        ("log of groups", format!("{own}/log?type=group")),
        ("log of a rare access token", format!("{own}/log?credential=rare")),
        ("log of a time range", format!("{own}/log?from={from}&until={until}")),
        (
            "log with all filters",
            format!("{own}/log?type=user&action=changed&credential=often1&from={from}&until={until}"),
        ),
        ("log of a person", format!("{own}/log?resource={person}")),
        ("log of a person and a rare access token", format!("{own}/log?resource={person}&credential=rare")),
        ("refused requests", format!("{own}/log?show=refused")),
        ("refused requests, rare", format!("{own}/log?show=refused&credential=rare")),
        ("person", format!("{own}/people/{person}")),
        ("look-up", format!("{own}/people")),
    ];
    let mut slow = Vec::new();
    for (name, path) in pages {
        let mut times = Vec::new();
        let mut bytes = 0;
        for _ in 0..TIMES {
            let began = Instant::now();
            let page = team.get(&path);
            times.push(began.elapsed());
            bytes = page.expect(200).text.len();
        }
        times.sort();
        let median = times[TIMES / 2];
        eprintln!("{name}: median {median:.1?}, slowest {:.1?}, {bytes} bytes", times[TIMES - 1]);
        if median > MOST || bytes > LARGEST {
            slow.push(name);
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
}

/// Gives the directory refused requests of the last 30 days.
fn refuse(scim: &Endpoint) {
    let (now, id) = (seconds(), scim.directory());
    let put = |(hour, slot): (i64, i64)| {
        let refusal = json!({ "kind": "Uniqueness", "method": "POST", "resource": "User", "user_name": format!("a…{slot}@ex.io"),
            "attribute": "userName", "credential": "often1" });
        let key = Key::new(format!("U#{id}"), format!("refused#{hour:07}-Uniqueness-{slot}"));
        let put = Put::of(key).set("refusal", refusal.to_string()).set("at", (hour + 1) * HOUR - 1);
        put.set("n", 7).set("expires", now + 30 * 86_400)
    };
    let last = now / HOUR - 1;
    let all = (last - HOURS + 2..=last).flat_map(|hour| (0..SLOTS).map(move |slot| (hour, slot)));
    block_on(scim.stack().unwrap().table().put_many(all.map(put).collect::<Vec<_>>())).unwrap();
}
