//! `POST /admin/directories/{directory}/verify`: one step of [`directory::verify`].

use axum::extract::{Path, State};
use axum::response::Response;
use directory::verify::Options;
use gateway::app::App;
use gateway::body::Json;
use gateway::error::Failure;
use gateway::reply;
use http::StatusCode;
use scim::error::Kind;
use serde::Deserialize;

use crate::name::{directory, of_directory};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    /// Where the step before said to go on.
    after: Option<String>,
    #[serde(default)]
    repair: bool,
}

/// Looks at some of the directory, for a few seconds, and mends what is wrong when asked to.
///
/// # Errors
/// As [`directory::store::Store::verify`].
pub async fn verify(
    State(app): State<App>,
    Path(id): Path<String>,
    Json(body): Json,
) -> Result<Response, Failure> {
    let id = directory(&id)?;
    let asked: Asked = serde_json::from_value(body).map_err(|error| {
        Failure::new(Kind::InvalidValue, format!("the body may have `after` and `repair`: {error}"))
    })?;
    let options = Options { repair: asked.repair, ..Options::default() };
    let report = app.store.verify(&id, &app.profiles, asked.after.as_deref(), &options).await;
    Ok(reply::json(StatusCode::OK, &report.map_err(|error| of_directory(&id, error))?))
}
