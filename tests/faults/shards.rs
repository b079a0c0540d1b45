//! The function `changes` as it may happen to be called: the stream's records come in several shards
//! that are not in step, a run is killed at any moment, and a batch is delivered again.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use directory::Table;
use fastrand::Rng;
use gateway::delivery::notify::Notifier;
use rollcall::feed::{Consumer, Feed, source::Source};
use table::name::{MEMBER_KEY, PK};
use tests::runtime::spawn;
use tokio::time::{sleep, timeout};

const SHARDS: usize = 3;
/// Records of one batch.
const BATCH: usize = 25;
/// Batches of which any may come again.
const AGAIN: usize = 10;
/// How long no record may be processed before the log counts as stopped: some times as long as one run
/// tries.
const STOPPED: Duration = Duration::from_secs(45);

/// How the function gets its records, as if it treated them wrongly itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoiled {
    /// With numbers that do not say which record of an item is the later one.
    Order,
    /// Without removed memberships, as if all of them were cleaned up.
    Removals,
}

impl Spoiled {
    fn spoil(self, batch: &mut Vec<EventRecord>) {
        match self {
            Self::Order => batch.iter_mut().for_each(|record| {
                let number = record.change.sequence_number.get_or_insert_default();
                *number = number.chars().rev().collect();
            }),
            Self::Removals => batch.retain(|record| {
                let is_removal = record.change.new_image.is_empty();
                !is_removal || record.change.old_image.get(MEMBER_KEY).is_none()
            }),
        }
    }
}

/// Takes records, and calls the function with them.
pub(crate) struct Shards(Arc<Shared>);

struct Shared {
    queues: [Mutex<VecDeque<EventRecord>>; SHARDS],
    taken: AtomicUsize,
    done: AtomicUsize,
    killed: AtomicUsize,
    repeated: AtomicUsize,
    has_ended: AtomicBool,
}

/// The consumer of the feed: it only sorts the records.
struct Sorter(Arc<Shared>);

impl Shards {
    /// Starts reading `source`, and calling the function with `table`. What goes wrong is drawn from
    /// `seed`.
    pub(crate) fn start(source: Source, table: &Table, seed: u64, spoiled: Option<Spoiled>) -> (Self, Feed) {
        let shared = Arc::new(Shared {
            queues: Default::default(),
            taken: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            killed: AtomicUsize::new(0),
            repeated: AtomicUsize::new(0),
            has_ended: AtomicBool::new(false),
        });
        for shard in 0..SHARDS {
            let rng = Rng::with_seed(seed.wrapping_add(shard as u64));
            spawn(work(Arc::clone(&shared), shard, table.clone(), rng, spoiled));
        }
        let feed = tests::runtime::block_on(async { Feed::start(source, Sorter(Arc::clone(&shared))) });
        (Self(shared), feed)
    }

    /// Waits until nothing has come for a while, and all of it is processed. Returns `false` when the
    /// function does not get on.
    pub(crate) async fn settle(&self) -> bool {
        let (mut quiet, mut before, mut progress) = (0, (0, 0), Instant::now());
        while quiet < 15 && progress.elapsed() < STOPPED {
            sleep(Duration::from_millis(200)).await;
            let now = (self.0.taken.load(Ordering::SeqCst), self.0.done.load(Ordering::SeqCst));
            quiet = if now == before && now.0 == now.1 { quiet + 1 } else { 0 };
            if now != before {
                (before, progress) = (now, Instant::now());
            }
        }
        self.0.has_ended.store(true, Ordering::SeqCst);
        quiet >= 15
    }

    /// What happened, as text.
    pub(crate) fn report(&self) -> String {
        let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        let Shared { taken, killed, repeated, .. } = &*self.0;
        format!(
            "{} records, {} runs killed, {} batches repeated",
            count(taken),
            count(killed),
            count(repeated)
        )
    }
}

impl Consumer for Sorter {
    async fn handle(&self, event: Event) -> Option<String> {
        for record in event.records {
            let mut hasher = DefaultHasher::new();
            format!("{:?}", record.change.keys.get(PK)).hash(&mut hasher);
            let shard = usize::try_from(hasher.finish() % SHARDS as u64).unwrap();
            self.0.queues[shard].lock().unwrap().push_back(record);
            self.0.taken.fetch_add(1, Ordering::SeqCst);
        }
        None
    }

    async fn tick(&self) -> Result<(), String> {
        Ok(())
    }
}

async fn work(shared: Arc<Shared>, shard: usize, table: Table, mut rng: Rng, spoiled: Option<Spoiled>) {
    // The last batches: Lambda may send any of them again.
    let mut last: VecDeque<Vec<EventRecord>> = VecDeque::new();
    while !shared.has_ended.load(Ordering::SeqCst) {
        let most = rng.usize(1..=BATCH);
        let batch: Vec<EventRecord> =
            shared.queues[shard].lock().unwrap().iter().take(most).cloned().collect();
        if batch.is_empty() {
            sleep(Duration::from_millis(20)).await;
            continue;
        }
        // One shard may be far behind another.
        let lag = *rng.choice(&[2, 10, 300]).unwrap();
        sleep(Duration::from_millis(rng.u64(..lag))).await;
        if rng.u8(..20) == 0
            && let Some(again) = rng.choice(&last).cloned()
        {
            call(&table, again).await;
            shared.repeated.fetch_add(1, Ordering::SeqCst);
        }
        let patience = if rng.u8(..8) == 0 { rng.u64(..30) } else { 60_000 };
        let mut records = batch.clone();
        if let Some(spoiled) = spoiled {
            spoiled.spoil(&mut records);
        }
        match timeout(Duration::from_millis(patience), call(&table, records)).await {
            Ok(true) => {
                shared.queues[shard].lock().unwrap().drain(..batch.len());
                shared.done.fetch_add(batch.len(), Ordering::SeqCst);
                last.push_front(batch);
                last.truncate(AGAIN);
            }
            Ok(false) => {}
            Err(_) => {
                shared.killed.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

/// Calls the function until it was done, as Lambda does.
pub(crate) async fn call_until_done(table: &Table, records: &[EventRecord]) {
    for _ in 0..10 {
        if call(table, records.to_vec()).await {
            return;
        }
    }
    panic!("a batch was refused ten times");
}

/// Calls the function. Returns whether it was done.
async fn call(table: &Table, records: Vec<EventRecord>) -> bool {
    let mut event = Event::default();
    event.records = records;
    let answer = changes::handle(table, &Notifier::Off, event).await;
    answer["batchItemFailures"].as_array().is_some_and(Vec::is_empty)
}
