//! `GET …/dead-letters`, `POST …/dead-letters/{sequence}/resend`

use axum::extract::{Path, State};
use axum::response::Response;
use directory::subscription::dead_letter;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::delivery::by_hand::{self, failure};
use gateway::http::error::Failure;
use http::StatusCode;

use super::test;
use crate::answer;
use crate::page::Page;
use crate::target::{Named, OfSubscription};

/// The dead letters of a subscription, page by page.
///
/// # Errors
/// 404 when there is no such subscription.
pub(crate) async fn list(
    State(app): State<App>,
    Named(of): Named,
    OfSubscription(id): OfSubscription,
    page: Page,
) -> Result<Response, Failure> {
    let failed = |error| failure(&id, error);
    by_hand::find(&app, &of, &id).await?;
    let after = page.after.map(|after| after.parse::<u64>());
    let after = after.transpose().map_err(|_| invalid("`after` must be a sequence number"))?;
    let found = dead_letter::list(&app.table, &of, &id, after, page.count).await;
    let (letters, more) = found.map_err(failed)?;
    let next = letters.last().filter(|_| more).map(|last| last.sequence.to_string());
    let items = letters.iter().map(answer::json).collect::<Result<_, _>>()?;
    Ok(answer::about(&of, StatusCode::OK, &answer::list(items, next)))
}

/// Sends the event of a dead letter now. The dead letter is removed when the endpoint takes the event.
///
/// # Errors
/// 404 when there is no such subscription or dead letter, 410 when its event is not kept any more.
pub(crate) async fn resend(
    State(app): State<App>,
    Named(of): Named,
    OfSubscription(id): OfSubscription,
    Path((_, _, sequence)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let number = sequence.parse().map_err(|_| Failure::unknown("dead letter", &sequence))?;
    let sent = by_hand::resend(&app, &of, &id, number).await?;
    Ok(answer::about(&of, StatusCode::OK, &test::shown(&sent)))
}
