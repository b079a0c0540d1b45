//! Who receives the events of a directory: how far they are, and what the team can do.

pub(crate) mod actions;
pub(crate) mod one;

use directory::events;
use directory::subscription::{Channel, LastError, State, Subscription, store};
use http::StatusCode;
use maud::{Markup, html};

use crate::layout::{Frame, table};
use crate::problem::Answer;
use crate::time::minute;
use crate::visit::Visit;

/// How long the old secret signs as well after a rotation, in hours.
const OVERLAP: u32 = 24;

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
            p .note { "This directory has no subscriptions yet." }
        } @else {
            (table("Subscriptions", &["Name", "To", "State", "Not delivered", "Last error", "Change"], &rows))
        }
        p .hint { code { "rollcall subscription create" } " makes a subscription, which needs an address and types of events." }
        p { a href=(frame.to(&format!("/console/directories/{}", record.id))) { "Back to the directory" } }
    };
    Ok(frame.page(StatusCode::OK, "Subscriptions", &content))
}

fn row(frame: &Frame, path: &str, one: &Subscription, head: u64) -> Markup {
    let own = format!("{path}/{}", one.id);
    html! {
        td { a href=(frame.to(&own)) { (one.label) } }
        td { (kind(&one.channel)) }
        td { (state(one)) }
        td { (waiting(one, head)) }
        td { (error(one.last_error.as_ref())) }
        td { (switch(frame, &own, one)) }
    }
}

/// The button that pauses or resumes it.
fn switch(frame: &Frame, own: &str, one: &Subscription) -> Markup {
    let is_active = one.state == State::Active;
    let (verb, state) = if is_active { ("Pause", "paused") } else { ("Resume", "active") };
    let button = html! {
        button .no.small type="submit" name="state" value=(state) aria-label=(format!("{verb} {}", one.label)) { (verb) }
    };
    frame.form(own, &button)
}

fn state(one: &Subscription) -> Markup {
    html! {
        @match (&one.state, one.failing_since) {
            (State::Paused { reason, since }, _) => { "paused since " (minute(*since)) ": " (reason) },
            (State::Active, Some(since)) => { "fails since " (minute(since)) ", attempts: " (one.attempt) },
            (State::Active, None) => "active",
        }
    }
}

/// How many events are not delivered yet, of a log whose last event is `head`.
fn waiting(one: &Subscription, head: u64) -> u64 {
    head.saturating_sub(one.cursor) + one.open.len() as u64
}

fn error(last: Option<&LastError>) -> Markup {
    html! { @match last { Some(error) => { (minute(error.at)) ": " (error.reason) }, None => "–" } }
}

/// What kind of receiver it is. Its address may contain a secret.
fn kind(channel: &Channel) -> &'static str {
    match channel {
        Channel::Webhook { .. } => "a webhook",
        Channel::EventBridge {} => "Amazon EventBridge",
        Channel::Push { .. } | Channel::Poll { .. } => "a receiver of security event tokens",
    }
}
