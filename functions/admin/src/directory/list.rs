//! GET of all directories.

use ::directory::registry::list;
use axum::extract::State;
use axum::response::Response;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::http::error::Failure;
use http::StatusCode;

use super::shown;
use crate::answer;
use crate::page::Page;

/// One page, in the order of ids.
pub(crate) async fn list(State(app): State<App>, page: Page) -> Result<Response, Failure> {
    let after = page.after.map(|after| after.parse()).transpose();
    let after = after.map_err(|_| invalid("`after` must be the `next` of the page before"))?;
    let (directories, more) = list::page(&app.table, "", after.as_ref(), page.count)
        .await
        .map_err(|error| Failure::table("directory", error))?;
    let next = directories.last().filter(|_| more).map(|last| last.id.to_string());
    let items = directories.iter().map(shown).collect();
    Ok(answer::plain(StatusCode::OK, &answer::list(items, next)))
}
