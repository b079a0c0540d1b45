//! Several runs of the background work on one directory: whichever of their calls is late, no index entry
//! is lost and none is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use directory::Table;
use directory::id::DirectoryId;
use directory::upkeep::lease;
use directory::upkeep::profile_change::{self, Progress};
use directory::upkeep::slice::Slice;
use scim::profile::Profiles;
use serde_json::json;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::people::patch;
use tests::relay::Relay;
use tests::runtime::{block_on, spawn};
use tests::verified::findings;

use crate::schedules::{say, seed};

/// Rounds, each with interleavings of its own.
const ROUNDS: u64 = 6;
const USERS: usize = 6;
/// The longest that a call of the slow runner takes, and that the first lease is good, in milliseconds.
const SLOW: u64 = 2_000;
const FIRST: f64 = 600.0;
/// How long the later leases are good: long enough for a run that is not slow.
const LATER: Duration = Duration::from_millis(1_500);

/// One runner: it repeats until the change has ended, also after errors.
async fn run(table: Table, id: DirectoryId, profiles: Arc<Profiles>) -> Progress {
    loop {
        match profile_change::advance(&table, &id, &profiles, Slice::alone()).await {
            Ok(progress) if progress.has_ended() => return progress,
            Ok(_) | Err(_) => tokio::time::sleep(Duration::from_millis(3)).await,
        }
    }
}

/// Ends the lease of `id` at random moments, as if its runner had been suspended.
async fn end_leases(table: Table, id: DirectoryId, seed: u64) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut pause = Duration::from_secs_f64(FIRST.powf(rng.f64()) / 1000.0);
    loop {
        tokio::time::sleep(pause).await;
        lease::end(&table, &id).await.unwrap();
        pause = LATER;
    }
}

#[test]
fn two_runners_never_lose_an_index_entry() {
    let Some(stack) = Endpoint::shared().stack() else { return };
    let (clean, profiles) = (stack.table(), stack.profiles());
    let first = seed();
    for seed in first..first + ROUNDS {
        let Some(scim) = Endpoint::empty_directory_of("standard") else { return };
        let id = scim.directory();
        let users: Vec<String> = (0..USERS)
            .map(|n| scim.create_user(&format!("u{n}"), &json!({ "title": format!("t{n}") })))
            .collect();
        for to in ["unique-titles", "standard"] {
            assert!(block_on(profile_change::begin(&clean, &id, to, &profiles)).unwrap());
            let runners: Vec<_> = (0..2)
                .map(|runner| {
                    let relay = Relay::start(stack.dynamodb_url());
                    relay.jitter(if runner == 0 { SLOW } else { 0 });
                    spawn(run(Table::new(relay.client(), scim.table()), id.clone(), Arc::clone(&profiles)))
                })
                .collect();
            let leases = spawn(end_leases(clean.clone(), id.clone(), seed));
            let ended = Arc::new(AtomicBool::new(false));
            // Nothing waits for other instances here, so a client that continues would
            // keep the index that is removed.
            ended.store(to == "standard", Ordering::SeqCst);
            // With another credential: its first request reads the change.
            let client = scim.by_another_credential(None).unwrap();
            let client = spawn(change_titles(client, users.clone(), Arc::clone(&ended)));
            for runner in runners {
                assert_eq!(block_on(runner).unwrap(), Progress::Ended, "seed {seed}, to {to}");
            }
            ended.store(true, Ordering::SeqCst);
            let changes = block_on(client).unwrap();
            leases.abort();
            say(&format!("seed {seed}: {to} with {changes} changes meanwhile"));
            // Late calls of both have arrived.
            std::thread::sleep(Duration::from_millis(200));
            let found = block_on(findings(&clean, &profiles, &id));
            assert!(found.is_empty(), "seed {seed}, to {to}: {found:?}");
            let entries = entries(&scim, &id);
            let right = if to == "standard" { 0 } else { USERS };
            assert_eq!(entries, right, "seed {seed}, to {to}");
        }
    }
}

/// A client that continues until the change has ended. Returns the number of its changes.
async fn change_titles(scim: Endpoint, users: Vec<String>, ended: Arc<AtomicBool>) -> usize {
    let mut changes = 0;
    while !ended.load(Ordering::SeqCst) {
        let title = json!([{ "op": "replace", "path": "title", "value": format!("n{changes}") }]);
        let path = format!("/Users/{}", users[changes % users.len()]);
        let answer = Call::new(&scim, "PATCH", &path).json(&patch(&title)).exchange().await;
        assert!(matches!(answer.status, 200 | 409 | 429 | 503), "{answer}");
        changes += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    changes
}

fn entries(scim: &Endpoint, id: &DirectoryId) -> usize {
    let query = scim.stack().unwrap().client().query().table_name(scim.table()).consistent_read(true);
    let query = query.key_condition_expression("PK = :pk");
    let query = query.expression_attribute_values(":pk", AttributeValue::S(format!("D#{id}#User#title")));
    block_on(query.send()).unwrap().items().len()
}
