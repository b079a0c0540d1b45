//! A closed loop: every connection sends its next request as soon as the last one is answered.

use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::client::{Connection, Reply, Target};
use crate::operations::Operation;
use crate::price;
use crate::world::World;

/// The measurements of one operation.
pub(crate) struct Figures {
    pub(crate) name: String,
    latencies: Histogram<u64>,
    read: f64,
    write: f64,
    /// Responses that reported their units.
    reported: u64,
    failed: u64,
    elapsed: Duration,
    /// CPU ticks that the server used.
    ticks: Option<u64>,
}

impl Figures {
    pub(crate) fn new(name: &str) -> Self {
        let latencies = Histogram::new_with_bounds(1, 60_000_000, 3).expect("a histogram");
        Self {
            name: name.to_owned(),
            latencies,
            read: 0.0,
            write: 0.0,
            reported: 0,
            failed: 0,
            elapsed: Duration::ZERO,
            ticks: None,
        }
    }

    /// Counts one answer.
    pub(crate) fn count(&mut self, took: Duration, reply: &Reply, done: &[u16]) {
        self.latencies.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
        let (read, write) = reply.units.unwrap_or_default();
        self.read += read;
        self.write += write;
        self.reported += u64::from(reply.units.is_some());
        self.failed += u64::from(!done.contains(&reply.status));
    }

    /// Adds the counts of another connection over the same time.
    pub(crate) fn add(&mut self, other: &Self) {
        self.latencies.add(&other.latencies).expect("the same bounds");
        self.read += other.read;
        self.write += other.write;
        self.reported += other.reported;
        self.failed += other.failed;
    }

    /// Sets the total time of all requests.
    pub(crate) fn took(&mut self, elapsed: Duration) {
        self.elapsed += elapsed;
    }

    /// Sets the CPU ticks that the server used meanwhile.
    pub(crate) fn used(&mut self, ticks: Option<u64>) {
        self.ticks = ticks;
    }

    /// CPU milliseconds of the server per request. Unlike times, other work on the machine
    /// hardly disturbs them.
    pub(crate) fn processor_millis(&self) -> Option<f64> {
        Some(self.ticks? as f64 * 10.0 / self.latencies.len() as f64)
    }

    /// The median, in milliseconds.
    pub(crate) fn median(&self) -> f64 {
        self.latencies.value_at_quantile(0.5) as f64 / 1000.0
    }

    /// The 99th percentile in milliseconds; `None` for fewer than 100 samples.
    pub(crate) fn p99(&self) -> Option<f64> {
        (self.latencies.len() >= 100).then(|| self.latencies.value_at_quantile(0.99) as f64 / 1000.0)
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// Read and write units per request, where the server reports them.
    pub(crate) fn units(&self) -> Option<(f64, f64)> {
        let answers = self.reported as f64;
        (self.reported > 0).then(|| (self.read / answers, self.write / answers))
    }

    pub(crate) fn failed(&self) -> u64 {
        self.failed
    }

    pub(crate) fn json(&self) -> Value {
        let units = self.units();
        json!({
            "operation": self.name,
            "requests": self.latencies.len(),
            "failed": self.failed,
            "perSecond": self.per_second(),
            "p50Millis": self.median(),
            "p99Millis": self.p99(),
            "processorMillis": self.processor_millis(),
            "readUnits": units.map(|(read, _)| read),
            "writeUnits": units.map(|(_, write)| write),
            "dollarsPerMillion": units.map(price::million),
        })
    }
}

/// Measures operations for some time, or until their stock is used up. Each connection sends them
/// in turn, so two that undo one another leave all sizes as they are.
pub(crate) async fn measure(
    target: &Target,
    world: &Rc<World>,
    operations: &[&'static Operation],
    connections: usize,
    lasting: Duration,
) -> Vec<Figures> {
    let set = tokio::task::LocalSet::new();
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(target).await);
    }
    let none = || operations.iter().map(|operation| Figures::new(operation.name)).collect::<Vec<_>>();
    let began = Instant::now();
    let end = began + lasting;
    let tasks: Vec<_> = open
        .into_iter()
        .map(|mut connection| {
            let (world, operations, mut figures) = (Rc::clone(world), operations.to_vec(), none());
            set.spawn_local(async move {
                'asking: while Instant::now() < end {
                    for (operation, figures) in operations.iter().zip(&mut figures) {
                        let Some(ask) = (operation.ask)(&world) else { break 'asking };
                        let asked = Instant::now();
                        let reply = connection.ask(&ask).await;
                        figures.count(asked.elapsed(), &reply, operation.done);
                        world.stock.borrow_mut().extend(ask.joins);
                    }
                }
                figures
            })
        })
        .collect();
    let mut total = none();
    set.run_until(async {
        for task in tasks {
            let figures = task.await.expect("a connection");
            total.iter_mut().zip(&figures).for_each(|(total, figures)| total.add(figures));
        }
    })
    .await;
    total.iter_mut().for_each(|figures| figures.took(began.elapsed()));
    total
}
