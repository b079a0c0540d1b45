//! The event log under random schedules: on a table with faults, written by a function that is killed
//! and called again, from records in shards that are not in step.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use directory::Table;
use directory::id::DirectoryId;
use scim::model::profile::Profile;
use scim::profile::STANDARD;
use serde_json::Value;
use tests::endpoint::Endpoint;
use tests::mirror::Mirror;
use tests::misbehave::Mutant;
use tests::names::unique;
use tests::progress::number;
use tests::replay::Replay;
use tests::runtime::block_on;

use crate::run::run;
use crate::schedules::{say, seed};
use crate::shards::Shards;
use crate::world::World;

/// Operations of one round, and number of rounds in which a mutant is to be noticed.
const OPERATIONS: u64 = 1_500;
const ROUNDS: u64 = 8;

/// One round. Returns what is wrong with the logs.
fn round(seed: u64, operations: u64, mutant: Option<Mutant>) -> Option<Vec<String>> {
    let stack = Endpoint::shared().stack()?;
    let name = format!("rollcall-log-{}", unique());
    let clean = Table::new(stack.client(), &name);
    block_on(clean.ensure()).unwrap();
    let world = Arc::new(World::build_on(&name, seed, 2, mutant)?);
    let table = Table::new(world.table.client(), &name);
    let (shards, feed) = Shards::start(stack.stream_of(&name), &table, seed);
    let profile = stack.profiles().get(STANDARD).unwrap();
    let has_settled = AtomicBool::new(false);
    let mut mirrors = std::thread::scope(|scope| {
        let mirrors = scope.spawn(|| match mutant {
            None => mirrors(&world, &clean, &profile, seed, &has_settled),
            Some(_) => Vec::new(),
        });
        run(&world, seed, usize::try_from(operations).unwrap(), false);
        block_on(shards.settle());
        has_settled.store(true, Ordering::SeqCst);
        mirrors.join().unwrap()
    });
    block_on(feed.stop(Duration::from_secs(1)));
    let (mut wrong, snapshots) = (Vec::new(), mirrors.len());
    let mut events = 0;
    for town in &world.directories {
        let mut expected = Replay::default();
        for (kind, path) in [("User", "/Users?count=1000"), ("Group", "/Groups?count=1000")] {
            let (status, page) = block_on(world.request(0, town, ("GET", path), None, None::<Value>));
            assert_eq!(status, 200, "{page}");
            expected.list(kind, &page);
        }
        for (_, mirror) in mirrors.iter_mut().filter(|(id, _)| *id == town.id) {
            mirror.follow(&clean, &town.id);
            wrong.extend(mirror.differences(&expected).into_iter().map(|it| format!("snapshot: {it}")));
        }
        match catch_unwind(AssertUnwindSafe(|| Replay::of(&clean, &town.id))) {
            Ok(replay) => {
                events += replay.sequence;
                wrong.extend(replay.differences(&expected));
            }
            Err(panic) => {
                wrong.push(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned()));
            }
        }
    }
    let (report, count) = (shards.report(), wrong.len());
    say(&format!("log, seed {seed}: {events} events, {snapshots} snapshots; {report}; {count} wrong"));
    Some(wrong)
}

/// Consumers that begin with a snapshot at different moments, each with its directory, until `has_settled`.
fn mirrors(
    world: &World,
    table: &Table,
    profile: &Profile,
    seed: u64,
    has_settled: &AtomicBool,
) -> Vec<(DirectoryId, Mirror)> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut mirrors = Vec::new();
    while !has_settled.load(Ordering::SeqCst) {
        for town in &world.directories {
            let limit = *rng.choice(&[5, 50, 1000]).unwrap();
            mirrors.push((town.id.clone(), Mirror::snapshot(table, &town.id, profile, limit)));
        }
        std::thread::sleep(Duration::from_millis(rng.u64(500..2_000)));
    }
    mirrors
}

#[test]
fn the_log_describes_the_directory() {
    let mut left = number("ROLLCALL_FAULTS_OPERATIONS").unwrap_or(2 * OPERATIONS);
    let first = seed();
    for seed in first.. {
        let operations = left.min(OPERATIONS * 4);
        let Some(wrong) = round(seed, operations, None) else { return };
        assert!(wrong.is_empty(), "seed {seed}: {}", wrong.join("\n"));
        left -= operations;
        if left == 0 {
            return;
        }
    }
}

#[test]
fn a_log_whose_writers_ignore_each_other_is_noticed() {
    let first = seed();
    for seed in first..first + ROUNDS {
        let Some(wrong) = round(seed, OPERATIONS, Some(Mutant::LogHead)) else { return };
        if !wrong.is_empty() {
            return;
        }
    }
    panic!("from seed {first} on: not noticed");
}
