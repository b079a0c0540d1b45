//! I1 to I5 under random schedules on a table with faults.
//!
//! `ROLLCALL_FAULTS_OPERATIONS` sets the number of operations, `ROLLCALL_FAULTS_SEED` the first
//! seed; each round prints its own.

use std::sync::Arc;
use std::time::Instant;

use tests::endpoint::Endpoint;
use tests::progress::{bar, number};
use tests::runtime::block_on;
use tests::verified::findings;

use crate::check::check;
use crate::run::run;
use crate::shares::Shares;
use crate::world::World;

/// Operations of one round, which has its own directories.
const ROUND: usize = 10_000;
/// Of this many rounds, one freezes an instance for longer than a request may take.
const FREEZING: usize = 5;

/// The requested seed, or a new one each time.
pub(crate) fn seed() -> u64 {
    number("ROLLCALL_FAULTS_SEED").unwrap_or_else(|| fastrand::u64(..1_000_000_000))
}

/// Prints a line that is also shown when the test passes.
pub(crate) fn say(line: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{line}\n").as_bytes());
}

#[test]
fn what_clients_see_can_be() {
    let Some(stack) = Endpoint::shared().stack() else { return };
    let (table, profiles) = (stack.table(), stack.profiles());
    let mut left = usize::try_from(number("ROLLCALL_FAULTS_OPERATIONS").unwrap_or(5_000)).unwrap();
    let (first, progress) = (seed(), bar("operations", left as u64));
    for (round, seed) in (first..).enumerate() {
        let operations = left.min(ROUND);
        // Everything waits for it: not in a short run.
        let frozen = operations == ROUND && round.is_multiple_of(FREEZING);
        let Some(world) = World::build(seed, 3, None) else { return };
        let (world, started) = (Arc::new(world), Instant::now());
        let histories = run(&world, seed, operations, frozen);
        let ran = started.elapsed();
        let wrong: Vec<String> = histories.iter().flat_map(|history| check(history)).collect();
        let [runs, overlapping, jobs] = world.runs();
        say(&format!(
            "seed {seed}: {} operations in {:.1} s, checked in {:.1} s; {} suspensions{}; {runs} runs of the background \
             work, {overlapping} at the same time as another, {jobs} jobs; calls: {}",
            histories.iter().map(Vec::len).sum::<usize>(),
            ran.as_secs_f32(),
            (started.elapsed() - ran).as_secs_f32(),
            world.suspensions(),
            if frozen { " and a frozen instance" } else { "" },
            world.table.report()
        ));
        let shares = Shares::of(&histories);
        say(&format!("seed {seed}: done/refused/lost: {}", shares.report()));
        let some = wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n");
        assert!(wrong.is_empty(), "seed {seed}: {} violations, such as\n{some}", wrong.len());
        for town in &world.directories {
            // Index entries, counters and memberships agree with the resources.
            let findings = block_on(findings(&table, &profiles, &town.id));
            assert!(findings.is_empty(), "seed {seed}: {findings:?}");
        }
        assert!(shares.suffice(), "seed {seed}: too little is done: {}", shares.report());
        assert!(world.suspensions() > 0, "seed {seed}: no instance was suspended");
        assert!(overlapping > 0, "seed {seed}: the background work never ran twice at the same time");
        assert!(world.table.did_everything(), "seed {seed}: not all that can go wrong did");
        left -= operations;
        progress.inc(operations as u64);
        if left == 0 {
            return;
        }
    }
}
