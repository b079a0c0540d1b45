//! Runs that are killed, and runs that overlap.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deliver::Clock;
use directory::subscription::store;
use tests::runtime::block_on;
use tokio::time::timeout;

use crate::receiver::{Receiver, Reply};
use crate::world::World;

const TIME: Duration = Duration::from_secs(30);

#[test]
fn a_kill_between_sending_and_saving_repeats_and_never_skips() {
    let mut world = World::new();
    let users: Vec<String> = (0..30).map(|n| format!("u{}", n % 9)).collect();
    world.change(&users.iter().map(String::as_str).collect::<Vec<_>>());
    let receiver = Receiver::new(|_| Reply { after: Duration::from_millis(3), ..200.into() });
    let subscription = world.subscribe(&receiver.url);
    let mut kills = 0;
    // Each run lives a little longer than the one before.
    while world.read(&subscription).cursor < world.head() {
        let run = deliver::run(&world.delivery, &subscription, Clock::default(), TIME);
        let ended = block_on(async { timeout(Duration::from_millis(2 * kills), run).await });
        kills += u64::from(ended.is_err());
    }
    let taken = receiver.taken();
    assert!(kills > 2 && taken.len() > 30, "{kills} kills, {} requests", taken.len());
    assert!((1..=30).all(|sequence| taken.contains(&sequence)), "{taken:?}");
}

/// The slow run got a refusal, the fast one delivered the event: the slow one must not note its refusal.
#[test]
fn of_two_runs_at_the_same_time_one_has_an_effect() {
    let mut world = World::new();
    world.change(&["a"]);
    let asked = AtomicUsize::new(0);
    let receiver = Receiver::new(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Reply { after: Duration::from_millis(800), ..400.into() },
        _ => Reply { after: Duration::from_millis(100), ..200.into() },
    });
    let subscription = world.subscribe(&receiver.url);
    let run = || deliver::run(&world.delivery, &subscription, Clock::default(), TIME);
    let (one, other) = block_on(async { tokio::join!(run(), run()) });
    assert!(!one.unwrap() && !other.unwrap());
    assert_eq!(receiver.received().len(), 2, "an event may come twice");
    let after = world.read(&subscription);
    assert_eq!((after.cursor, after.revision, after.open.len()), (1, 1, 0));
}

/// A slow run must not undo what an administrator did meanwhile.
#[test]
fn a_change_while_a_run_is_under_way_is_kept() {
    let mut world = World::new();
    world.change(&["a", "b"]);
    let receiver = Receiver::new(|_| Reply { after: Duration::from_millis(300), ..200.into() });
    let subscription = world.subscribe(&receiver.url);
    let change = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let pause = store::change(world.table(), &world.directory, &subscription.subscription, |of| {
            of.pause("test", 1);
            Ok(())
        });
        pause.await
    };
    let run = deliver::run(&world.delivery, &subscription, Clock::default(), TIME);
    let (changed, more) = block_on(async { tokio::join!(change, run) });
    assert!(changed.is_ok() && !more.unwrap());
    let paused = world.read(&subscription);
    assert_eq!((paused.cursor, paused.may_send(i64::MAX)), (0, false));
}

#[test]
fn a_deleted_subscription_gets_no_dead_letter() {
    let mut world = World::new();
    world.change(&["a"]);
    let receiver = Receiver::new(|_| Reply { after: Duration::from_millis(300), ..400.into() });
    let subscription = world.subscribe_with(&receiver.url, |of| {
        of.cursor = 1;
        of.open = [(1, directory::subscription::Open { refused: 4, after: 0, since: None })].into();
    });
    let world = Arc::new(world);
    let delete = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        store::delete(world.table(), &world.directory, &subscription.subscription).await
    };
    let run = deliver::run(&world.delivery, &subscription, Clock::default(), TIME);
    let (deleted, more) = block_on(async { tokio::join!(delete, run) });
    assert!(deleted.is_ok() && !more.unwrap());
    assert!(world.dead(&subscription).is_empty());
}
