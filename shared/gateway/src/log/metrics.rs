//! Metrics: a request's line in CloudWatch's embedded metric format, so that CloudWatch
//! reads them from the log and no call is made.
//!
//! AWS charges for each value of each dimension as a metric. So routes are templates, methods are
//! those of SCIM, and the directory is not a dimension.

use std::env;
use std::io::Write;
use std::sync::OnceLock;

use directory::clock::milliseconds;
use directory::id::DirectoryId;
use serde_json::{Value, json};

use super::request::Line;

/// The environment variable with the value of the dimension `Stack`; without it there are
/// ordinary log lines and no metrics.
const STACK: &str = "ROLLCALL_METRICS";
/// The namespace of all metrics.
const NAMESPACE: &str = "Rollcall";

/// What the metrics of this process are about.
#[derive(Debug)]
struct About {
    stack: String,
    function: String,
}

static ABOUT: OnceLock<About> = OnceLock::new();

/// Writes metrics from now on, if the environment asks for them.
pub fn start() {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    if let (Some(stack), Some(function)) = (variable(STACK), variable("AWS_LAMBDA_FUNCTION_NAME")) {
        // A second start finds the first one in place.
        let _ = ABOUT.set(About { stack, function });
    }
}

/// Writes the log line of a request: as metrics in Lambda, otherwise as an ordinary line.
pub fn request(line: &Line<'_>) {
    if let Some(about) = ABOUT.get() {
        return write(&embedded(about, line, milliseconds()));
    }
    tracing::info!(
        method = line.method(),
        route = line.route,
        status = line.status.as_u16(),
        directory = line.directory,
        duration_ms = line.millis(),
        read_units = line.units.read,
        write_units = line.units.write,
        request_id = line.request_id,
        "request"
    );
}

/// Reports how long a credential is still valid, for an alarm in time.
pub fn credential(directory: &DirectoryId, seconds_left: Option<i64>) {
    if let (Some(about), Some(seconds)) = (ABOUT.get(), seconds_left) {
        write(&ending(about, directory, seconds, milliseconds()));
    }
}

/// Reports how late the oldest job of the background work was, and how many jobs failed.
pub fn jobs(seconds_late: u64, failed: usize) {
    if let Some(about) = ABOUT.get() {
        write(&lateness(about, seconds_late, failed, milliseconds()));
    }
}

/// Reports how many subscriptions are paused, and for how many seconds the oldest event that could not be
/// delivered has waited.
pub fn subscriptions(paused: usize, delay: u64) {
    if let Some(about) = ABOUT.get() {
        write(&delivery(about, paused, delay, milliseconds()));
    }
}

/// Counts records of the table's stream that cannot be read, so that their events are incomplete.
pub fn incomplete(records: usize) {
    if let Some(about) = ABOUT.get() {
        write(&unread(about, records, milliseconds()));
    }
}

/// Counts a request for the administration API or an answer on the consent page with a wrong key,
/// for an alarm on guesses. A log line of its own says where.
pub fn failed_sign_in() {
    if let Some(about) = ABOUT.get() {
        write(&refused(about, milliseconds()));
    }
}

fn write(line: &Value) {
    let text = format!("{line}\n");
    // A failed write has no one to be reported to.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

fn ending(about: &About, directory: &DirectoryId, seconds: i64, now: u64) -> Value {
    let values = json!({ "CredentialDaysLeft": seconds / (24 * 3600), "directory": directory.to_string() });
    of_stack(about, "credential", &[("CredentialDaysLeft", "Count")], values, now)
}

fn lateness(about: &About, seconds_late: u64, failed: usize, now: u64) -> Value {
    let values = json!({ "JobDelay": seconds_late, "JobsFailed": failed });
    of_stack(about, "jobs", &[("JobDelay", "Seconds"), ("JobsFailed", "Count")], values, now)
}

fn delivery(about: &About, paused: usize, delay: u64, now: u64) -> Value {
    let values = json!({ "SubscriptionsPaused": paused, "DeliveryDelay": delay });
    let metrics = [("SubscriptionsPaused", "Count"), ("DeliveryDelay", "Seconds")];
    of_stack(about, "subscriptions", &metrics, values, now)
}

fn unread(about: &About, records: usize, now: u64) -> Value {
    let values = json!({ "IncompleteEvents": records });
    of_stack(about, "incomplete events", &[("IncompleteEvents", "Count")], values, now)
}

fn refused(about: &About, now: u64) -> Value {
    of_stack(about, "failed sign-in", &[("FailedSignIns", "Count")], json!({ "FailedSignIns": 1 }), now)
}

/// A line with `metrics` of the whole stack, each a name and a unit. `values` has the value of each, and
/// what else the line says.
fn of_stack(about: &About, message: &str, metrics: &[(&str, &str)], values: Value, now: u64) -> Value {
    let metrics: Vec<Value> =
        metrics.iter().map(|(name, unit)| json!({ "Name": name, "Unit": unit })).collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": now,
            "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [["Stack"]], "Metrics": metrics }],
        },
        "Stack": about.stack,
        "level": "INFO",
        "message": message,
    });
    if let (Value::Object(line), Value::Object(values)) = (&mut line, values) {
        line.extend(values);
    }
    line
}

fn embedded(about: &About, line: &Line<'_>, now: u64) -> Value {
    let metric = |name: &str, unit: &str| json!({ "Name": name, "Unit": unit });
    let by_route = [
        metric("Requests", "Count"),
        metric("Latency", "Milliseconds"),
        metric("ReadUnits", "Count"),
        metric("WriteUnits", "Count"),
    ];
    json!({
        "_aws": {
            "Timestamp": now,
            "CloudWatchMetrics": [
                { "Namespace": NAMESPACE, "Dimensions": [["Stack", "Route", "Status"]], "Metrics": by_route },
                { "Namespace": NAMESPACE, "Dimensions": [["Stack", "Function"]],
                  "Metrics": [metric("Faults", "Count")] },
            ],
        },
        "Stack": about.stack,
        "Function": about.function,
        "Route": format!("{} {}", line.method(), line.route),
        "Status": line.status.as_str(),
        "Requests": 1,
        "Latency": line.millis(),
        "ReadUnits": line.units.read,
        "WriteUnits": line.units.write,
        "Faults": u8::from(line.status.is_server_error()),
        "level": "INFO",
        "message": "request",
        "directory": line.directory,
        "request_id": line.request_id,
    })
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test that cannot go on has failed")]
mod tests {
    use std::time::Duration;

    use directory::meter::Units;
    use http::{Method, StatusCode};

    use super::*;

    fn line<'a>(method: &'a Method, status: StatusCode) -> Line<'a> {
        Line {
            method,
            route: "/scim/v2/Users/{id}",
            status,
            directory: "acme",
            duration: Duration::from_micros(12_345),
            units: Units { read: 1.5, write: 2.0 },
            request_id: "r-1",
        }
    }

    fn about() -> About {
        About { stack: "rollcall-dev".to_owned(), function: "users".to_owned() }
    }

    fn of(line: &Value) -> Option<&Vec<Value>> {
        line.pointer("/_aws/CloudWatchMetrics").and_then(Value::as_array)
    }

    #[test]
    fn a_credential_with_an_end_counts_its_days() {
        let directory = "acme".parse().ok();
        let line = directory.map(|directory| ending(&about(), &directory, 13 * 86_400 + 5, 0));
        let line = line.unwrap_or_default();
        assert_eq!((&line["CredentialDaysLeft"], &line["Stack"]), (&json!(13), &json!("rollcall-dev")));
        assert_eq!(of(&line).map(Vec::len), Some(1));
    }

    #[test]
    fn the_oldest_job_counts_its_seconds() {
        let line = lateness(&about(), 90, 1, 0);
        assert_eq!((&line["JobDelay"], &line["JobsFailed"]), (&json!(90), &json!(1)));
        assert_eq!(of(&line).map(Vec::len), Some(1));
    }

    #[test]
    fn subscriptions_count_what_is_paused_and_late() {
        let line = delivery(&about(), 2, 300, 0);
        assert_eq!((&line["SubscriptionsPaused"], &line["DeliveryDelay"]), (&json!(2), &json!(300)));
    }

    #[test]
    fn records_that_cannot_be_read_are_counted() {
        let line = unread(&about(), 2, 0);
        assert_eq!((&line["IncompleteEvents"], &line["Stack"]), (&json!(2), &json!("rollcall-dev")));
        assert_eq!(of(&line).map(Vec::len), Some(1));
    }

    #[test]
    fn a_wrong_key_counts_once() {
        let line = refused(&about(), 0);
        assert_eq!((&line["FailedSignIns"], &line["Stack"]), (&json!(1), &json!("rollcall-dev")));
        assert_eq!(of(&line).map(Vec::len), Some(1));
    }

    #[test]
    fn every_metric_and_every_dimension_has_its_value_beside_it() {
        let line = embedded(&about(), &line(&Method::PATCH, StatusCode::OK), 0);
        let directives = of(&line);
        for directive in directives.into_iter().flatten() {
            let names = directive["Metrics"].as_array().into_iter().flatten().map(|metric| &metric["Name"]);
            for name in names.filter_map(Value::as_str) {
                assert!(line[name].is_number(), "{name}: {line}");
            }
            let dimensions = directive["Dimensions"][0].as_array().into_iter().flatten();
            for name in dimensions.filter_map(Value::as_str) {
                assert!(line[name].is_string(), "{name}: {line}");
            }
        }
        assert_eq!(directives.map(Vec::len), Some(2));
        assert_eq!((&line["Route"], &line["Status"]), (&json!("PATCH /scim/v2/Users/{id}"), &json!("200")));
        assert_eq!((&line["Latency"], &line["Faults"]), (&json!(12.345), &json!(0)));
    }

    #[test]
    fn an_invented_method_makes_no_metric_of_its_own() {
        let invented = Method::from_bytes(b"BREW").unwrap_or_default();
        let line = embedded(&about(), &line(&invented, StatusCode::METHOD_NOT_ALLOWED), 0);
        assert_eq!(line["Route"], "- /scim/v2/Users/{id}");
    }

    #[test]
    fn an_answer_of_500_is_a_fault() {
        let line = embedded(&about(), &line(&Method::GET, StatusCode::INTERNAL_SERVER_ERROR), 0);
        assert_eq!(line["Faults"], 1);
    }
}
