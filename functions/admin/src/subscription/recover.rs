//! `POST …/subscriptions/{subscription}/recover`

use axum::extract::State;
use axum::response::Response;
use directory::clock::{parsed, seconds};
use directory::events;
use directory::subscription::store;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use serde::Deserialize;

use super::{failure, shown};
use crate::answer;
use crate::body::read;
use crate::target::{Named, OfSubscription};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    after: Option<u64>,
    since: Option<String>,
}

/// Sends the events after a sequence number, or since a time, again.
///
/// # Errors
/// 400 when the body is not valid, 404 when there is no such subscription.
pub(crate) async fn recover(
    State(app): State<App>,
    Named(of): Named,
    OfSubscription(id): OfSubscription,
    body: Json,
) -> Result<Response, Failure> {
    let failed = |error| failure(&id, error);
    let after = match read(body)? {
        Input { after: Some(after), since: None } => after,
        Input { after: None, since: Some(since) } => {
            let time = parsed(&since);
            let time =
                time.ok_or_else(|| invalid("`since` must be a time such as `2027-01-31T00:00:00Z`"))?;
            events::before(&app.table, &of, time).await.map_err(failed)?
        }
        _ => return Err(invalid("send either `after`, a sequence number, or `since`, a time")),
    };
    let head = events::head(&app.table, &of).await.map_err(failed)?;
    if after > head {
        return Err(invalid(format!("`after` is {after}, and the last event of the directory is {head}")));
    }
    let changed = store::change(&app.table, &of, &id, |subscription| {
        subscription.recover(after, seconds());
        Ok(())
    });
    let (changed, ()) = changed.await.map_err(failed)?;
    Ok(answer::about(&of, StatusCode::OK, &shown::subscription(&changed)?))
}
