//! `POST …/subscriptions/{subscription}/test`

use axum::extract::State;
use axum::response::Response;
use directory::clock::now;
use directory::subscription::advance::Outcome;
use directory::subscription::store;
use gateway::app::App;
use gateway::delivery::push::TEST;
use gateway::delivery::{Sender, Sent};
use gateway::http::error::Failure;
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::failure;
use crate::answer;
use crate::target::{Named, OfSubscription};

/// Sends a test event now, also when the subscription is paused or does not want the type. The event is
/// not in the log. Returns what the endpoint answered.
///
/// # Errors
/// 404 when there is no such subscription.
pub(crate) async fn test(
    State(app): State<App>,
    Named(of): Named,
    OfSubscription(id): OfSubscription,
) -> Result<Response, Failure> {
    let found = store::read(&app.table, &of, &id).await.map_err(|error| failure(&id, error))?;
    let found = found.ok_or_else(|| Failure::unknown("subscription", &id.to_string()))?;
    let event = json!({
        "id": format!("evt_{}", Uuid::now_v7().simple()),
        "type": TEST,
        "time": now(),
        "directory": of.to_string(),
        "resource": { "type": "Subscription", "id": id.to_string() },
    });
    let sent = Sender::of(&app).send(&found, &event).await;
    Ok(answer::about(&of, StatusCode::OK, &shown(&sent)))
}

/// What became of an event.
pub(super) fn shown(sent: &Sent) -> Value {
    let reason = match &sent.outcome {
        Outcome::Delivered => None,
        Outcome::Refused { reason, .. } | Outcome::Rejected { reason } | Outcome::Unusable { reason, .. } => {
            Some(reason.as_str())
        }
        Outcome::Gone => Some("the endpoint answered 410"),
    };
    let mut shown = json!({
        "delivered": sent.outcome == Outcome::Delivered,
        "milliseconds": u64::try_from(sent.time.as_millis()).unwrap_or(u64::MAX),
    });
    if let Some(shown) = shown.as_object_mut() {
        shown.extend(sent.status.map(|status| ("status".to_owned(), json!(status))));
        shown.extend(reason.map(|reason| ("reason".to_owned(), json!(reason))));
    }
    shown
}
