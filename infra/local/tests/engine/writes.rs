//! A write with the stream on costs the same however many came before it.
//! Without the index it takes 15 times as long after 5,000 records.

use std::time::{Duration, Instant};

use dynoxide::Database;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::encode_shard_iterator;
use dynoxide::streams::shard_id;
use rollcall::engine::{Engine, trim};

use crate::table;

/// Writes whose median is compared.
const WINDOW: usize = 500;

/// Reads what the feed would and forgets it.
struct Consumer {
    iterator: String,
    trim: trim::Handle,
}

impl Consumer {
    fn new(engine: &Engine) -> Self {
        let iterator = encode_shard_iterator(table::NAME, &shard_id(table::NAME), 0);
        Self { iterator, trim: engine.trim(table::NAME) }
    }

    async fn consume(&mut self, database: &Database) {
        loop {
            let request = GetRecordsRequest { shard_iterator: self.iterator.clone(), limit: Some(100) };
            let answer = database.get_records(request).unwrap();
            let Some(last) = answer.records.last() else { return };
            self.trim.before(&last.dynamodb.sequence_number).await.unwrap();
            self.iterator = answer.next_shard_iterator.unwrap();
        }
    }
}

/// The median of the writes around the 1,000th and of the last ones, in
/// microseconds. The stream is consumed every `consumed` writes; the feed is
/// never that far behind.
async fn medians(count: usize, consumed: usize) -> (u128, u128) {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::start(&dir.path().join("dynamodb.sqlite")).unwrap();
    let database = engine.database().clone();
    table::create(&database);
    let mut consumer = Consumer::new(&engine);
    let mut times = Vec::with_capacity(count);
    for n in 0..count {
        let started = Instant::now();
        table::put(&database, n);
        times.push(started.elapsed());
        if n % consumed == consumed - 1 {
            consumer.consume(&database).await;
        }
    }
    drop(database);
    engine.stop().await;
    let early = times.get(1000 - WINDOW / 2..1000 + WINDOW / 2).unwrap();
    (median(early), median(times.last_chunk::<WINDOW>().unwrap()))
}

fn median(times: &[Duration]) -> u128 {
    let mut times: Vec<u128> = times.iter().map(Duration::as_micros).collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap()
}

/// The best of five runs: other processes only ever make it look worse.
async fn flat(count: usize, consumed: usize) {
    let mut seen = Vec::new();
    for _ in 0..5 {
        let (early, late) = medians(count, consumed).await;
        if late * 2 <= early * 3 {
            return;
        }
        seen.push((early, late));
    }
    panic!("median of the 1,000th and the {count}th write, in microseconds: {seen:?}");
}

#[tokio::test]
async fn the_20_000th_write_takes_no_longer_than_the_1_000th() {
    flat(20_000, 8_000).await;
}

#[tokio::test]
#[ignore = "a minute; .ci/full runs it"]
async fn the_100_000th_write_takes_no_longer_than_the_1_000th() {
    flat(100_000, 8_000).await;
}

#[tokio::test]
async fn what_is_consumed_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dynamodb.sqlite");
    let engine = Engine::start(&path).unwrap();
    table::create(engine.database());
    (0..1_000).for_each(|n| table::put(engine.database(), n));
    assert_eq!(table::records(&path), 1_000);
    Consumer::new(&engine).consume(engine.database()).await;
    // The last stays, so that numbers cannot go back.
    assert_eq!(table::records(&path), 1);
    engine.stop().await;
}

/// Bytes of its file that a log keeps when SQLite restarts it (`.cargo/config.toml`).
const KEPT: u64 = 32 << 20;

/// It is emptied in parallel with the writes; SQLite itself does so only when it is ten times as long.
#[tokio::test]
async fn the_log_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dynamodb.sqlite");
    let engine = Engine::start(&path).unwrap();
    table::create(engine.database());
    let log = || std::fs::metadata(dir.path().join("dynamodb.sqlite-wal")).unwrap().len();
    let mut puts = 0..100_000;
    while log() <= KEPT {
        table::put(engine.database(), puts.next().expect("the log grows"));
    }
    // The next write after everything was copied restarts it.
    for n in puts.take(40) {
        tokio::time::sleep(Duration::from_millis(250)).await;
        table::put(engine.database(), n);
        if log() <= KEPT {
            return engine.stop().await;
        }
    }
    panic!("the log has {} bytes", log());
}
