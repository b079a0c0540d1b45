//! PATCH of a credential: its label and its end.

use ::directory::access::credential;
use axum::extract::State;
use axum::response::Response;
use gateway::administration::end::{End, end};
use gateway::administration::value::named;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::{failure, shown};
use crate::answer;
use crate::body::read;
use crate::target::{Named, OfCredential};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    label: Option<String>,
    expires: Option<End>,
}

/// What is named changes. A revoked one stays as it is: 404.
pub(crate) async fn patch(
    State(app): State<App>,
    Named(directory): Named,
    OfCredential(id): OfCredential,
    body: Json,
) -> Result<Response, Failure> {
    let patch: Patch = read(body)?;
    let label = patch.label.map(|label| named("label", &label)).transpose()?;
    let expires = patch.expires.as_ref().map(end).transpose()?;
    let changed = credential::change(&app.table, &directory, &id, label.as_deref(), expires).await;
    let credential = changed.map_err(|error| failure(&id, error))?;
    Ok(answer::about(&directory, StatusCode::OK, &Value::Object(shown(&credential))))
}
