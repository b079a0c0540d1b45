//! POST of a directory.

use ::directory::id::{DirectoryId, InvalidId};
use ::directory::registry::record::{self, DirectoryRecord};
use ::directory::registry::settings::{self, Settings};
use ::directory::registry::state::InvalidState;
use axum::extract::State;
use axum::response::Response;
use gateway::administration::settings::check;
use gateway::administration::value::{invalid, named};
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use scim::error::Kind;
use scim::profile::STANDARD;
use serde::Deserialize;

use super::{failure, known, label, shown};
use crate::answer;
use crate::body::read;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    id: String,
    name: Option<String>,
    profile: Option<String>,
    region: Option<String>,
    stage: Option<String>,
    state: Option<String>,
    settings: Option<Settings>,
}

/// Makes one without resources and credentials: 201.
pub(crate) async fn create(State(app): State<App>, body: Json) -> Result<Response, Failure> {
    let new: New = read(body)?;
    let id: DirectoryId = new.id.parse().map_err(|error: InvalidId| invalid(format!("`id`: {error}")))?;
    let profile = known(&app.profiles, new.profile.as_deref().unwrap_or(STANDARD))?;
    let profile = app.profiles.get(profile).map_err(|error| invalid(error.to_string()))?;
    let mut directory =
        DirectoryRecord::new(id.clone(), &named("name", new.name.as_deref().unwrap_or(&new.id))?, &profile);
    directory.region = new.region.map(|text| label("region", text)).transpose()?;
    directory.stage = new.stage.map(|text| label("stage", text)).transpose()?;
    if let Some(state) = new.state {
        directory.state =
            state.parse().map_err(|error: InvalidState| invalid(format!("`state`: {error}")))?;
    }
    let settings = new.settings.unwrap_or_default();
    check(&settings)?;
    directory.settings =
        settings::merged(Settings::new(), settings).map_err(|error| failure(&new.id, error))?;
    let made = record::create(&app.table, &directory).await;
    if !made.map_err(|error| Failure::table("directory", error))? {
        return Err(Failure::new(
            Kind::Uniqueness,
            format!("there is a directory with the id `{id}` already"),
        ));
    }
    Ok(answer::about(&id, StatusCode::CREATED, &shown(&directory)))
}
