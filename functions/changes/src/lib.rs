//! Reads the table's stream and cleans up behind deletes and replaced member lists.
//!
//! Two events reach it: batches of the stream's records, and once a minute a tick for
//! what is due again ([`directory::upkeep::sweep`]).

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use directory::error::Error;
use directory::registry::job::Job;
use directory::store::Store;
use directory::upkeep::sweep::called_for;
use scim::profile::Profiles;
use serde_dynamo::{AttributeValue, Item};
use serde_json::{Value, json};

/// Sweeps what the records of `event` call for. Records that come twice do no harm.
///
/// Answers Lambda's partial batch response: the sequence number of the first record
/// that failed, from which on Lambda sends them again.
pub async fn handle(store: &Store, event: Event) -> Value {
    for record in event.records {
        let number = record.change.sequence_number.clone();
        if let Err(error) = sweep(store, &record).await {
            tracing::error!(error = &error as &dyn std::error::Error, "sweep failed");
            return json!({ "batchItemFailures": [{ "itemIdentifier": number }] });
        }
    }
    json!({ "batchItemFailures": [] })
}

/// Carries on with the sweeps that are due, and with directories that change to another of
/// `profiles`. Returns how many ended.
///
/// # Errors
/// The table's own.
pub async fn tick(store: &Store, profiles: &Profiles) -> Result<usize, Error> {
    store.sweep_due(profiles).await
}

async fn sweep(store: &Store, record: &EventRecord) -> Result<(), Error> {
    let at = record.change.approximate_creation_date_time.timestamp();
    for job in called_for_by(record) {
        store.sweep(&job, at).await?;
    }
    Ok(())
}

fn called_for_by(record: &EventRecord) -> Vec<Job> {
    let change = &record.change;
    let (Some(pk), Some(sk)) = (text(&change.keys, "PK"), text(&change.keys, "SK")) else {
        return Vec::new();
    };
    let epoch = |image| text(image, "epoch");
    called_for(pk, sk, epoch(&change.old_image), epoch(&change.new_image), record.event_name == "REMOVE")
}

fn text<'a>(item: &'a Item, attribute: &str) -> Option<&'a str> {
    match item.get(attribute)? {
        AttributeValue::S(text) => Some(text),
        _ => None,
    }
}
