//! Who receives the events of a directory: how far they are, and pausing them.

use directory::clock::seconds;
use directory::events;
use directory::subscription::{Channel, State, Subscription, SubscriptionId, store};
use http::StatusCode;
use maud::{Markup, html};

use crate::layout::{Frame, see_other, table};
use crate::problem::{Answer, Problem};
use crate::time::minute;
use crate::visit::Visit;

/// The page.
pub(crate) async fn show(visit: Visit) -> Answer {
    let record = visit.record()?;
    let (found, head) =
        tokio::try_join!(store::list(visit.table(), &record.id), events::head(visit.table(), &record.id))?;
    let frame = visit.frame();
    let path = format!("/console/directories/{}/subscriptions", record.id);
    let rows: Vec<Markup> = found.iter().map(|one| row(&frame, &path, one, head)).collect();
    let content = html! {
        h1 { "Subscriptions" }
        p { "A subscription sends the events of this directory to another system. While it is paused, events wait in the log." }
        @if rows.is_empty() {
            p .note { "There is none yet. " code { "rollcall subscription create" } " makes one." }
        } @else {
            (table("Subscriptions", &["Name", "To", "State", "Not delivered", "Change"], &rows))
            p .hint { code { "rollcall subscription" } " tests one, shows what was given up, sends it again and replaces secrets." }
        }
        p { a href=(frame.to(&format!("/console/directories/{}", record.id))) { "Back to the directory" } }
    };
    Ok(frame.page(StatusCode::OK, "Subscriptions", &content))
}

fn row(frame: &Frame, path: &str, one: &Subscription, head: u64) -> Markup {
    let is_active = one.state == State::Active;
    let (verb, state) = if is_active { ("Pause", "paused") } else { ("Resume", "active") };
    let fields = html! {
        button .no.small type="submit" name="state" value=(state) aria-label=(format!("{verb} {}", one.label)) { (verb) }
    };
    html! {
        td { (one.label) }
        td { (kind(&one.channel)) }
        td {
            @match (&one.state, one.failing_since) {
                (State::Paused { reason, since }, _) => { "paused since " (minute(*since)) ": " (reason) },
                (State::Active, Some(since)) => { "fails since " (minute(since)) ", " (one.attempt) " attempts" },
                (State::Active, None) => "active",
            }
        }
        td { (head.saturating_sub(one.cursor) + one.open.len() as u64) }
        td { (frame.form(&format!("{path}/{}", one.id), &fields)) }
    }
}

/// What kind of receiver it is. Its address may contain a secret.
fn kind(channel: &Channel) -> &'static str {
    match channel {
        Channel::Webhook { .. } => "a webhook",
        Channel::EventBridge {} => "Amazon EventBridge",
        Channel::Push { .. } | Channel::Poll { .. } => "a receiver of security event tokens",
    }
}

/// Pauses or resumes a subscription.
pub(crate) async fn change(visit: Visit) -> Answer {
    let record = visit.record()?;
    let id: SubscriptionId = visit.parameter("subscription").parse().map_err(|_| Problem::not_found())?;
    let is_paused = match visit.form.get("state") {
        "paused" => true,
        "active" => false,
        _ => return Err(Problem::conflict("Press one of the buttons.")),
    };
    let changed = store::change(visit.table(), &record.id, &id, |subscription| {
        match (is_paused, &subscription.state) {
            (true, State::Active) => subscription.pause("the team paused it in the console", seconds()),
            (false, State::Paused { .. }) => subscription.resume(seconds()),
            _ => {}
        }
        Ok(())
    });
    changed.await?;
    Ok(see_other(&visit.frame().to(&format!("/console/directories/{}/subscriptions", record.id))))
}
