//! Reads the table's stream: appends what changed to the event logs of the directories, and queues the
//! jobs that clean up after deletes and replaced member lists.
//!
//! Two events reach it: batches of the stream's records, and once a minute the schedule, for the
//! jobs that are due ([`directory::upkeep`]).

use std::time::Duration;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use directory::Table;
use directory::error::Error;
use directory::events::{self, Record};
use directory::upkeep::sweep::{follow, jobs_for_stream_record};
use directory::upkeep::{self, Report};
use futures_util::future::join_all;
use gateway::delivery::notify::Notifier;
use gateway::log::metrics;
use scim::profile::Profiles;
use serde::Deserialize;
use serde_json::{Value, json};

/// The event that Lambda sends, as JSON. A record that cannot be read has no images, and one without
/// readable keys is left out: it would stop its shard until the stream deletes it.
#[must_use]
pub fn read(event: Value) -> Event {
    let records = match event {
        Value::Object(mut event) => event.remove("Records"),
        _ => None,
    };
    let mut event = Event::default();
    for record in records.as_ref().and_then(Value::as_array).into_iter().flatten() {
        match EventRecord::deserialize(record).or_else(|_| unreadable(record)) {
            Ok(record) => event.records.push(record),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "a record of the stream has no readable keys: it is left out");
                metrics::incomplete(1);
            }
        }
    }
    event
}

/// `record` with its position and its keys only.
fn unreadable(record: &Value) -> Result<EventRecord, serde_json::Error> {
    let mut record = record.clone();
    if let Some(change) = record.get_mut("dynamodb").and_then(Value::as_object_mut) {
        change.retain(|name, _| !matches!(name.as_str(), "OldImage" | "NewImage"));
    }
    EventRecord::deserialize(&record)
}

/// Appends what the records of `event` say to the event logs, notifies the subscriptions of the directories,
/// and queues the jobs that the records call for. Records that come twice do no harm.
///
/// Answers Lambda's partial batch response. When something failed, it names the first record: Lambda
/// sends all of them again.
pub async fn handle(table: &Table, notifier: &Notifier, event: Event) -> Value {
    let first = event.records.first().map(|record| record.change.sequence_number.clone());
    let failed = match follow_all(table, notifier, event.records).await {
        Ok(()) => None,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "records of the stream will be delivered again");
            first
        }
    };
    let failures = failed.map(|number| json!({ "itemIdentifier": number }));
    json!({ "batchItemFailures": failures.into_iter().collect::<Vec<_>>() })
}

/// The part of a run in which held events are released.
const RELEASE: Duration = Duration::from_secs(10);

/// Releases the held events that are due, and carries on with the jobs that are due, for about `time`.
/// `profiles` are those that directories may follow.
///
/// # Errors
/// The table's own.
pub async fn tick(table: &Table, profiles: &Profiles, time: Duration) -> Result<Report, Error> {
    let released = events::release_due(table, RELEASE.min(time)).await;
    let report = upkeep::run(table, profiles, time).await?;
    released?;
    Ok(report)
}

async fn follow_all(table: &Table, notifier: &Notifier, records: Vec<EventRecord>) -> Result<(), Error> {
    let (mut jobs, mut changes) = (Vec::new(), Vec::with_capacity(records.len()));
    for record in records {
        let (stream, change) = (record.event_source_arn.unwrap_or_default(), record.change);
        let (keys, old, new) = (change.keys.into(), change.old_image.into(), change.new_image.into());
        let at = change.approximate_creation_date_time;
        let called_for = jobs_for_stream_record(&old, &new);
        jobs.extend(called_for.into_iter().map(|job| (job, at.timestamp())));
        let number = change.sequence_number.unwrap_or_default();
        changes.push(Record::new(&stream, &number, at.timestamp_millis(), old, new).with_keys(keys));
    }
    let incomplete = changes.iter().filter(|record| !record.is_readable()).count();
    // The sweeps come after the events: these are read from what the sweeps remove.
    let directories = events::record(table, changes).await?;
    // Also when nothing was appended: the records may come again because this was not done. The log does not
    // wait for the queue: what was not notified is found by the next tick of the function `deliver`.
    for notified in join_all(directories.iter().map(|directory| notifier.appended(table, directory))).await {
        if let Err(error) = notified {
            tracing::error!(error = &error as &dyn std::error::Error, "subscriptions are not notified");
        }
    }
    if incomplete > 0 {
        tracing::error!(incomplete, "records of the stream cannot be read: their events are incomplete");
        metrics::incomplete(incomplete);
    }
    follow(table, &jobs).await
}
