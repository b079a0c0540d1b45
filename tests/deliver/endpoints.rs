//! What endpoints do.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use directory::subscription::{Open, State};
use gateway::delivery::Sender;
use gateway::settings::Reach;
use serde_json::Value;
use tests::runtime::{block_on, spawn};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::receiver::{Received, Receiver, Reply};
use crate::world::World;

/// Each event was taken, and those about the same resource in order, apart from repetitions.
fn nothing_lost(receiver: &Receiver, head: u64) {
    let received = receiver.received();
    let taken: Vec<&Received> = received.iter().filter(|one| one.status < 300).collect();
    let all: BTreeSet<u64> = taken.iter().map(|one| one.sequence()).collect();
    assert_eq!(all, (1..=head).collect());
    let mut last: HashMap<&str, u64> = HashMap::new();
    let mut seen = BTreeSet::new();
    for one in taken.iter().filter(|one| seen.insert(one.sequence())) {
        let before = last.insert(one.about(), one.sequence());
        assert!(before.is_none_or(|before| before < one.sequence()), "{one:?} after {before:?}");
    }
}

#[test]
fn an_endpoint_that_fails_at_random_gets_everything_in_order() {
    let mut world = World::new();
    for round in 0..6 {
        let users: Vec<String> = (0..40).map(|n| format!("u{}", (n * 7 + round) % 13)).collect();
        world.change(&users.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    let random = Mutex::new(fastrand::Rng::with_seed(seed));
    let receiver = Receiver::new(move |_| {
        let mut random = random.lock().unwrap();
        let status = [200, 200, 200, 200, 200, 200, 500, 503, 429, 400][random.usize(..10)];
        Reply { after: Duration::from_millis(random.u64(..4)), ..status.into() }
    });
    let subscription = world.subscribe(&receiver.url);
    for _ in 0..20 {
        world.run_all(&subscription);
        if world.dead(&subscription).is_empty() {
            break;
        }
        // One in 100,000 is refused five times.
    }
    assert_eq!(world.read(&subscription).cursor, world.head());
    nothing_lost(&receiver, world.head());
}

#[test]
fn events_about_different_resources_are_sent_at_the_same_time() {
    let mut world = World::new();
    let users: Vec<String> = (0..16).map(|n| format!("u{n}")).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    world.change(&[&users[..], &users[..]].concat());
    let receiver = Receiver::new(|_| Reply { after: Duration::from_millis(200), ..200.into() });
    let subscription = world.subscribe(&receiver.url);
    world.run_all(&subscription);
    nothing_lost(&receiver, 32);
    let received = receiver.received();
    let took = received.last().unwrap().at - received[0].at;
    // One after another they would take 6.2 s, eight at a time 0.6 s.
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn a_run_ends_in_time_and_the_next_one_continues() {
    let mut world = World::new();
    world.change(&["a"; 12]);
    let receiver = Receiver::new(|_| Reply { after: Duration::from_millis(200), ..200.into() });
    let subscription = world.subscribe(&receiver.url);
    let start = std::time::Instant::now();
    assert!(world.run_for(&subscription, 0, Duration::from_millis(700)), "there is more to do");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert!((1..12).contains(&receiver.taken().len()));
    world.run_all(&subscription);
    nothing_lost(&receiver, 12);
    assert_eq!(receiver.taken().len(), 12);
}

#[test]
fn an_event_that_is_refused_five_times_is_a_dead_letter_and_the_rest_goes_on() {
    let mut world = World::new();
    world.change(&["a", "b", "a", "b"]);
    let receiver = Receiver::new(|event: &Value| if event["sequence"] == 1 { 422 } else { 200 }.into());
    let subscription = world.subscribe(&receiver.url);
    world.run(&subscription, 0);
    assert_eq!(receiver.taken(), [2, 4], "3 waits for 1");
    assert_eq!(world.read(&subscription).attempt, 0, "a refusal is no failure of the endpoint");
    world.change(&["c"]);
    world.run(&subscription, 0);
    assert_eq!(receiver.taken(), [2, 4, 5], "others are not delayed");
    assert_eq!(receiver.received().len(), 4, "it is not sent again at once");
    let took = world.run_all(&subscription);
    assert_eq!(receiver.taken(), [2, 4, 5, 3]);
    assert_eq!(receiver.received().iter().filter(|one| one.sequence() == 1).count(), 5);
    assert!((400..600).contains(&took), "{took}");
    let dead = world.dead(&subscription);
    assert_eq!((dead.len(), dead[0].sequence, dead[0].status), (1, 1, Some(422)));
    let left = world.read(&subscription);
    assert_eq!((left.cursor, left.open.len()), (5, 0));
}

/// A transaction has room for 100 items, and each dead letter is one.
#[test]
fn an_endpoint_that_refuses_very_many_events_holds_up_nothing() {
    let mut world = World::new();
    let users: Vec<String> = (0..120).map(|n| format!("u{n}")).collect();
    world.change(&users.iter().map(String::as_str).collect::<Vec<_>>());
    let receiver = Receiver::new(|_| 400.into());
    let subscription = world.subscribe(&receiver.url);
    world.run_all(&subscription);
    assert_eq!(world.dead(&subscription).len(), 100, "those of a page");
    let after = world.read(&subscription);
    assert_eq!((after.cursor, after.open.len(), after.due), (120, 0, None));
    receiver.behave(|_| 200.into());
    world.change(&["u0"]);
    world.run_all(&subscription);
    assert_eq!(receiver.taken(), [121]);
}

#[test]
fn an_endpoint_that_is_gone_pauses_the_subscription() {
    let mut world = World::new();
    world.change(&["a", "b"]);
    let receiver = Receiver::new(|_| 410.into());
    let subscription = world.subscribe(&receiver.url);
    world.run_all(&subscription);
    let State::Paused { reason, .. } = world.read(&subscription).state else { panic!("not paused") };
    assert!(reason.contains("410"), "{reason}");
    let asked = receiver.received().len();
    world.change(&["c"]);
    world.run(&subscription, 1_000_000);
    assert_eq!(receiver.received().len(), asked);
    receiver.behave(|_| 200.into());
    let resumed = directory::subscription::store::change(
        world.table(),
        &world.directory,
        &subscription.subscription,
        |of| {
            of.resume(directory::clock::seconds());
            Ok(())
        },
    );
    block_on(resumed).unwrap();
    world.run_all(&subscription);
    nothing_lost(&receiver, 3);
}

/// While very many events are open, the log is not read further.
#[test]
fn a_run_continues_in_the_log_after_very_many_open_events() {
    let mut world = World::new();
    let users: Vec<String> = (0..250).map(|n| format!("u{n}")).collect();
    world.change(&users.iter().map(String::as_str).collect::<Vec<_>>());
    let receiver = Receiver::new(|_| 200.into());
    let subscription = world.subscribe_with(&receiver.url, |of| {
        of.cursor = 200;
        of.open = (1..=200).map(|sequence| (sequence, Open::default())).collect();
    });
    assert!(!world.run(&subscription, 0));
    nothing_lost(&receiver, 250);
}

#[test]
fn a_redirect_is_refused_and_never_followed() {
    let mut world = World::new();
    world.change(&["a"]);
    let other = Receiver::new(|_| 200.into());
    let location = other.url.clone();
    let receiver =
        Receiver::new(move |_| Reply { headers: vec![("location", location.clone())], ..307.into() });
    let subscription = world.subscribe(&receiver.url);
    world.run_all(&subscription);
    assert_eq!((receiver.received().len(), other.received().len()), (5, 0));
    assert!(world.dead(&subscription)[0].reason.contains("redirect"));
}

#[test]
fn an_endpoint_that_asks_for_a_pause_gets_it() {
    let mut world = World::new();
    world.change(&["a"]);
    let receiver = Receiver::new(|_| Reply { headers: vec![("retry-after", "77".to_owned())], ..429.into() });
    let subscription = world.subscribe(&receiver.url);
    world.run(&subscription, 0);
    let due = world.read(&subscription).due.unwrap() - directory::clock::seconds();
    assert!((70..=77).contains(&due), "{due}");
    world.run(&subscription, due - 10);
    assert_eq!(receiver.received().len(), 1);
    receiver.behave(|_| 200.into());
    world.run(&subscription, due + 1);
    assert_eq!(receiver.taken(), [1]);
}

/// An endpoint that speaks no HTTP, one that never answers, and one that is not there.
#[test]
fn without_a_response_nothing_is_lost() {
    let mut world = World::new();
    world.change(&["a", "b", "a"]);
    let listener = block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let is_silent = Arc::new(AtomicBool::new(false));
    let (counted, silent) = (Arc::clone(&asked), Arc::clone(&is_silent));
    let task = spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            if silent.load(Ordering::SeqCst) {
                spawn(async move {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    drop(stream);
                });
                continue;
            }
            let mut buffer = [0; 64];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(b"\x00\x01 this is not HTTP\r\n\r\n").await;
        }
    });
    let subscription = world.subscribe(&url);
    world.run(&subscription, 0);
    let garbage = asked.load(Ordering::SeqCst);
    assert!(garbage > 0);
    assert_eq!(world.read(&subscription).attempt, 1);
    is_silent.store(true, Ordering::SeqCst);
    let start = std::time::Instant::now();
    world.run(&subscription, 600);
    let took = start.elapsed();
    assert!((Duration::from_secs(14)..Duration::from_secs(25)).contains(&took), "{took:?}");
    task.abort();
    let _ = block_on(task);
    world.run(&subscription, 6000);
    let failing = world.read(&subscription);
    assert_eq!((failing.attempt, failing.state), (3, State::Active));
    assert!(failing.failing_since.is_some() && world.dead(&subscription).is_empty());
    let receiver = Receiver::new(|_| 200.into());
    let moved = directory::subscription::store::change(
        world.table(),
        &world.directory,
        &subscription.subscription,
        |of| {
            of.channel = directory::subscription::Channel::Webhook { url: receiver.url.clone() };
            Ok(())
        },
    );
    block_on(moved).unwrap();
    world.run(&subscription, 20_000);
    nothing_lost(&receiver, 3);
    assert_eq!(world.read(&subscription).failing_since, None);
}

#[test]
fn in_aws_private_addresses_are_never_called() {
    let mut world = World::new();
    world.change(&["a"]);
    world.delivery.sender = Sender::new(Reach::Public);
    let receiver = Receiver::new(|_| 200.into());
    let port = receiver.url.rsplit(':').next().unwrap().to_owned();
    for host in
        ["http://127.0.0.1", "https://127.0.0.1", "https://localhost", "https://[::1]", "https://0x7f000001"]
    {
        let subscription = world.subscribe(&format!("{host}:{port}"));
        world.run(&subscription, 0);
        assert_eq!(world.read(&subscription).attempt, 1, "{host}");
    }
    assert!(receiver.received().is_empty());
}

#[test]
fn only_the_wanted_types_are_sent() {
    let mut world = World::new();
    world.change(&["a", "a", "b"]);
    let receiver = Receiver::new(|_| 200.into());
    let subscription = world.subscribe_with(&receiver.url, |of| of.types = vec!["user.created".to_owned()]);
    world.run_all(&subscription);
    assert_eq!(receiver.taken().into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([1, 3]));
    assert_eq!(world.read(&subscription).cursor, 3);
}

#[test]
fn events_that_are_not_kept_any_more_are_reported_and_the_rest_is_sent() {
    let mut world = World::new();
    world.change(&["a", "b", "c", "d"]);
    for sequence in 1..=2 {
        use aws_sdk_dynamodb::types::AttributeValue::S;
        let delete = world.stack.client().delete_item().table_name("deliver-tests");
        let delete = delete.key("PK", S(format!("E#{}", world.directory)));
        block_on(delete.key("SK", S(format!("{sequence:016}"))).send()).unwrap();
    }
    let receiver = Receiver::new(|_| 200.into());
    let subscription = world.subscribe(&receiver.url);
    world.run_all(&subscription);
    assert_eq!(receiver.taken().into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([3, 4]));
    let dead = world.dead(&subscription);
    assert_eq!((dead.len(), dead[0].sequence, dead[0].through), (1, 1, Some(2)));
    assert_eq!(world.read(&subscription).cursor, 4);
}
