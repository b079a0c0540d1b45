//! `POST …/subscriptions/{subscription}/test`

use axum::extract::State;
use axum::response::Response;
use directory::subscription::advance::Outcome;
use gateway::app::App;
use gateway::delivery::{Sent, by_hand};
use gateway::http::error::Failure;
use http::StatusCode;
use serde_json::{Value, json};

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
    let sent = by_hand::test(&app, &of, &id).await?;
    Ok(answer::about(&of, StatusCode::OK, &shown(&sent)))
}

/// What became of an event.
pub(super) fn shown(sent: &Sent) -> Value {
    let mut shown = json!({
        "delivered": sent.outcome == Outcome::Delivered,
        "milliseconds": u64::try_from(sent.time.as_millis()).unwrap_or(u64::MAX),
    });
    if let Some(shown) = shown.as_object_mut() {
        shown.extend(sent.status.map(|status| ("status".to_owned(), json!(status))));
        shown.extend(sent.reason().map(|reason| ("reason".to_owned(), json!(reason))));
    }
    shown
}
