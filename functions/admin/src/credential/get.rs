//! GET of one credential.

use ::directory::access::credential;
use axum::extract::State;
use axum::response::Response;
use gateway::app::App;
use gateway::http::error::Failure;
use http::StatusCode;
use serde_json::Value;

use super::shown;
use crate::answer;
use crate::target::{Named, OfCredential};

/// What it is; never its token.
pub(crate) async fn get(
    State(app): State<App>,
    Named(directory): Named,
    OfCredential(id): OfCredential,
) -> Result<Response, Failure> {
    let found = credential::read(&app.table, &directory, &id).await;
    let found = found.map_err(|error| Failure::table("credential", error))?;
    let credential = found.ok_or_else(|| Failure::unknown("credential", &id.to_string()))?;
    Ok(answer::about(&directory, StatusCode::OK, &Value::Object(shown(&credential))))
}
