//! Endpoints in trouble: what is retried, what is postponed, and what ends a run.

use std::time::Duration;

use entra::sync::{Options, Source};

use crate::local::{good, options, sync};
use crate::responder::{Fault, Responder, doubles};

fn small(responder: &Responder) -> Options {
    Options { backoff: Duration::from_millis(1), ..options(&responder.endpoint, "workgrid") }
}

#[test]
fn an_endpoint_without_fault() {
    let responder = Responder::start(Fault::None);
    good(&sync(small(&responder)));
}

#[test]
fn a_lost_answer_makes_no_second_user() {
    let responder = Responder::start(Fault::AnswersLost(10));
    let report = sync(small(&responder));
    good(&report);
    assert!(report.cycles[0].count("matched") >= 10, "{}", report.summary());
    for (kind, name) in [("Users", "userName"), ("Users", "externalId"), ("Groups", "displayName")] {
        assert_eq!(doubles(&responder.server(), kind, name), Vec::<String>::new());
    }
}

#[test]
fn what_cannot_be_done_now_is_done_in_the_next_cycle() {
    let responder = Responder::start(Fault::Unavailable(400));
    let report = sync(Options { retries: 1, ..small(&responder) });
    assert!(report.cycles[0].escrows > 0, "{}", report.summary());
    good(&report);
}

#[test]
fn what_can_never_be_done_is_left_and_said() {
    let responder = Responder::start(Fault::Unavailable(usize::MAX));
    let report = sync(Options { retries: 0, cycles: 0, ..small(&responder) });
    assert!(!report.is_good() && !report.escrows.is_empty());
    assert_eq!(report.cycles.len(), 4, "the initial cycle and three more attempts");
    assert!(report.summary().contains("InternalServerError"), "{}", report.summary());
}

#[test]
fn a_429_is_waited_for_as_long_as_it_says() {
    let responder = Responder::start(Fault::Throttled(3));
    let started = std::time::Instant::now();
    let report = sync(Options { cycles: 0, retries: 0, ..small(&responder) });
    good(&report);
    assert!(started.elapsed() >= Duration::from_secs(3));
}

#[test]
fn a_refused_token_ends_the_run_at_once() {
    let responder = Responder::start(Fault::TokenExpires(30));
    let report = sync(Options { concurrency: 1, ..small(&responder) });
    assert!(
        report.quarantine.as_ref().is_some_and(|reason| reason.contains("token is refused")),
        "{report:?}"
    );
    assert_eq!(responder.server().requests.len(), 30);
}

#[test]
fn a_404_for_a_filter_ends_the_run_before_it_began() {
    let responder = Responder::start(Fault::MissIs404);
    let report = sync(small(&responder));
    assert!(report.quarantine.as_ref().is_some_and(|reason| reason.contains("empty list")), "{report:?}");
    assert_eq!(responder.server().requests.len(), 1);
}

#[test]
fn two_hits_are_an_error_of_their_own() {
    let responder = Responder::start(Fault::None);
    let first = sync(Options { cycles: 0, ..small(&responder) });
    good(&first);
    responder.server().fault = Fault::SecondHit;
    let report = sync(Options { cycles: 0, settle: 0, ..small(&responder) });
    assert!(report.escrows.iter().any(|it| it.contains("DuplicateTargetEntries")), "{}", report.summary());
}

#[test]
fn more_disables_than_the_threshold_are_held_back() {
    let responder = Responder::start(Fault::None);
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log.jsonl");
    let with = |threshold| Options {
        deletion_threshold: threshold,
        state: Some(dir.path().join("state")),
        log: Some(log.clone()),
        source: Source::Generated { users: 40, groups: 6, seed: 11 },
        ..small(&responder)
    };
    let report = sync(with(Some(1)));
    assert!(
        report.quarantine.as_ref().is_some_and(|reason| reason.contains("threshold")),
        "{}",
        report.summary()
    );
    let held = report.cycles[1].count("staged");
    assert!(held > 1 && report.cycles[1].count("disabled") == 0, "{}", report.summary());
    let text = std::fs::read_to_string(&log).unwrap();
    assert_eq!(text.matches("\"StagedDelete\"").count() as u64, held);
    assert!(responder.server().resources.iter().all(|(_, it)| it["active"] != false));
    // When they are allowed, they are carried out later.
    let report = sync(with(None));
    good(&report);
    assert!(report.cycles[0].count("disabled") > 0);
}
