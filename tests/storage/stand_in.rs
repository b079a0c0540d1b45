//! The Entra stand-in provisions a company in cycles, with joiners, movers and leavers. The log, read by
//! `GET /events` and replayed into an empty model, is the directory.
//!
//! `ROLLCALL_STAND_IN_USERS` says how many people the company has: 10,000 have 500 groups and 50,000
//! memberships.

use std::collections::BTreeMap;
use std::time::Instant;

use entra::mapping::Mapping;
use entra::sync::{Options, Source, run};
use serde_json::json;
use tests::admin::make_credential;
use tests::answer::Answer;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::mirror::Mirror;
use tests::replay::Replay;
use tests::runtime::block_on;

use crate::units::units;

const USERS: usize = 60;

/// A product that reads the events of a directory.
struct Product<'a> {
    scim: &'a Endpoint,
    token: String,
}

impl Product<'_> {
    fn get(&self, query: &str) -> Answer {
        let url = format!("{}/events?{query}&limit=1000", self.scim.base().trim_end_matches("/scim/v2"));
        let call = Call::new(self.scim, "GET", &url).authorization(Some(&format!("Bearer {}", self.token)));
        let answer = block_on(call.exchange());
        answer.expect(200);
        answer
    }

    /// Replays the log until it describes `expected`, or no event comes for five minutes: the records of other tests
    /// may come first.
    fn replay(&self, expected: &Replay) -> Replay {
        let (mut replay, mut quiet) = (Replay::default(), 0);
        loop {
            let page = self.get(&format!("after={}&wait=5", replay.sequence)).json();
            let events = page["events"].as_array().unwrap();
            events.iter().for_each(|event| replay.apply(event));
            assert_eq!(page["next"], replay.sequence);
            let is_end = page["more"] == false && replay.content() == expected.content();
            quiet = if events.is_empty() { quiet + 1 } else { 0 };
            if is_end || quiet == 60 {
                return replay;
            }
        }
    }

    /// Reads a snapshot. Returns it with the number of pages and their read units.
    fn snapshot(&self) -> (Mirror, usize, f64) {
        let (mut mirror, mut pages, mut read) = (Mirror::default(), 0, 0.0);
        let mut query = "start=snapshot".to_owned();
        loop {
            let answer = self.get(&query);
            (pages, read) = (pages + 1, read + units(&answer).0);
            let page = answer.json();
            page["events"].as_array().unwrap().iter().for_each(|event| mirror.apply(event));
            if page["more"] == false {
                return (mirror, pages, read);
            }
            query = format!("after={}", page["next"].as_str().unwrap());
        }
    }
}

#[test]
fn the_log_of_a_sync_describes_the_directory() {
    let users = std::env::var("ROLLCALL_STAND_IN_USERS").map_or(USERS, |text| text.parse().unwrap());
    let Some(scim) = Endpoint::empty_directory() else { return };
    let scopes = json!({ "label": "product", "scopes": ["events"] });
    let Some(made) = make_credential(&scim, &scim.directory().to_string(), &scopes) else { return };
    let product = Product { scim: &scim, token: made["token"].as_str().unwrap().to_owned() };
    let source = Source::Generated { users, groups: (users / 20).max(6), seed: 18 };
    let mapping = Mapping::builtin("standard").unwrap();
    let options =
        Options { cycles: 3, verify: true, ..Options::new(scim.base(), scim.token(), mapping, source) };
    let started = Instant::now();
    let report = block_on(run(options)).unwrap();
    assert!(report.is_good(), "{}", report.summary());
    eprintln!("{}\nsync: {:.0?}", report.summary(), started.elapsed());

    let expected = Replay::expected(&scim);
    let started = Instant::now();
    let replay = product.replay(&expected);
    assert_eq!(replay.differences(&expected), [""; 0]);
    let memberships: usize = replay.members.values().map(|members| members.len()).sum();
    let mut types: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, _) in &replay.types {
        *types.entry(kind).or_default() += 1;
    }
    let resources = replay.resources.len();
    eprintln!(
        "log: {} events, {resources} resources, {memberships} memberships: {:.0?}",
        replay.sequence,
        started.elapsed()
    );
    eprintln!("{types:?}");
    for kind in ["user.created", "user.updated", "user.disabled", "user.enabled", "user.deleted"] {
        assert!(types.contains_key(kind), "{kind} never happened: {types:?}");
    }

    let started = Instant::now();
    let (mirror, pages, read) = product.snapshot();
    assert_eq!(mirror.differences(&expected), [""; 0]);
    eprintln!("snapshot: {pages} pages, {read} read units, {:.1?}", started.elapsed());
}
