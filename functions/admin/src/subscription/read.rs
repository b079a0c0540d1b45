//! `GET …/subscriptions`, `GET …/subscriptions/{subscription}`

use axum::extract::State;
use axum::response::Response;
use directory::subscription::store;
use gateway::app::App;
use gateway::delivery::by_hand;
use gateway::http::error::Failure;
use http::StatusCode;

use super::shown;
use crate::answer;
use crate::target::{Found, Named, OfSubscription};

/// All subscriptions.
///
/// # Errors
/// 404 without such a directory.
pub(crate) async fn list(State(app): State<App>, Found(of): Found) -> Result<Response, Failure> {
    let found = store::list(&app.table, &of.id).await;
    let found = found.map_err(|error| Failure::table("subscription", error))?;
    let items = found.iter().map(shown::subscription).collect::<Result<_, _>>()?;
    Ok(answer::about(&of.id, StatusCode::OK, &answer::list(items, None)))
}

/// One subscription.
///
/// # Errors
/// 404 when there is none.
pub(crate) async fn one(
    State(app): State<App>,
    Named(of): Named,
    OfSubscription(id): OfSubscription,
) -> Result<Response, Failure> {
    let found = by_hand::find(&app, &of, &id).await?;
    Ok(answer::about(&of, StatusCode::OK, &shown::subscription(&found)?))
}
