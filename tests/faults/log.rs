//! The event log under random schedules: on a table with faults, written by a function that is killed
//! and called again, from records in shards that are not in step.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use directory::Table;
use directory::events::{self, Decision};
use directory::id::DirectoryId;
use directory::registry::change::{DirectoryChange, change};
use scim::model::profile::Profile;
use scim::profile::STANDARD;
use serde_json::{Value, json};
use tests::endpoint::Endpoint;
use tests::mirror::Mirror;
use tests::misbehave::Mutant;
use tests::names::unique;
use tests::progress::number;
use tests::replay::Replay;
use tests::runtime::block_on;

use crate::run::run;
use crate::schedules::{say, seed};
use crate::shards::{Shards, Spoiled};
use crate::world::World;

/// Operations of one round, and number of rounds in which a deliberate fault is to be noticed.
const OPERATIONS: u64 = 1_500;
const ROUNDS: u64 = 8;
/// Operations in all without a fault, unless `ROLLCALL_FAULTS_OPERATIONS` says how many: enough for a build of
/// every day.
const FEW: u64 = 1_000;

/// A deliberate fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Of the calls to the table.
    Table(Mutant),
    /// Of the records.
    Records(Spoiled),
}

/// One round. Returns what is wrong with the logs. With a guard, all deletes are held, and approved at the
/// end.
fn round(seed: u64, operations: u64, fault: Option<Fault>, is_guarded: bool) -> Option<Vec<String>> {
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
    if is_guarded {
        world.directories.iter().for_each(|town| hold(&clean, &town.id));
    }
    let table = Table::new(world.table.client(), &name);
    let (shards, feed) = Shards::start(stack.stream_of(&name), &table, seed, spoiled);
    let profile = stack.profiles().get(STANDARD).unwrap();
    let has_settled = AtomicBool::new(false);
    let mut wrong = Vec::new();
    let mut mirrors = std::thread::scope(|scope| {
        let mirrors = scope.spawn(|| match fault {
            None => mirrors(&world, &clean, &profile, seed, &has_settled),
            Some(_) => Vec::new(),
        });
        run(&world, seed, usize::try_from(operations).unwrap(), false);
        if !block_on(shards.settle()) {
            wrong.push("the log does not get on".to_owned());
        }
        has_settled.store(true, Ordering::SeqCst);
        mirrors.join().unwrap()
    });
    block_on(feed.stop(Duration::from_secs(1)));
    let snapshots = mirrors.len();
    let mut events = 0;
    for town in &world.directories {
        let mut expected = Replay::default();
        for (kind, path) in [("User", "/Users?count=1000"), ("Group", "/Groups?count=1000")] {
            let (status, page) = block_on(world.request(0, town, ("GET", path), None, None::<Value>));
            assert_eq!(status, 200, "{page}");
            expected.list(kind, &page);
        }
        if is_guarded {
            wrong.extend(approve(&clean, &town.id));
        }
        for (_, mirror) in mirrors.iter_mut().filter(|(id, _)| *id == town.id) {
            mirror.follow(&clean, &town.id);
            wrong.extend(mirror.differences(&expected).into_iter().map(|it| format!("snapshot: {it}")));
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
    let (report, count) = (shards.report(), wrong.len());
    say(&format!(
        "log, seed {seed}, {fault:?}: {events} events, {snapshots} snapshots; {report}; {count} wrong"
    ));
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

/// Holds what disables or deletes users of `directory`: what is beyond the first five changes is not due
/// before the end.
fn hold(table: &Table, directory: &DirectoryId) {
    let hold = json!({ "hold": { "above": 5, "within": "1h", "settle": "1h" } });
    let settings = hold.as_object().cloned();
    block_on(change(table, directory, &DirectoryChange { settings, ..DirectoryChange::default() })).unwrap();
}

/// Approves what is held. Returns what is wrong with it.
fn approve(table: &Table, directory: &DirectoryId) -> Vec<String> {
    let mut wrong = Vec::new();
    let before = Replay::of(table, directory);
    let has =
        |replay: &Replay, what: &str| replay.types.iter().filter(|(kind, _)| kind == what).count() as u64;
    if has(&before, "user.deleted") + has(&before, "user.disabled") > 0 {
        wrong.push("it was not held".to_owned());
    }
    let held = block_on(events::held(table, directory, None, 1000)).unwrap();
    let time = Duration::from_secs(60);
    let decided = block_on(events::decide_all(table, directory, Decision::Approve, None, time)).unwrap();
    let after = Replay::of(table, directory);
    let ended = has(&after, "user.deleted") + has(&after, "user.disabled");
    let counts = [held.waiting, held.items.len() as u64, decided.changes, ended];
    if counts.iter().any(|count| *count != ended) || ended < 6 {
        wrong.push(format!("waiting, held, approved, in the log: {counts:?}"));
    }
    if (has(&after, "held.opened"), has(&after, "held.closed")) != (1, 1) {
        wrong.push("the hold was not opened and closed once".to_owned());
    }
    wrong
}

#[test]
#[ignore = "takes half a minute: .ci/run runs it"]
fn what_is_held_is_counted_once_and_approved_once() {
    let seed = seed();
    let Some(wrong) = round(seed, OPERATIONS, None, true) else { return };
    assert!(wrong.is_empty(), "seed {seed}: {}", wrong.join("\n"));
}

#[test]
fn the_log_describes_the_directory() {
    let mut left = number("ROLLCALL_FAULTS_OPERATIONS").unwrap_or(FEW);
    let first = seed();
    for seed in first.. {
        let operations = left.min(OPERATIONS * 4);
        let Some(wrong) = round(seed, operations, None, false) else { return };
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
        let Some(wrong) = round(seed, OPERATIONS, Some(fault), false) else { return };
        let found = wrong.iter().find(|wrong| words.iter().any(|words| wrong.contains(words)));
        if let Some(found) = found {
            say(&format!("{fault:?}: {}", found.chars().take(200).collect::<String>()));
            return;
        }
    }
    panic!("{fault:?} from seed {first} on: not noticed");
}

#[test]
#[ignore = "takes a minute"]
fn a_log_whose_writers_ignore_each_other_is_noticed() {
    let words = ["does not get on", "a gap or a duplicate", "assertion", "members of", "resource"];
    is_noticed(Fault::Table(Mutant::LogHead), &words);
}

#[test]
#[ignore = "takes a minute"]
fn a_log_that_takes_in_records_again_is_noticed() {
    is_noticed(
        Fault::Table(Mutant::LogMark),
        &["was a member", "was no member", "members of", "the version"],
    );
}

#[test]
#[ignore = "takes half a minute: .ci/run runs it"]
fn a_log_that_does_not_say_who_deleted_a_resource_is_noticed() {
    is_noticed(Fault::Table(Mutant::Tombstone), &["without an actor"]);
}

#[test]
#[ignore = "takes half a minute: .ci/run runs it"]
fn a_log_that_takes_each_removal_for_a_clean_up_is_noticed() {
    is_noticed(Fault::Records(Spoiled::Removals), &["members of"]);
}

#[test]
fn a_log_that_ignores_the_order_of_records_is_noticed() {
    is_noticed(Fault::Records(Spoiled::Order), &["members of", "resource"]);
}
