//! Records of the stream that are lost: the log is not right, and a comparison with the directory completes it.

use std::time::Duration;

use aws_lambda_events::event::dynamodb::EventRecord;
use directory::Table;
use directory::events::reconcile::{Options, Report, reconcile};
use directory::id::DirectoryId;
use fastrand::Rng;
use scim::profile::Profiles;
use tests::replay::Replay;
use tests::runtime::block_on;

use crate::interleavings::Recorded;
use crate::schedules::{say, seed};
use crate::shards::call_until_done;

/// All steps, each as short as possible.
fn compare(table: &Table, directory: &DirectoryId, apply: bool) -> Vec<Report> {
    let options = Options { apply, time: Duration::ZERO, patience: Duration::ZERO };
    let profiles = Profiles::built_in();
    let (mut reports, mut after) = (Vec::new(), None::<String>);
    loop {
        let report = block_on(reconcile(table, directory, &profiles, after.as_deref(), &options)).unwrap();
        after.clone_from(&report.next);
        reports.push(report);
        if after.is_none() {
            return reports;
        }
    }
}

fn deliver(table: &Table, records: &[EventRecord]) {
    records.chunks(30).for_each(|batch| block_on(call_until_done(table, batch)));
}

#[test]
fn what_was_lost_is_appended() {
    let seed = seed();
    let Some(Recorded { table, world, expected, records, .. }) = Recorded::new(seed) else { return };
    // Most records of the beginning are processed, a few of the middle, none of the end.
    let mut rng = Rng::with_seed(seed);
    let count = records.len();
    let kept = records.iter().cloned().enumerate().filter(|(index, _)| {
        let chance = if index * 3 < count {
            90
        } else if index * 3 < count * 2 {
            40
        } else {
            0
        };
        rng.u8(..100) < chance
    });
    let kept: Vec<EventRecord> = kept.map(|(_, record)| record).collect();
    deliver(&table, &kept);
    for (town, expected) in world.directories.iter().zip(&expected) {
        let before = Replay::of(&table, &town.id);
        assert_ne!(before.differences(expected), [""; 0], "seed {seed}: nothing is missing");
        let missing: usize = compare(&table, &town.id, false).iter().map(|step| step.differences.len()).sum();
        assert!(missing > 10, "seed {seed}: {missing}");
        assert_eq!(Replay::of(&table, &town.id), before, "seed {seed}: appended although not asked to");
        let steps = compare(&table, &town.id, true);
        let after = Replay::of(&table, &town.id);
        say(&format!(
            "log, seed {seed}: {missing} missing; {} steps; {} events more",
            steps.len(),
            after.sequence - before.sequence
        ));
        assert_eq!(after.differences(expected), [""; 0], "seed {seed}");
        assert_eq!(after.odd, [""; 0], "seed {seed}");
        let left = compare(&table, &town.id, false);
        assert!(left.iter().all(|step| step.differences.is_empty()), "seed {seed}: {left:?}");
    }
    // The lost records come after all: the log says it already.
    deliver(&table, &records);
    for (town, expected) in world.directories.iter().zip(&expected) {
        assert_eq!(Replay::of(&table, &town.id).differences(expected), [""; 0], "seed {seed}");
    }
}
