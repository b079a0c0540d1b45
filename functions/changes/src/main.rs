//! The `changes` function: wires the table to the stream and the clock.

use std::time::Duration;

use directory::Table;
use gateway::delivery::notify::Notifier;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use scim::profile::Profiles;
use serde_json::{Value, json};

/// How long a run works. The schedule starts the next one a minute after this one.
const RUN: Duration = Duration::from_secs(45);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    gateway::run::start::logs();
    gateway::log::metrics::start();
    let (table, notifier) = (gateway::run::start::table()?, gateway::run::start::notifier()?);
    run(service_fn(|event: LambdaEvent<Value>| answer(&table, &notifier, event.payload))).await
}

/// The stream sends records, the schedule an event without any.
async fn answer(table: &Table, notifier: &Notifier, event: Value) -> Result<Value, Error> {
    if event.get("Records").is_some() {
        return Ok(changes::handle(table, notifier, changes::read(event)).await);
    }
    let report = changes::tick(table, &Profiles::built_in(), RUN).await?;
    gateway::log::metrics::jobs(report.oldest, report.failed);
    Ok(json!({ "ended": report.ended, "failed": report.failed, "oldest": report.oldest }))
}
