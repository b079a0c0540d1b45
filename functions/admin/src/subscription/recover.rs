//! `POST …/subscriptions/{subscription}/recover`

use axum::extract::State;
use axum::response::Response;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::delivery::by_hand::{self, Start};
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use serde::Deserialize;

use super::shown;
use crate::answer;
use crate::body::read;
use crate::target::{Named, OfSubscription};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    after: Option<u64>,
    since: Option<String>,
}

/// Sends the events after a sequence number, or since a time, again.
///
/// # Errors
/// 400 when the body is not valid, 404 when there is no such subscription.
pub(crate) async fn recover(
    State(app): State<App>,
    Named(of): Named,
    OfSubscription(id): OfSubscription,
    body: Json,
) -> Result<Response, Failure> {
    let input: Input = read(body)?;
    let from = match (input.after, &input.since) {
        (Some(after), None) => Start::After(after),
        (None, Some(since)) => Start::Since(since),
        _ => return Err(invalid("send either `after`, a sequence number, or `since`, a time")),
    };
    let changed = by_hand::recover(&app, &of, &id, from).await?;
    Ok(answer::about(&of, StatusCode::OK, &shown::subscription(&changed)?))
}
