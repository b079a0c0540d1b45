//! A directory's resources as lines of JSON: `GET …/export`, `POST …/import`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use directory::import::{MOST, Options};
use gateway::app::App;
use gateway::body::Text;
use gateway::error::Failure;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use scim::error::Kind;
use serde::Serialize;

use crate::name::{directory, of_directory};
use crate::query::Parameters;

/// So many bytes of lines are in one answer, or a few more.
const BYTES: usize = 1024 * 1024;
/// Where an export goes on.
const NEXT: &str = "x-rollcall-next";
const NDJSON: HeaderValue = HeaderValue::from_static("application/x-ndjson");

/// Some lines, and in a header where to go on.
///
/// # Errors
/// As [`directory::store::Store::export`].
pub async fn export(
    State(app): State<App>,
    Path(id): Path<String>,
    query: Parameters,
) -> Result<Response, Failure> {
    let id = directory(&id)?;
    let some = app.store.export(&id, &app.profiles, query.get("after"), BYTES).await;
    let some = some.map_err(|error| of_directory(&id, error))?;
    let mut response = ([(CONTENT_TYPE, NDJSON)], some.lines).into_response();
    if let Some(next) = some.next.and_then(|next| HeaderValue::from_str(&next).ok()) {
        response.headers_mut().insert(NEXT, next);
    }
    Ok(response)
}

/// Imports at most 500 lines; an outcome for each.
///
/// # Errors
/// As [`directory::store::Store::import`].
pub async fn import(
    State(app): State<App>,
    Path(id): Path<String>,
    query: Parameters,
    Text(body): Text,
) -> Result<Response, Failure> {
    let id = directory(&id)?;
    let lines: Vec<&str> = body.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.len() > MOST {
        let detail = format!("at most {MOST} lines can be sent at once, not {}", lines.len());
        return Err(Failure::new(Kind::PayloadTooLarge, detail));
    }
    let by = "administrator".parse().map_err(|_| Failure::internal())?;
    let options = Options { dry_run: query.is("dryRun")? };
    let outcomes = app.store.import(&id, &by, &app.profiles, &lines, options).await;
    let outcomes = outcomes.map_err(|error| of_directory(&id, error))?;
    Ok(([(CONTENT_TYPE, NDJSON)], outcomes.iter().map(line).collect::<String>()).into_response())
}

fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default() + "\n"
}
