//! Deliberate faults: the checker finds each.

use std::sync::Arc;

use tests::misbehave::Mutant;

use crate::check::check;
use crate::run::run;
use crate::schedules::{say, seed};
use crate::world::World;

/// Operations of one attempt, and number of attempts: more than needed.
const OPERATIONS: usize = 1_000;
const ATTEMPTS: u64 = 16;

/// Some violation has one of `words`: an unrelated error does not count.
fn is_found(mutant: Mutant, words: &[&str]) {
    let first = seed();
    for seed in first..first + ATTEMPTS {
        let Some(world) = World::build(seed, 2, Some(mutant)) else { return };
        let world = Arc::new(world);
        let histories = run(&world, seed, OPERATIONS, false);
        assert!(world.table.mutated() > 0, "{mutant:?}: there was nothing to take out");
        let wrong: Vec<String> = histories.iter().flat_map(|history| check(history)).collect();
        let found = wrong.iter().find(|wrong| words.iter().any(|words| wrong.contains(words)));
        say(&format!("{mutant:?}, seed {seed}: {} violations, such as {found:?}", wrong.len()));
        if found.is_some() {
            return;
        }
    }
    panic!("{mutant:?} from seed {first} on: not noticed");
}

#[test]
fn without_the_uniqueness_condition() {
    is_found(Mutant::Uniqueness, &["two owners", "two have one name"]);
}

#[test]
fn without_the_version_condition() {
    is_found(Mutant::Version, &["lost: ", "two contents"]);
}

#[test]
fn without_the_index_fallback() {
    is_found(Mutant::Fallback, &["not found by its name"]);
}

#[test]
#[ignore = "may take a minute: .ci/run runs it"]
fn without_the_condition_on_the_member_list() {
    is_found(Mutant::MemberList, &[" a member in "]);
}

#[test]
fn without_the_write_check() {
    is_found(Mutant::Write, &["it was refused, "]);
}
