//! The event log under random schedules: on a table with faults, written by a function that is killed
//! and called again, from records in shards that are not in step.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use directory::Table;
use serde_json::Value;
use tests::endpoint::Endpoint;
use tests::misbehave::Mutant;
use tests::names::unique;
use tests::replay::Replay;
use tests::runtime::block_on;

use crate::run::run;
use crate::schedules::{number, say, seed};
use crate::shards::{Shards, Spoiled};
use crate::world::World;

/// Operations of one round, and number of rounds in which a deliberate fault is to be noticed.
const OPERATIONS: u64 = 1_500;
const ROUNDS: u64 = 8;

/// A deliberate fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Of the calls to the table.
    Table(Mutant),
    /// Of the records.
    Records(Spoiled),
}

/// One round. Returns what is wrong with the logs.
fn round(seed: u64, operations: u64, fault: Option<Fault>) -> Option<Vec<String>> {
    let (mutant, spoiled) = match fault {
        Some(Fault::Table(mutant)) => (Some(mutant), None),
        Some(Fault::Records(spoiled)) => (None, Some(spoiled)),
        None => (None, None),
    };
    let stack = Endpoint::shared().stack()?;
    let name = format!("rollcall-log-{}", unique());
    let clean = Table::new(stack.client(), &name);
    block_on(clean.ensure()).unwrap();
    let world = Arc::new(World::build_on(&name, seed, 2, mutant)?);
    let table = Table::new(world.table.client(), &name);
    let (shards, feed) = Shards::start(stack.stream_of(&name), &table, seed, spoiled);
    run(&world, seed, usize::try_from(operations).unwrap());
    let mut wrong = Vec::new();
    if !block_on(shards.settle()) {
        wrong.push("the log does not get on".to_owned());
    }
    block_on(feed.stop(Duration::from_secs(1)));
    let mut events = 0;
    for town in &world.directories {
        let mut expected = Replay::default();
        for (kind, path) in [("User", "/Users?count=1000"), ("Group", "/Groups?count=1000")] {
            let (status, page) = block_on(world.request(0, town, ("GET", path), None, None::<Value>));
            assert_eq!(status, 200, "{page}");
            expected.list(kind, &page);
        }
        match catch_unwind(AssertUnwindSafe(|| Replay::of(&clean, &town.id))) {
            Ok(replay) => {
                events += replay.sequence;
                wrong.extend(replay.differences(&expected));
                wrong.extend(replay.odd);
            }
            Err(panic) => {
                wrong.push(panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned()));
            }
        }
    }
    say(&format!("log, seed {seed}, {fault:?}: {events} events; {}; {} wrong", shards.report(), wrong.len()));
    Some(wrong)
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

/// Some violation has one of `words`.
fn is_noticed(fault: Fault, words: &[&str]) {
    let first = seed();
    for seed in first..first + ROUNDS {
        let Some(wrong) = round(seed, OPERATIONS, Some(fault)) else { return };
        let found = wrong.iter().find(|wrong| words.iter().any(|words| wrong.contains(words)));
        if let Some(found) = found {
            say(&format!("{fault:?}: {}", found.chars().take(200).collect::<String>()));
            return;
        }
    }
    panic!("{fault:?} from seed {first} on: not noticed");
}

#[test]
fn a_log_whose_writers_ignore_each_other_is_noticed() {
    let words = ["does not get on", "a gap or a duplicate", "assertion", "members of", "resource"];
    is_noticed(Fault::Table(Mutant::LogHead), &words);
}

#[test]
fn a_log_that_takes_in_records_again_is_noticed() {
    is_noticed(
        Fault::Table(Mutant::LogMark),
        &["was a member", "was no member", "members of", "the version"],
    );
}

#[test]
fn a_log_that_does_not_say_who_deleted_a_resource_is_noticed() {
    is_noticed(Fault::Table(Mutant::Tombstone), &["without an actor"]);
}

#[test]
fn a_log_that_takes_each_removal_for_a_clean_up_is_noticed() {
    is_noticed(Fault::Records(Spoiled::Removals), &["members of"]);
}

#[test]
fn a_log_that_ignores_the_order_of_records_is_noticed() {
    is_noticed(Fault::Records(Spoiled::Order), &["members of", "resource"]);
}
