//! A closed loop: every connection asks again as soon as it is answered.

use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::client::{Connection, Target, Told};
use crate::operations::Operation;
use crate::world::World;

/// What was measured of one operation.
pub(crate) struct Figures {
    pub(crate) name: String,
    latencies: Histogram<u64>,
    read: f64,
    write: f64,
    failed: u64,
    elapsed: Duration,
}

impl Figures {
    pub(crate) fn new(name: &str) -> Self {
        let latencies = Histogram::new_with_bounds(1, 60_000_000, 3).expect("a histogram");
        Self { name: name.to_owned(), latencies, read: 0.0, write: 0.0, failed: 0, elapsed: Duration::ZERO }
    }

    /// Counts one answer.
    pub(crate) fn count(&mut self, took: Duration, told: &Told, done: &[u16]) {
        self.latencies.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
        let (read, write) = told.units.unwrap_or_default();
        self.read += read;
        self.write += write;
        self.failed += u64::from(!done.contains(&told.status));
    }

    /// Adds what another connection counted in the same time.
    fn add(&mut self, other: &Self) {
        self.latencies.add(&other.latencies).expect("the same bounds");
        self.read += other.read;
        self.write += other.write;
        self.failed += other.failed;
    }

    /// All requests together took this long.
    pub(crate) fn took(&mut self, elapsed: Duration) {
        self.elapsed += elapsed;
    }

    /// Milliseconds at this quantile.
    pub(crate) fn millis(&self, quantile: f64) -> f64 {
        self.latencies.value_at_quantile(quantile) as f64 / 1000.0
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// Units per request.
    pub(crate) fn units(&self) -> (f64, f64) {
        let requests = self.latencies.len().max(1) as f64;
        (self.read / requests, self.write / requests)
    }

    pub(crate) fn failed(&self) -> u64 {
        self.failed
    }

    pub(crate) fn json(&self) -> Value {
        let (read, write) = self.units();
        json!({
            "operation": self.name,
            "requests": self.latencies.len(),
            "failed": self.failed,
            "perSecond": self.per_second(),
            "p50Millis": self.millis(0.50),
            "p99Millis": self.millis(0.99),
            "readUnits": read,
            "writeUnits": write,
        })
    }
}

/// Measures one operation for some seconds.
pub(crate) async fn measure(
    target: &Target,
    world: &Rc<World>,
    operation: &'static Operation,
    connections: usize,
    seconds: u64,
) -> Figures {
    let set = tokio::task::LocalSet::new();
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds);
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (target, world) = (target.clone(), Rc::clone(world));
            set.spawn_local(async move {
                let (mut connection, mut figures) =
                    (Connection::open(&target).await, Figures::new(operation.name));
                while Instant::now() < end {
                    let ask = (operation.ask)(&world);
                    let asked = Instant::now();
                    let told = connection.ask(&ask).await;
                    figures.count(asked.elapsed(), &told, operation.done);
                }
                figures
            })
        })
        .collect();
    let mut total = Figures::new(operation.name);
    set.run_until(async {
        for task in tasks {
            total.add(&task.await.expect("a connection"));
        }
    })
    .await;
    total.took(began.elapsed());
    total
}
