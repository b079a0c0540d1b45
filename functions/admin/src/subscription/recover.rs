//! `POST …/subscriptions/{subscription}/recover`

use axum::extract::State;
use axum::response::Response;
use directory::clock::seconds;
use directory::events;
use directory::subscription::store;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use serde::Deserialize;

use super::{failure, shown};
use crate::answer;
use crate::body::{invalid, read};
use crate::target::{Named, OfSubscription};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    after: u64,
}

/// Sends the events after a sequence number again.
///
/// # Errors
/// 400 when the body is not valid, 404 when there is no such subscription.
pub(crate) async fn recover(
    State(app): State<App>,
    Named(of): Named,
    OfSubscription(id): OfSubscription,
    body: Json,
) -> Result<Response, Failure> {
    let Input { after } = read(body)?;
    let head = events::head(&app.table, &of).await.map_err(|error| failure(&id, error))?;
    if after > head {
        return Err(invalid(format!("`after` is {after}, and the last event of the directory is {head}")));
    }
    let changed = store::change(&app.table, &of, &id, |subscription| {
        subscription.recover(after, seconds());
        Ok(())
    });
    let (changed, ()) = changed.await.map_err(|error| failure(&id, error))?;
    Ok(answer::about(&of, StatusCode::OK, &shown::subscription(&changed)?))
}
