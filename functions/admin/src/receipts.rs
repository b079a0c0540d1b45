//! Erasing a directory, and the receipts of it: `DELETE /admin/directories/{directory}`,
//! `GET /admin/receipts`, `GET /admin/receipts/{id}`.

use axum::extract::{Path, State};
use axum::response::Response;
use directory::erase::ReceiptId;
use gateway::app::App;
use gateway::error::Failure;
use gateway::reply;
use http::StatusCode;
use scim::error::Kind;

use crate::name::{directory, of_directory};
use crate::query::Parameters;

const COUNT: u16 = 100;

/// Begins to erase a directory, with everything in it: 202 with the receipt, which is completed
/// when nothing is left.
///
/// # Errors
/// As [`directory::store::Store::erase_directory`].
pub async fn erase(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = directory(&id)?;
    let receipt = app.store.erase_directory(&id).await.map_err(|error| of_directory(&id, error))?;
    Ok(reply::json(StatusCode::ACCEPTED, &receipt))
}

/// All receipts, page by page.
///
/// # Errors
/// `invalidValue` when `after` is no receipt; the table's own.
pub async fn receipts(State(app): State<App>, query: Parameters) -> Result<Response, Failure> {
    let after: Option<ReceiptId> = query
        .get("after")
        .map(str::parse)
        .transpose()
        .map_err(|_| Failure::new(Kind::InvalidValue, "`after` must be the `next` of the page before"))?;
    let count = query.count("count", COUNT)?;
    let receipts = app.store.receipts(after.as_ref(), count).await;
    Ok(reply::json(StatusCode::OK, &receipts.map_err(|error| Failure::store("receipt", error))?))
}

/// One receipt.
///
/// # Errors
/// 404 when there is none; the table's own.
pub async fn receipt(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    let unknown = || Failure::unknown("receipt", &id);
    let parsed: ReceiptId = id.parse().map_err(|_| unknown())?;
    let receipt = app.store.receipt(&parsed).await.map_err(|error| Failure::store("receipt", error))?;
    Ok(reply::json(StatusCode::OK, &receipt.ok_or_else(unknown)?))
}
