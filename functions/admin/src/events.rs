//! The event log of a directory: `GET …/events` as its product reads it, `POST …/events/reconcile`, and
//! `POST …/users/{id}/erase-events`.

use ::directory::events::erase as erased;
use ::directory::events::reconcile::{Options, reconcile as compare};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use directory::error::Error;
use directory::subscription::store;
use gateway::app::App;
use gateway::events::answer as events;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use scim::model::resource_type::ResourceType;
use serde::Deserialize;

use crate::answer::{self, json};
use crate::body::read;
use crate::directory::failure;
use crate::target::{Found, Named};

/// The events that the parameters ask for.
///
/// # Errors
/// As [`events`]; 500 when the directory's profile does not exist.
pub(crate) async fn list(
    State(app): State<App>,
    Found(directory): Found,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let profile = app.profiles.get(&directory.profile);
    let profile = profile.map_err(|error| Failure::table("directory", Error::Profile(error.to_string())))?;
    let mut response = events(&app.table, &directory.id, &profile, query.as_deref()).await?;
    response.extensions_mut().insert(directory.id);
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparison {
    /// `next` of the previous step.
    after: Option<String>,
    #[serde(default)]
    apply: bool,
}

/// Compares a part of the directory with its log, for a few seconds, and appends what is missing if
/// asked to.
///
/// # Errors
/// As [`compare`].
pub(crate) async fn reconcile(
    State(app): State<App>,
    Named(id): Named,
    body: Json,
) -> Result<Response, Failure> {
    let Comparison { after, apply } = read(body)?;
    let options = Options { apply, ..Options::default() };
    let report = compare(&app.table, &id, &app.profiles, after.as_deref(), &options).await;
    let report = report.map_err(|error| failure(&id.to_string(), error))?;
    Ok(answer::about(&id, StatusCode::OK, &json(&report)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Erasure {
    /// `next` of the previous step.
    after: Option<u64>,
}

/// Empties the events of a user who was deleted, for some seconds, with what is held of the user, and what
/// receivers said of these events.
///
/// # Errors
/// As [`erased`].
pub(crate) async fn erase(
    State(app): State<App>,
    Found(directory): Found,
    Path((_, id)): Path<(String, String)>,
    body: Json,
) -> Result<Response, Failure> {
    let Erasure { after } = read(body)?;
    let failed = |error| Failure::about(&ResourceType::user(), Some(&id), error);
    let report = erased(&app.table, &directory.id, &id, after).await.map_err(failed)?;
    store::erase_reasons(&app.table, &directory.id, &report.sequences).await.map_err(failed)?;
    Ok(answer::about(&directory.id, StatusCode::OK, &json(&report)?))
}
