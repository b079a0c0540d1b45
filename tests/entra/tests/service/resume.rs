//! A client that stops in the middle continues where it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use entra::sync::{Event, Options, Restart, Source, run};
use tokio::sync::Notify;

use crate::local::{block_on, directory, good, options, sync};
use crate::responder::{Fault, Responder};

/// Runs until the middle of a cycle, and is dropped there.
fn killed(options: Options, in_cycle: u32) {
    let (middle, reached) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
    let (signal, flag) = (Arc::clone(&middle), Arc::clone(&reached));
    let observer = move |event| {
        if let Event::Step { cycle, done, planned } = event
            && cycle == in_cycle
            && done * 2 >= planned
            && !flag.swap(true, Ordering::Relaxed)
        {
            signal.notify_one();
        }
    };
    let options = Options { observer: Some(Arc::new(observer)), ..options };
    block_on(async {
        tokio::select! {
            biased;
            () = middle.notified() => {}
            report = run(options) => panic!("it came to its end: {report:?}"),
        }
    });
    assert!(reached.load(Ordering::Relaxed));
}

#[test]
fn a_client_that_is_killed_in_the_middle_of_each_cycle() {
    let endpoint = directory("standard");
    let dir = tempfile::tempdir().unwrap();
    let with = |cycles| Options {
        cycles,
        state: Some(dir.path().join("state")),
        concurrency: 5,
        ..options(&endpoint, "standard")
    };
    // In order: the initial cycle, then the first, the second and the third.
    killed(with(0), 0);
    good(&sync(with(0)));
    for cycle in 1..4 {
        killed(with(1), cycle);
        good(&sync(with(1)));
    }
}

#[test]
fn nothing_is_sent_when_nothing_changed() {
    let endpoint = directory("standard");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("people.csv");
    let table = "userPrincipalName,displayName,mail,manager,groups\n\
                 ana@ex.io,\"Ito, Ana\",ana@ex.io,ben@ex.io,Team A\n\
                 ben@ex.io,Ben,ben+x@ex.io,,Team A;Team B\n";
    std::fs::write(&file, table).unwrap();
    let with = |restart| Options {
        source: Source::File(file.clone()),
        state: Some(dir.path().join("state")),
        cycles: 1,
        restart,
        ..options(&endpoint, "standard")
    };
    let first = sync(with(None));
    good(&first);
    assert_eq!((first.cycles[0].count("created"), first.cycles[0].count("members added")), (4, 3));
    assert_eq!((first.cycles[1].due, first.cycles[1].requests), (0, 0));
    // Ben leaves, Ana is renamed and leaves her group: rows change, and one is missing.
    std::fs::write(&file, "userPrincipalName,displayName,mail,groups\nana@ex.io,Ana Bell,ana@ex.io,\n")
        .unwrap();
    let second = sync(with(None));
    good(&second);
    let counts = ["disabled", "updated", "deleted"].map(|what| second.cycles[0].count(what));
    assert_eq!(counts, [1, 1, 2], "{}", second.summary());
    // Everything is read again, and nothing is written; after a full restart it is found again
    // by name.
    for (restart, matched) in [(Restart::Watermark, 0), (Restart::Full, 1)] {
        let again = sync(Options { allow_strays: true, ..with(Some(restart)) });
        good(&again);
        let counts = ["created", "updated", "matched"].map(|what| again.cycles[0].count(what));
        assert_eq!(counts, [0, 0, matched], "{}", again.summary());
    }
}

#[test]
fn a_member_whose_add_was_not_confirmed_is_removed_when_they_leave() {
    let responder = Responder::start(Fault::MembersLost(usize::MAX));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("people.csv");
    let with = || Options {
        source: Source::File(file.clone()),
        state: Some(dir.path().join("state")),
        cycles: 0,
        settle: 0,
        retries: 0,
        ..options(&responder.endpoint, "workgrid")
    };
    let table = |groups: &str| {
        format!("userPrincipalName,mail,groups\nana@ex.io,a@ex.io,A\nben@ex.io,b@ex.io,{groups}\n")
    };
    std::fs::write(&file, table("A")).unwrap();
    assert!(!sync(with()).is_good());
    // Both are in the group, although no response confirmed it. Now one leaves it.
    std::fs::write(&file, table("")).unwrap();
    responder.server().fault = Fault::None;
    let report = sync(Options { cycles: 1, ..with() });
    good(&report);
    assert_eq!(report.cycles[0].count("members removed"), 1, "{}", report.summary());
}
