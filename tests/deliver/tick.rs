//! The schedule finds what a notification has not.

use std::collections::HashSet;

use directory::clock::seconds;
use gateway::delivery::notify::{Notification, Notifier};
use tests::runtime::block_on;
use tokio::sync::mpsc::unbounded_channel;

use crate::world::World;

const NOWHERE: &str = "http://127.0.0.1:9/";

/// What one tick notifies.
fn notified(world: &mut World) -> HashSet<Notification> {
    let (sender, mut notifications) = unbounded_channel();
    world.delivery.notifier = Notifier::Task(sender);
    block_on(deliver::tick(&world.delivery)).unwrap();
    let mut all = HashSet::new();
    while let Ok(notification) = notifications.try_recv() {
        all.insert(notification);
    }
    all
}

#[test]
fn a_tick_notifies_what_is_due_and_what_is_behind() {
    let mut world = World::new();
    assert!(notified(&mut world).is_empty());
    let idle = world.subscribe(NOWHERE);
    let paused = world.subscribe_with(NOWHERE, |of| of.pause("test", seconds() - 7));
    assert!(notified(&mut world).is_empty());
    world.change(&["a"]);
    let failing = world.subscribe_with(NOWHERE, |of| {
        (of.attempt, of.failing_since, of.due) = (3, Some(seconds() - 500), Some(seconds() + 60));
    });
    let due = world.subscribe_with(NOWHERE, |of| (of.cursor, of.due) = (1, Some(seconds())));
    let found = notified(&mut world);
    assert_eq!(found, HashSet::from([idle, due]), "and neither {paused:?} nor {failing:?}");
    let report = block_on(deliver::tick(&world.delivery)).unwrap();
    assert_eq!(report.paused, 1);
    assert!((500..520).contains(&report.delay), "{report:?}");
}

#[test]
fn an_append_notifies_the_subscriptions_that_may_send() {
    let mut world = World::new();
    let (sender, mut notifications) = unbounded_channel();
    let notifier = Notifier::Task(sender);
    let active = world.subscribe(NOWHERE);
    world.subscribe_with(NOWHERE, |of| of.pause("test", 1));
    world.subscribe_with(NOWHERE, |of| (of.attempt, of.due) = (1, Some(seconds() + 60)));
    world.change(&["a"]);
    block_on(notifier.appended(world.table(), &world.directory)).unwrap();
    assert_eq!(notifications.try_recv().unwrap(), active);
    assert!(notifications.try_recv().is_err());
}
