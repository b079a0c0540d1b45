//! Held changes of users ([`directory::events`]): `GET …/held`, `POST …/held/approve`, `POST …/held/reject`.

use std::time::Duration;

use ::directory::events::{Decision, decide_all, decide_some, held};
use axum::extract::State;
use axum::response::Response;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use serde::Deserialize;

use crate::answer::{self, json};
use crate::body::read;
use crate::directory::failure;
use crate::page::Page;
use crate::target::Found;

/// How long one call works.
const TIME: Duration = Duration::from_secs(10);
/// Ids that one call accepts.
const MOST: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// `next` of the previous call.
    after: Option<String>,
    /// Only the changes of these users.
    ids: Option<Vec<String>>,
}

/// The state of the guard, and one page of the held changes.
///
/// # Errors
/// The table's own.
pub(crate) async fn list(
    State(app): State<App>,
    Found(directory): Found,
    page: Page,
) -> Result<Response, Failure> {
    let found = held(&app.table, &directory.id, page.after.as_deref(), page.count).await;
    let found = found.map_err(|error| failure(&directory.id.to_string(), error))?;
    Ok(answer::about(&directory.id, StatusCode::OK, &json(&found)?))
}

/// Held changes go to the log.
///
/// # Errors
/// As [`decide`].
pub(crate) async fn approve(State(app): State<App>, found: Found, body: Json) -> Result<Response, Failure> {
    decide(&app, found, body, Decision::Approve).await
}

/// Held changes stay out of the log.
///
/// # Errors
/// As [`decide`].
pub(crate) async fn reject(State(app): State<App>, found: Found, body: Json) -> Result<Response, Failure> {
    decide(&app, found, body, Decision::Reject).await
}

/// Works for some seconds; `next` is present until all changes are decided.
///
/// # Errors
/// `invalidValue`; 404; the table's own: some changes may be decided then.
async fn decide(
    app: &App,
    Found(directory): Found,
    body: Json,
    decision: Decision,
) -> Result<Response, Failure> {
    let asked: Asked = read(body)?;
    let decided = match &asked.ids {
        Some(_) if asked.after.is_some() => return Err(invalid("send either `ids` or `after`")),
        Some(ids) if ids.len() > MOST => return Err(invalid(format!("`ids` must have at most {MOST} ids"))),
        Some(ids) => decide_some(&app.table, &directory.id, decision, ids).await,
        None => decide_all(&app.table, &directory.id, decision, asked.after.as_deref(), TIME).await,
    };
    let decided = decided.map_err(|error| failure(&directory.id.to_string(), error))?;
    Ok(answer::about(&directory.id, StatusCode::OK, &json(&decided)?))
}
