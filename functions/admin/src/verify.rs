//! `POST /admin/directories/{directory}/verify`: one step of [`directory::verify`].

use ::directory::verify::{Options, check};
use axum::extract::State;
use axum::response::Response;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use serde::Deserialize;

use crate::answer::{self, json};
use crate::body::read;
use crate::directory::failure;
use crate::target::Named;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    /// `next` of the previous step.
    after: Option<String>,
    #[serde(default)]
    repair: bool,
}

/// Checks a part of the directory, for a few seconds, and repairs what is wrong if asked to.
///
/// # Errors
/// As [`check`].
pub(crate) async fn verify(
    State(app): State<App>,
    Named(id): Named,
    body: Json,
) -> Result<Response, Failure> {
    let asked: Asked = read(body)?;
    let options = Options { repair: asked.repair, ..Options::default() };
    let report = check(&app.table, &id, &app.profiles, asked.after.as_deref(), &options).await;
    let report = report.map_err(|error| failure(&id.to_string(), error))?;
    Ok(answer::about(&id, StatusCode::OK, &json(&report)?))
}
