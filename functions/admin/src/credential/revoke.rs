//! DELETE of a credential.

use ::directory::access::credential;
use axum::extract::State;
use axum::response::Response;
use gateway::app::App;
use gateway::http::error::Failure;
use http::StatusCode;

use super::failure;
use crate::answer;
use crate::target::{Named, OfCredential};

/// Revokes it: 204. It opens nothing any more within 30 seconds, and stays visible for 90 days.
pub(crate) async fn revoke(
    State(app): State<App>,
    Named(directory): Named,
    OfCredential(id): OfCredential,
) -> Result<Response, Failure> {
    credential::revoke(&app.table, &directory, &id).await.map_err(|error| failure(&id, error))?;
    Ok(answer::empty(&directory, StatusCode::NO_CONTENT))
}
