//! `GET …/dead-letters`, `POST …/dead-letters/{sequence}/resend`

use axum::extract::{Path, State};
use axum::response::Response;
use directory::events;
use directory::subscription::advance::Outcome;
use directory::subscription::{dead_letter, store};
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::delivery::Sender;
use gateway::http::error::Failure;
use http::StatusCode;
use scim::error::Kind;

use super::{failure, test};
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
    if store::read(&app.table, &of, &id).await.map_err(failed)?.is_none() {
        return Err(Failure::unknown("subscription", &id.to_string()));
    }
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
    let failed = |error| failure(&id, error);
    let unknown = || Failure::unknown("dead letter", &sequence);
    let number: u64 = sequence.parse().map_err(|_| unknown())?;
    let subscription = store::read(&app.table, &of, &id).await.map_err(failed)?;
    let subscription = subscription.ok_or_else(|| Failure::unknown("subscription", &id.to_string()))?;
    let letter = dead_letter::read(&app.table, &of, &id, number).await.map_err(failed)?;
    letter.ok_or_else(unknown)?;
    let event = events::many(&app.table, &of, &[number]).await.map_err(failed)?.remove(&number);
    let event = event.ok_or_else(|| Failure::new(Kind::Gone, "the event is not kept any more"))?;
    let sent = Sender::of(&app).send(&subscription, &event).await;
    if sent.outcome == Outcome::Delivered {
        dead_letter::remove(&app.table, &of, &id, number).await.map_err(failed)?;
    }
    Ok(answer::about(&of, StatusCode::OK, &test::shown(&sent)))
}
