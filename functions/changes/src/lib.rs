//! Reads the table's stream and cleans up after deletes and replaced member lists.
//!
//! Two events reach it: batches of the stream's records, and once a minute the schedule, for the
//! jobs that are due ([`directory::upkeep`]).

use std::time::Duration;

use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use directory::Table;
use directory::error::Error;
use directory::registry::job::Job;
use directory::upkeep::sweep::{follow, jobs_for_stream_record};
use directory::upkeep::{self, Report};
use scim::profile::Profiles;
use serde_json::{Value, json};

/// Queues the jobs that the records of `event` call for, and does what is done soon. Records that
/// come twice do no harm.
///
/// Answers Lambda's partial batch response. When something failed, it names the first record: Lambda
/// sends all of them again.
pub async fn handle(table: &Table, event: Event) -> Value {
    let first = event.records.first().map(|record| record.change.sequence_number.clone());
    let jobs: Vec<(Job, i64)> = event.records.into_iter().flat_map(jobs_for).collect();
    let failed = match follow(table, &jobs).await {
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

/// Carries on with the jobs that are due, for about `time`. `profiles` are those that directories may
/// follow.
///
/// # Errors
/// The table's own.
pub async fn tick(table: &Table, profiles: &Profiles, time: Duration) -> Result<Report, Error> {
    upkeep::run(table, profiles, time).await
}

fn jobs_for(record: EventRecord) -> Vec<(Job, i64)> {
    let change = record.change;
    let at = change.approximate_creation_date_time.timestamp();
    let jobs = jobs_for_stream_record(&change.old_image.into(), &change.new_image.into());
    jobs.into_iter().map(|job| (job, at)).collect()
}
