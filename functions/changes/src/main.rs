//! The `changes` function: wires the table to the stream and the clock.

use directory::store::Store;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use scim::profile::Profiles;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    gateway::run::start::logs();
    let store = gateway::run::start::store()?;
    run(service_fn(|event: LambdaEvent<Value>| answer(&store, event.payload))).await
}

/// The stream sends records, the schedule an event without any.
async fn answer(store: &Store, event: Value) -> Result<Value, Error> {
    if event.get("Records").is_some() {
        return Ok(changes::handle(store, serde_json::from_value(event)?).await);
    }
    Ok(json!({ "ended": changes::tick(store, &Profiles::built_in()).await? }))
}
