//! `PATCH …/subscriptions/{subscription}`, `DELETE …/subscriptions/{subscription}`

use std::mem::discriminant;

use axum::extract::State;
use axum::response::Response;
use directory::clock::seconds;
use directory::subscription::{self, Channel, store};
use gateway::administration::value::{invalid, named};
use gateway::app::App;
use gateway::delivery::by_hand::failure;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use gateway::serve::mount::Origin;
use http::StatusCode;
use serde::Deserialize;

use super::{input, shown};
use crate::answer;
use crate::body::read;
use crate::target::{Named, OfSubscription};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    label: Option<String>,
    channel: Option<Channel>,
    types: Option<Vec<String>>,
    state: Option<Wanted>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    Active,
    Paused,
}

/// Changes what is named, and nothing else. With the state `active` it sends events at once, also after
/// a failure.
///
/// # Errors
/// 400 for what may not be said of a subscription, 404 when there is none.
pub(crate) async fn change(
    State(app): State<App>,
    Named(of): Named,
    OfSubscription(id): OfSubscription,
    Origin(origin): Origin,
    body: Json,
) -> Result<Response, Failure> {
    let input: Input = read(body)?;
    let label = input.label.as_deref().map(|label| named("label", label)).transpose()?;
    let channel = input.channel.map(|channel| input::channel(channel, &id, &app.settings, &origin));
    let channel = channel.transpose()?;
    if let Some(channel) = &channel {
        let stored = store::read(&app.table, &of, &id).await.map_err(|error| failure(&id, error))?;
        if stored.is_some_and(|stored| discriminant(&stored.channel) != discriminant(channel)) {
            return Err(invalid("the `kind` of a channel cannot be changed: create another subscription"));
        }
    }
    let types = input.types.map(input::types).transpose()?;
    let changed = store::change(&app.table, &of, &id, |subscription| {
        subscription.label = label.clone().unwrap_or_else(|| subscription.label.clone());
        subscription.channel = channel.clone().unwrap_or_else(|| subscription.channel.clone());
        subscription.types = types.clone().unwrap_or_else(|| subscription.types.clone());
        match input.state {
            Some(Wanted::Active) => subscription.resume(seconds()),
            Some(Wanted::Paused) if subscription.state == subscription::State::Active => {
                subscription.pause("an administrator paused it", seconds());
            }
            Some(Wanted::Paused) | None => {}
        }
        Ok(())
    });
    let (changed, ()) = changed.await.map_err(|error| failure(&id, error))?;
    Ok(answer::about(&of, StatusCode::OK, &shown::subscription(&changed)?))
}

/// Removes a subscription and its dead letters.
///
/// # Errors
/// 404 when there is none.
pub(crate) async fn delete(
    State(app): State<App>,
    Named(of): Named,
    OfSubscription(id): OfSubscription,
) -> Result<Response, Failure> {
    store::delete(&app.table, &of, &id).await.map_err(|error| failure(&id, error))?;
    Ok(answer::empty(&of, StatusCode::NO_CONTENT))
}
