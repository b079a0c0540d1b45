//! What the team does with a subscription.

use std::time::Duration;

use axum::response::Response;
use directory::clock::seconds;
use directory::error::Error;
use directory::id::DirectoryId;
use directory::subscription::advance::Outcome;
use directory::subscription::{State, SubscriptionId, dead_letter, store};
use gateway::delivery::{Sent, by_hand};
use http::StatusCode;
use maud::{Markup, html};
use tokio::time::Instant;

use super::OVERLAP;
use super::one::{id, path};
use crate::layout::{see_other, value};
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// How long "Resend all" works. The last request takes up to 15 seconds more.
const TIME: Duration = Duration::from_secs(8);
/// Dead letters that are read at once.
const PAGE: u16 = 20;

/// What became of several dead letters.
#[derive(Default)]
struct Resent {
    delivered: u64,
    refused: u64,
    /// Those whose event is not kept any more.
    gone: u64,
    /// Why the rest was not sent.
    stopped: Option<String>,
}

/// Pauses or resumes a subscription.
pub(crate) async fn change(visit: Visit) -> Answer {
    let (of, id) = (&visit.record()?.id, id(&visit)?);
    let is_paused = match visit.form.get("state") {
        "paused" => true,
        "active" => false,
        _ => return Err(Problem::conflict("Press one of the buttons.")),
    };
    let changed = store::change(visit.table(), of, &id, |subscription| {
        match (is_paused, &subscription.state) {
            (true, State::Active) => subscription.pause("the team paused it in the console", seconds()),
            (false, State::Paused { .. }) => subscription.resume(seconds()),
            _ => {}
        }
        Ok(())
    });
    changed.await?;
    Ok(see_other(&visit.frame().to(&path(of, &id))))
}

/// Sends a test event, and shows what came back.
pub(crate) async fn test(visit: Visit) -> Answer {
    let (of, id) = (&visit.record()?.id, id(&visit)?);
    let sent = by_hand::test(&visit.app, of, &id).await?;
    Ok(result(&visit, of, &id, "Test event", &came_back(&sent)))
}

/// Sends one dead letter again, or all, and shows what became of them.
pub(crate) async fn resend(visit: Visit) -> Answer {
    let (of, id) = (&visit.record()?.id, id(&visit)?);
    let content = match visit.form.get("sequence") {
        "" => summary(&all(&visit, of, &id).await?),
        one => {
            let sequence = one.parse().map_err(|_| Problem::not_found())?;
            came_back(&by_hand::resend(&visit.app, of, &id, sequence).await?)
        }
    };
    Ok(result(&visit, of, &id, "Resend", &content))
}

/// Sends the dead letters again, in the order of the events, until the endpoint cannot be used or the time
/// is over.
async fn all(visit: &Visit, of: &DirectoryId, id: &SubscriptionId) -> Result<Resent, Problem> {
    by_hand::find(&visit.app, of, id).await?;
    let (end, mut resent, mut after) = (Instant::now() + TIME, Resent::default(), None);
    loop {
        let (letters, has_more) = dead_letter::list(visit.table(), of, id, after, PAGE).await?;
        for letter in &letters {
            if Instant::now() >= end {
                resent.stopped = Some("the time of one request is over: press the button again".to_owned());
                return Ok(resent);
            }
            let sent = match by_hand::resend(&visit.app, of, id, letter.sequence).await {
                Ok(sent) => sent,
                Err(failure) if matches!(failure.status(), StatusCode::GONE | StatusCode::NOT_FOUND) => {
                    resent.gone += 1;
                    continue;
                }
                Err(failure) => return Err(failure.into()),
            };
            match sent.outcome {
                Outcome::Delivered => resent.delivered += 1,
                Outcome::Refused { .. } | Outcome::Rejected { .. } => resent.refused += 1,
                Outcome::Unusable { .. } | Outcome::Gone => {
                    resent.stopped = sent.reason().map(str::to_owned);
                    return Ok(resent);
                }
            }
        }
        after = letters.last().map(|last| last.sequence);
        if !has_more {
            return Ok(resent);
        }
    }
}

/// Sends the events since a time again.
pub(crate) async fn recover(visit: Visit) -> Answer {
    let (of, id) = (&visit.record()?.id, id(&visit)?);
    // As browsers send the field, without seconds: `2027-01-31T09:30`.
    let since = match visit.form.get("since") {
        text if text.len() == 16 => format!("{text}:00Z"),
        text => format!("{}Z", text.trim_end_matches('Z')),
    };
    by_hand::recover(&visit.app, of, &id, by_hand::Start::Since(&since)).await.map_err(|failure| {
        match failure.status() {
            StatusCode::BAD_REQUEST => {
                Problem::conflict("Enter a day and a time, such as 2027-01-31T09:30. Nothing was changed.")
            }
            _ => failure.into(),
        }
    })?;
    Ok(see_other(&visit.frame().to(&path(of, &id))))
}

/// Replaces the secret, and shows the new one only now.
pub(crate) async fn rotate(visit: Visit) -> Answer {
    let (of, id) = (&visit.record()?.id, id(&visit)?);
    let replaced = Some(visit.form.get("secret"));
    let (_, new) = by_hand::rotate(&visit.app, of, &id, OVERLAP, replaced).await?;
    let verifiers = new.iter().map(|secret| secret.verifier().map(|text| (&secret.id, text)));
    let verifiers = verifiers.collect::<Result<Vec<_>, Error>>()?;
    let content = html! {
        p .note { "This page shows the secret only now. Enter it in the receiver within " (OVERLAP) " hours." }
        @for (id, verifier) in &verifiers { (value(id, "What the receiver verifies with", verifier)) }
    };
    Ok(result(&visit, of, &id, "The new secret", &content))
}

/// A page with what became of a form.
fn result(visit: &Visit, of: &DirectoryId, id: &SubscriptionId, title: &str, content: &Markup) -> Response {
    let frame = visit.frame();
    let content = html! {
        h1 { (title) }
        (content)
        p { a href=(frame.to(&path(of, id))) { "Back to the subscription" } }
    };
    frame.page(StatusCode::OK, title, &content)
}

/// What came back for one event.
fn came_back(sent: &Sent) -> Markup {
    let milliseconds = sent.time.as_millis();
    html! {
        @match sent.reason() {
            None => p .good role="status" { "The receiver took the event, after " (milliseconds) " milliseconds." },
            Some(reason) => p .wrong role="alert" { "The event was not delivered: " (reason) ". It took " (milliseconds) " milliseconds." },
        }
    }
}

fn summary(resent: &Resent) -> Markup {
    let Resent { delivered, refused, gone, stopped } = resent;
    html! {
        p role="status" { "Delivered: " (delivered) ". Refused again: " (refused) ". Not kept any more: " (gone) "." }
        @if let Some(why) = stopped { p .wrong role="alert" { "The rest was not sent: " (why) "." } }
    }
}
