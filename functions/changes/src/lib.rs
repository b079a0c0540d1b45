//! Reads the table's stream and cleans up behind deletes and replaced member lists.
//!
//! Two events reach it: batches of the stream's records, and once a minute a tick for
//! what is due again ([`directory::upkeep::sweep`]).

use aws_lambda_events::event::dynamodb::{Event, StreamRecord};
use directory::error::Error;
use directory::store::Store;
use directory::upkeep::sweep::jobs_for_stream_record;
use scim::profile::Profiles;
use serde_json::{Value, json};

/// Removes what the records of `event` leave behind. Records that come twice do no harm.
///
/// Answers Lambda's partial batch response: the sequence number of the first record
/// that failed, from which on Lambda sends them again.
pub async fn handle(store: &Store, event: Event) -> Value {
    for record in event.records {
        let number = record.change.sequence_number.clone();
        if let Err(error) = sweep(store, record.change).await {
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

async fn sweep(store: &Store, change: StreamRecord) -> Result<(), Error> {
    let at = change.approximate_creation_date_time.timestamp();
    for job in jobs_for_stream_record(&change.old_image.into(), &change.new_image.into()) {
        store.sweep(&job, at).await?;
    }
    Ok(())
}
