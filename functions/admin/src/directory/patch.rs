//! PATCH of a directory: what is named changes, all else stays. The same holds for its settings.

use ::directory::registry::change::{self, DirectoryChange};
use ::directory::registry::settings::Settings;
use ::directory::registry::state::InvalidState;
use ::directory::upkeep::profile_change;
use axum::extract::State;
use axum::response::Response;
use gateway::administration::settings::check;
use gateway::administration::value::{invalid, named, nullable};
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use serde::Deserialize;

use super::{failure, known, label, shown};
use crate::answer;
use crate::body::read;
use crate::target::Named;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    profile: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    region: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    stage: Option<Option<String>>,
    state: Option<String>,
    settings: Option<Settings>,
}

/// A change to another profile continues in the background; `changing` shows it until it is done.
pub(crate) async fn patch(State(app): State<App>, Named(id): Named, body: Json) -> Result<Response, Failure> {
    let patch: Patch = read(body)?;
    let label = |member: &str, new: Option<Option<String>>| {
        new.map(|new| new.map(|text| label(member, text)).transpose()).transpose()
    };
    let failed = |error| failure(&id.to_string(), error);
    if let Some(settings) = &patch.settings {
        check(settings)?;
    }
    let change = DirectoryChange {
        name: patch.name.map(|name| named("name", &name)).transpose()?,
        state: patch
            .state
            .map(|state| state.parse().map_err(|error: InvalidState| invalid(format!("`state`: {error}"))))
            .transpose()?,
        region: label("region", patch.region)?,
        stage: label("stage", patch.stage)?,
        settings: patch.settings,
    };
    if let Some(profile) = &patch.profile {
        known(&app.profiles, profile)?;
        profile_change::begin(&app.table, &id, profile, &app.profiles).await.map_err(failed)?;
    }
    let directory = change::change(&app.table, &id, &change).await.map_err(failed)?;
    Ok(answer::about(&id, StatusCode::OK, &shown(&directory)))
}
