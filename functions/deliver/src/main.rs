//! The `deliver` function: wires subscriptions to the queue of notifications and the clock.

use std::sync::Arc;
use std::time::Duration;

use deliver::Delivery;
use gateway::delivery::Sender;
use gateway::delivery::notify::Notification;
use gateway::delivery::push::Tokens;
use gateway::run::start;
use gateway::settings::Reach;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use scim::profile::Profiles;
use serde::Deserialize;
use serde_json::{Value, json};

/// How long a run works. It ends before the function's timeout, also when each of the last requests
/// takes as long as it may.
const RUN: Duration = Duration::from_secs(45);

/// A batch of messages of SQS.
#[derive(Deserialize)]
struct Messages {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    body: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    gateway::log::metrics::start();
    let (table, notifier) = (start::table()?, start::notifier()?);
    let tokens = Tokens::new(table.clone(), start::deployment()?, Arc::new(Profiles::built_in()));
    let sender = Sender::new(Reach::Public).with_tokens(tokens).with_bus(start::event_bus()?);
    let delivery = Delivery { table, sender, notifier };
    run(service_fn(|event: LambdaEvent<Value>| answer(&delivery, event.payload))).await
}

/// The queue sends messages, the schedule an event without any. A batch that fails comes again.
async fn answer(delivery: &Delivery, event: Value) -> Result<Value, Error> {
    if event.get("Records").is_some() {
        let messages: Messages = serde_json::from_value(event)?;
        let notifications = messages.records.iter().map(|message| serde_json::from_str(&message.body));
        let notifications = notifications.collect::<Result<Vec<Notification>, _>>()?;
        deliver::handle(delivery, notifications, RUN).await?;
        return Ok(Value::Null);
    }
    let report = deliver::tick(delivery).await?;
    gateway::log::metrics::subscriptions(report.paused, report.delay);
    Ok(json!({ "paused": report.paused, "delay": report.delay }))
}
