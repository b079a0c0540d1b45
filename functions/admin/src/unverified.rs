//! Imported users whose e-mail address has not been verified ([`directory::resource::existing`]):
//! `GET …/unverified`, `DELETE …/unverified/{id}`.

use axum::extract::{Path, State};
use axum::response::Response;
use directory::{Directory, Wants};
use gateway::app::App;
use gateway::http::error::Failure;
use gateway::http::precondition::conditions;
use http::{HeaderMap, StatusCode};
use scim::model::resource_type::ResourceType;

use crate::answer::{self, json};
use crate::page::Page;
use crate::target::Found;

/// Pages of users that one call looks through.
const PAGES: usize = 20;

/// Some of these users. `next` is present until all users were checked.
///
/// # Errors
/// The table's own.
pub(crate) async fn unverified(
    State(app): State<App>,
    Found(directory): Found,
    page: Page,
) -> Result<Response, Failure> {
    let by = "administrator".parse().map_err(|_| Failure::internal())?;
    let scope = Directory::open(&app.table, &directory.id, &by);
    let mut after = page.after;
    let mut items = Vec::new();
    for _ in 0..PAGES {
        let (found, next) =
            scope.unverified(after.as_deref()).await.map_err(|error| Failure::table("user", error))?;
        items.extend(found);
        after = next;
        if after.is_none() {
            break;
        }
    }
    let items = items.iter().map(json).collect::<Result<_, _>>()?;
    Ok(answer::about(&directory.id, StatusCode::OK, &answer::list(items, after)))
}

/// The user's addresses are verified: 204. With `If-Match` only those of a version that it
/// names are.
///
/// # Errors
/// 404, 412, the table's own.
pub(crate) async fn verified(
    State(app): State<App>,
    Found(directory): Found,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let by = "administrator".parse().map_err(|_| Failure::internal())?;
    let kind = ResourceType::user();
    let scope = Directory::open(&app.table, &directory.id, &by);
    let failed = |error| Failure::about(&kind, Some(&id), error);
    let conditions = conditions(&headers);
    // Of the versions that it names the user can be at one only.
    let etag = if conditions.is_empty() {
        None
    } else {
        let user = scope.get(&kind, &id, Wants::default()).await.map_err(failed)?;
        conditions.check(&user).map_err(failed)?;
        Some(user.etag())
    };
    scope.mark_verified(&kind, &id, etag.as_deref()).await.map_err(failed)?;
    Ok(answer::empty(&directory.id, StatusCode::NO_CONTENT))
}
