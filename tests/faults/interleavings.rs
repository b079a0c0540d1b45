//! The event log, from the same records in different orders: those of one item stay in order, all others
//! come in any order, in batches of any size, some of which come again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use directory::Table;
use fastrand::Rng;
use rollcall::feed::{Consumer, Feed};
use serde_json::Value;
use table::item::Key;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::progress::number;
use tests::replay::Replay;
use tests::runtime::block_on;

use crate::run::run;
use crate::schedules::{say, seed};
use crate::shards::call_until_done;
use crate::world::World;

const OPERATIONS: usize = 600;
/// Orders in which the records are delivered.
const ORDERS: u64 = 6;

/// Keeps all records.
#[derive(Clone, Default)]
pub(crate) struct Collector(Arc<Mutex<Vec<EventRecord>>>);

impl Consumer for Collector {
    async fn handle(&self, event: Event) -> Option<String> {
        self.0.lock().unwrap().extend(event.records);
        None
    }

    async fn tick(&self) -> Result<(), String> {
        Ok(())
    }
}

impl Collector {
    /// All records, once none has come for a while.
    pub(crate) async fn all(&self) -> Vec<EventRecord> {
        let mut before = 0;
        loop {
            tokio::time::sleep(Duration::from_secs(3)).await;
            let all = self.0.lock().unwrap().clone();
            if all.len() == before {
                return all;
            }
            before = all.len();
        }
    }
}

/// `records` in an order that keeps that of each item.
fn mixed(records: &[EventRecord], rng: &mut Rng) -> Vec<EventRecord> {
    let mut items: BTreeMap<String, VecDeque<&EventRecord>> = BTreeMap::new();
    for record in records {
        let keys = &record.change.keys;
        let key = format!("{:?} {:?}", keys.get("PK"), keys.get("SK"));
        items.entry(key).or_default().push_back(record);
    }
    let mut queues: Vec<VecDeque<&EventRecord>> = items.into_values().collect();
    let mut mixed = Vec::with_capacity(records.len());
    while !queues.is_empty() {
        let index = rng.usize(..queues.len());
        let some = rng.usize(1..=queues[index].len());
        mixed.extend(queues[index].drain(..some).cloned());
        if queues[index].is_empty() {
            queues.swap_remove(index);
        }
    }
    mixed
}

/// Removes the logs, with all marks.
async fn forget(table: &Table, name: &str) {
    let client = Endpoint::shared().stack().unwrap().client();
    let scan = client.scan().table_name(name).consistent_read(true);
    let items = scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    let keys = items.iter().map(|item| Key::of(item).unwrap());
    table.delete_many(keys.filter(|key| key.pk.starts_with("E#") || key.pk.starts_with("M#"))).await.unwrap();
}

/// Delivers `records` in batches, some of them again. Returns how many batches came again.
async fn deliver(table: &Table, records: &[EventRecord], rng: &mut Rng) -> usize {
    let (mut done, mut again) = (0, 0);
    while done < records.len() {
        let end = (done + rng.usize(1..=40)).min(records.len());
        call_until_done(table, &records[done..end]).await;
        done = end;
        if rng.u8(..6) == 0 {
            let from = rng.usize(..done);
            let to = (from + rng.usize(1..=40)).min(done);
            call_until_done(table, &records[from..to]).await;
            again += 1;
        }
    }
    again
}

/// Directories after random operations, with what their clients see, and all records of the stream, none
/// of which has been processed.
pub(crate) struct Recorded {
    pub(crate) table: Table,
    name: String,
    pub(crate) world: Arc<World>,
    pub(crate) expected: Vec<Replay>,
    pub(crate) records: Vec<EventRecord>,
}

impl Recorded {
    pub(crate) fn new(seed: u64) -> Option<Self> {
        let stack = Endpoint::shared().stack()?;
        let name = format!("rollcall-order-{}", unique());
        let table = Table::new(stack.client(), &name);
        block_on(table.ensure()).unwrap();
        let world = Arc::new(World::build_on(&name, seed, 2, None)?);
        let collector = Collector::default();
        let feed = block_on(async { Feed::start(stack.stream_of(&name), collector.clone()) });
        run(&world, seed, OPERATIONS, false);
        let records = block_on(collector.all());
        block_on(feed.stop(Duration::from_secs(1)));
        let expected = world.directories.iter().map(|town| {
            let mut expected = Replay::default();
            for (kind, path) in [("User", "/Users?count=1000"), ("Group", "/Groups?count=1000")] {
                let (status, page) = block_on(world.request(0, town, ("GET", path), None, None::<Value>));
                assert_eq!(status, 200, "{page}");
                expected.list(kind, &page);
            }
            expected
        });
        let expected = expected.collect();
        Some(Self { table, name, world, expected, records })
    }
}

#[test]
fn the_log_is_right_whatever_the_order_of_items() {
    let seed = seed();
    let Some(Recorded { table, name, world, expected, records }) = Recorded::new(seed) else { return };
    for order in 0..number("ROLLCALL_FAULTS_ORDERS").unwrap_or(ORDERS) {
        let mut rng = Rng::with_seed(seed.wrapping_add(order));
        block_on(forget(&table, &name));
        let again = block_on(deliver(&table, &mixed(&records, &mut rng), &mut rng));
        say(&format!("log, seed {seed}, order {order}: {} records, {again} batches repeated", records.len()));
        for (town, expected) in world.directories.iter().zip(&expected) {
            let replay = Replay::of(&table, &town.id);
            assert_eq!(replay.differences(expected), [""; 0], "seed {seed}, order {order}");
            assert_eq!(replay.odd, [""; 0], "seed {seed}, order {order}");
        }
    }
}
