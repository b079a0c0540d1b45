//! `POST /admin/directories/{directory}/rotate-secret`: another secret for its OAuth tokens.

use ::directory::registry::rotation::{self, Old};
use axum::extract::State;
use axum::response::Response;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::failure;
use crate::answer;
use crate::body::read;
use crate::target::Named;
use crate::time;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotate {
    /// Whether the tokens that were issued until now end at once.
    #[serde(default)]
    now: bool,
}

/// Replaces the secret: 200, with the time until which the previous one is valid, if it still is.
/// Static tokens and client secrets are not affected.
pub(crate) async fn rotate(
    State(app): State<App>,
    Named(id): Named,
    body: Json,
) -> Result<Response, Failure> {
    let Rotate { now } = read(body)?;
    let old = if now { Old::Ended } else { Old::Valid };
    let secrets = rotation::rotate(&app.table, &id, old).await;
    let secrets = secrets.map_err(|error| failure(&id.to_string(), error))?;
    let until = secrets.previous_until().and_then(time::shown);
    let body = json!({ "id": id.to_string(), "previousValidUntil": until });
    Ok(answer::about(&id, StatusCode::OK, &body))
}
