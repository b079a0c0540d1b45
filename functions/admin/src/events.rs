//! `GET /admin/directories/{directory}/events`: the events of a directory, as its product reads them.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use directory::error::Error;
use gateway::app::App;
use gateway::events::answer;
use gateway::http::error::Failure;

use crate::target::Found;

/// The events that the parameters ask for.
///
/// # Errors
/// As [`answer`]; 500 when the directory's profile does not exist.
pub(crate) async fn list(
    State(app): State<App>,
    Found(directory): Found,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let profile = app.profiles.get(&directory.profile);
    let profile = profile.map_err(|error| Failure::table("directory", Error::Profile(error.to_string())))?;
    let mut response = answer(&app.table, &directory.id, &profile, query.as_deref()).await?;
    response.extensions_mut().insert(directory.id);
    Ok(response)
}
