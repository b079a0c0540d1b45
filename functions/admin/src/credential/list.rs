//! GET of the credentials of a directory.

use ::directory::access::credential;
use axum::extract::State;
use axum::response::Response;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::http::error::Failure;
use http::StatusCode;
use serde_json::Value;

use super::shown;
use crate::answer;
use crate::page::Page;
use crate::target::Found;

/// One page, in the order of ids; revoked ones for 90 days, too.
pub(crate) async fn list(
    State(app): State<App>,
    Found(directory): Found,
    page: Page,
) -> Result<Response, Failure> {
    let after = page.after.map(|after| after.parse()).transpose();
    let after = after.map_err(|_| invalid("`after` must be the `next` of the page before"))?;
    let (credentials, more) = credential::list(&app.table, &directory.id, after.as_ref(), page.count)
        .await
        .map_err(|error| Failure::table("credential", error))?;
    let next = credentials.last().filter(|_| more).map(|last| last.id.to_string());
    let items = credentials.iter().map(|one| Value::Object(shown(one))).collect();
    Ok(answer::about(&directory.id, StatusCode::OK, &answer::list(items, next)))
}
