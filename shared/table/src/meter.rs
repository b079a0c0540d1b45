//! Counts the capacity units that a request consumes.
//!
//! A task-local, so that no signature carries it; work of a request is joined, never
//! spawned, and so is counted where it was asked for.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// DynamoDB's capacity units: one read unit is 4 KB read strongly consistent, one
/// write unit 1 KB written.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Units {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
}

/// In thousandths, because an eventually consistent read costs half a unit.
#[derive(Debug, Default)]
struct Meter {
    read: AtomicU64,
    write: AtomicU64,
}

tokio::task_local! {
    static METER: Arc<Meter>;
}

/// Runs `work` and returns its output with the units that it consumed.
pub async fn metered<F: Future>(work: F) -> (F::Output, Units) {
    let meter = Arc::new(Meter::default());
    let output = METER.scope(Arc::clone(&meter), work).await;
    let units = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64 / 1000.0;
    (output, Units { read: units(&meter.read), write: units(&meter.write) })
}

/// Counts the units of a reading call.
pub(crate) fn read(capacity: &[ConsumedCapacity]) {
    add(capacity, |meter| &meter.read);
}

/// Counts the units of a writing call.
pub(crate) fn wrote(capacity: &[ConsumedCapacity]) {
    add(capacity, |meter| &meter.write);
}

fn add(capacity: &[ConsumedCapacity], counter: fn(&Meter) -> &AtomicU64) {
    let units: f64 = capacity.iter().filter_map(ConsumedCapacity::capacity_units).sum();
    // Outside a request (start-up, background work) nothing is counted.
    let _ = METER.try_with(|meter| counter(meter).fetch_add((units * 1000.0) as u64, Ordering::Relaxed));
}
