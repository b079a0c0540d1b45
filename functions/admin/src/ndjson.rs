//! A directory's resources as lines of JSON: `GET …/export`, `POST …/import`.

use ::directory::transfer::import::{MOST, Options};
use ::directory::transfer::{export as exported, import as imported};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::http::body::Text;
use gateway::http::error::Failure;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use scim::error::Kind;
use serde::Serialize;

use crate::directory::failure;
use crate::page::Page;
use crate::target::Named;

/// Bytes of lines in one response. A response may exceed it by one line.
const BYTES: usize = 1024 * 1024;
/// The position at which an export continues.
const NEXT: &str = "x-rollcall-next";
const NDJSON: HeaderValue = HeaderValue::from_static("application/x-ndjson");
const ALONE: HeaderValue = HeaderValue::from_static("no-store");

/// Some lines, and in a header the position of the next ones.
///
/// # Errors
/// As [`exported::lines`].
pub(crate) async fn export(
    State(app): State<App>,
    Named(id): Named,
    page: Page,
) -> Result<Response, Failure> {
    let some = exported::lines(&app.table, &id, &app.profiles, page.after.as_deref(), BYTES).await;
    let some = some.map_err(|error| failure(&id.to_string(), error))?;
    let mut response = ([(CONTENT_TYPE, NDJSON), (CACHE_CONTROL, ALONE)], some.lines).into_response();
    if let Some(next) = some.next.and_then(|next| HeaderValue::from_str(&next).ok()) {
        response.headers_mut().insert(NEXT, next);
    }
    Ok(response)
}

/// Imports at most 500 lines; an outcome for each.
///
/// # Errors
/// As [`imported::lines`].
pub(crate) async fn import(
    State(app): State<App>,
    Named(id): Named,
    RawQuery(query): RawQuery,
    Text(body): Text,
) -> Result<Response, Failure> {
    let lines: Vec<&str> = body.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.len() > MOST {
        let detail = format!("at most {MOST} lines can be sent at once, not {}", lines.len());
        return Err(Failure::new(Kind::PayloadTooLarge, detail));
    }
    let by = "administrator".parse().map_err(|_| Failure::internal())?;
    let options = Options { dry_run: is_dry(query.as_deref())? };
    let outcomes = imported::lines(&app.table, &id, &by, &app.profiles, &lines, options).await;
    let outcomes = outcomes.map_err(|error| failure(&id.to_string(), error))?;
    Ok(([(CONTENT_TYPE, NDJSON), (CACHE_CONTROL, ALONE)], outcomes.iter().map(line).collect::<String>())
        .into_response())
}

/// The parameter `dryRun`.
fn is_dry(query: Option<&str>) -> Result<bool, Failure> {
    let mut given = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    match given.find(|(name, _)| name == "dryRun").as_ref().map(|(_, value)| &**value) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(invalid("`dryRun` must be `true` or `false`")),
    }
}

fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default() + "\n"
}
