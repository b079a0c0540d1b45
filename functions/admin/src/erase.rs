//! Erasing a directory, and the receipts of it: `DELETE /admin/directories/{directory}`,
//! `GET /admin/receipts`, `GET /admin/receipts/{id}`.

use ::directory::upkeep::erasure::{self, ReceiptId};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::http::error::Failure;
use http::StatusCode;

use crate::answer::{self, json};
use crate::directory::failure;
use crate::page::Page;
use crate::target::Named;

/// Begins to erase a directory, with everything in it: 202 with the receipt, which is completed
/// when nothing is left.
///
/// # Errors
/// As [`erasure::begin`].
pub(crate) async fn erase(State(app): State<App>, Named(id): Named) -> Result<Response, Failure> {
    let receipt = erasure::begin(&app.table, &id).await.map_err(|error| failure(&id.to_string(), error))?;
    Ok(answer::about(&id, StatusCode::ACCEPTED, &json(&receipt)?))
}

/// All receipts, page by page.
///
/// # Errors
/// `invalidValue` when `after` is not a receipt; the table's own.
pub(crate) async fn receipts(State(app): State<App>, page: Page) -> Result<Response, Failure> {
    let after: Option<ReceiptId> = page
        .after
        .map(|after| after.parse())
        .transpose()
        .map_err(|_| invalid("`after` must be the `next` of the page before"))?;
    let receipts = erasure::list(&app.table, after.as_ref(), page.count).await;
    let receipts = receipts.map_err(|error| Failure::table("receipt", error))?;
    Ok(answer::plain(StatusCode::OK, &json(&receipts)?))
}

/// One receipt.
///
/// # Errors
/// 404 when there is none; the table's own.
pub(crate) async fn receipt(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Failure> {
    // A path that is not UTF-8 names no receipt.
    let id = path.map(|Path(id)| id).unwrap_or_default();
    let unknown = || Failure::unknown("receipt", &id);
    let parsed: ReceiptId = id.parse().map_err(|_| unknown())?;
    let receipt =
        erasure::read(&app.table, &parsed).await.map_err(|error| Failure::table("receipt", error))?;
    Ok(answer::plain(StatusCode::OK, &json(&receipt.ok_or_else(unknown)?)?))
}
