//! `POST …/subscriptions/{subscription}/rotate`

use axum::extract::State;
use axum::response::Response;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::delivery::by_hand;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use serde::Deserialize;

use super::shown;
use crate::answer;
use crate::body::read;
use crate::target::{Named, OfSubscription};

/// How long the old secrets sign as well, in hours: by default, and at most.
const USUAL: u32 = 24;
const MOST: u32 = 30 * 24;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Input {
    overlap_hours: Option<u32>,
}

/// Replaces the secrets. The new ones are shown only in this response.
///
/// # Errors
/// 400 when the body is not valid, for another channel than a webhook, and when too many secrets are valid;
/// 404 when there is no such subscription.
pub(crate) async fn rotate(
    State(app): State<App>,
    Named(of): Named,
    OfSubscription(id): OfSubscription,
    body: Json,
) -> Result<Response, Failure> {
    let input: Input = read(body)?;
    let hours = input.overlap_hours.unwrap_or(USUAL);
    if hours > MOST {
        return Err(invalid(format!("`overlapHours` must be 0 to {MOST}")));
    }
    let (changed, new) = by_hand::rotate(&app, &of, &id, hours, None).await?;
    let body = shown::with_secrets(shown::subscription(&changed)?, &new)?;
    Ok(answer::about(&of, StatusCode::OK, &body))
}
