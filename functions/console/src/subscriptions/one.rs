//! One subscription: its state, its dead letters, and the forms for what the team can do.

use std::collections::BTreeMap;

use directory::events;
use directory::id::DirectoryId;
use directory::subscription::dead_letter::{self, DeadLetter};
use directory::subscription::{Subscription, SubscriptionId};
use gateway::delivery::by_hand;
use http::StatusCode;
use maud::{Markup, html};
use serde_json::Value;

use super::{OVERLAP, error, kind, state, switch, waiting};
use crate::layout::{Frame, table};
use crate::problem::{Answer, Problem};
use crate::time::{minute, stored};
use crate::visit::Visit;

/// Dead letters of one page.
const PAGE: u16 = 20;
/// Characters of a reason that are shown: the receiver wrote it.
const LONGEST: usize = 150;

/// What the page shows.
struct Page {
    frame: Frame,
    /// The path of the page.
    own: String,
    subscription: Subscription,
    /// The number of the last event of the log.
    head: u64,
    /// When the first event that is not delivered was appended, as it is stored.
    oldest: Option<String>,
    letters: Vec<DeadLetter>,
    /// The events of the dead letters that are kept, by number.
    events: BTreeMap<u64, Value>,
    /// Whether there are more dead letters.
    has_more: bool,
}

/// The subscription in the path.
///
/// # Errors
/// A page that is not found.
pub(super) fn id(visit: &Visit) -> Result<SubscriptionId, Problem> {
    visit.parameter("subscription").parse().map_err(|_| Problem::not_found())
}

/// The path of the page of the subscription `id`.
pub(super) fn path(directory: &DirectoryId, id: &SubscriptionId) -> String {
    format!("/console/directories/{directory}/subscriptions/{id}")
}

/// The page.
pub(crate) async fn show(visit: Visit) -> Answer {
    let (of, id) = (&visit.record()?.id, id(&visit)?);
    let table = visit.table();
    let subscription = by_hand::find(&visit.app, of, &id).await?;
    let after = visit.query.get("after").parse().ok();
    let (head, (letters, has_more)) =
        tokio::try_join!(events::head(table, of), dead_letter::list(table, of, &id, after, PAGE))?;
    let numbers: Vec<u64> = letters.iter().map(|letter| letter.sequence).collect();
    let events = events::many(table, of, &numbers).await?;
    let first = subscription.open.keys().next().map_or(subscription.cursor, |first| first.saturating_sub(1));
    let oldest = if waiting(&subscription, head) > 0 {
        let next = events::after(table, of, first, 1, |_| true).await?;
        next.events.first().map(|event| text(event, "time"))
    } else {
        None
    };
    let (frame, own) = (visit.frame(), path(of, &id));
    let title = format!("Subscription {}", subscription.label);
    let page = Page { frame, own, subscription, head, oldest, letters, events, has_more };
    Ok(page.frame.page(StatusCode::OK, &title, &page.content(&title)))
}

impl Page {
    fn content(&self, title: &str) -> Markup {
        let one = &self.subscription;
        html! {
            h1 { (title) }
            dl {
                dt { "To" } dd { (kind(&one.channel)) }
                dt { "Id" } dd { (one.id) }
                dt { "State" } dd { (state(one)) }
                dt { "Not delivered" }
                dd {
                    (waiting(one, self.head)) " events"
                    @if let Some(time) = &self.oldest { ", the oldest of " (stored(time)) }
                }
                dt { "Last error" } dd { (error(one.last_error.as_ref())) }
                @if let Some(due) = one.due.filter(|_| one.attempt > 0) { dt { "Next attempt" } dd { (minute(due)) } }
            }
            (switch(&self.frame, &self.own, one))
            @if one.channel.is_sent() {
                (self.form("test", &html! { button .no type="submit" { "Send a test event" } }))
            }
            h2 #dead-letters { "Dead letters" }
            (self.dead_letters())
            h2 { "Recover" }
            p { "Sends all events since a time again: the receiver gets events that it has already." }
            (self.form("recover", &html! {
                label for="since" { "Since (UTC)" }
                input #since type="datetime-local" name="since" required;
                button .no type="submit" { "Recover since" }
            }))
            @if let Some(newest) = one.secrets.last() {
                h2 { "Secret" }
                p { "A new secret is shown once. The old one signs as well for " (OVERLAP) " hours more." }
                (self.form("rotate", &html! {
                    input type="hidden" name="secret" value=(newest.id);
                    button .no type="submit" { "Rotate secret" }
                }))
            }
            @let all = self.own.rsplit_once('/').map_or("", |(all, _)| all);
            p { a href=(self.frame.to(all)) { "Back to the subscriptions" } }
        }
    }

    fn form(&self, action: &str, fields: &Markup) -> Markup {
        self.frame.form(&format!("{}/{action}", self.own), fields)
    }

    fn dead_letters(&self) -> Markup {
        let rows: Vec<Markup> = self.letters.iter().map(|letter| self.row(letter)).collect();
        let may_send = self.subscription.channel.is_sent();
        html! {
            p { "Events that were given up: the receiver refused them, or they were not kept any more." }
            @if rows.is_empty() {
                p .good { "There are no dead letters." }
            } @else {
                (table("Dead letters", &["When", "Event", "Error", "Resend"], &rows))
                @if may_send { (self.form("resend", &html! { button .no type="submit" { "Resend all" } })) }
            }
            @if let Some(last) = self.letters.last().filter(|_| self.has_more) {
                p { a href=(self.frame.to(&format!("{}?after={}", self.own, last.sequence))) { "More dead letters" } }
            }
        }
    }

    fn row(&self, letter: &DeadLetter) -> Markup {
        let event = self.events.get(&letter.sequence);
        let reason: String = letter.reason.chars().take(LONGEST).collect();
        let fields = html! {
            input type="hidden" name="sequence" value=(letter.sequence);
            button .no.small type="submit" aria-label=(format!("Resend event {}", letter.sequence)) { "Resend" }
        };
        html! {
            td { (stored(&letter.time)) }
            td {
                (letter.sequence)
                @if let Some(last) = letter.through { " to " (last) }
                @match event {
                    Some(event) => { ", " (text(event, "type")) ", " (text(event, "id")) },
                    None => ", not kept any more",
                }
            }
            td { (reason) }
            td { @if event.is_some() && self.subscription.channel.is_sent() { (self.form("resend", &fields)) } @else { "–" } }
        }
    }
}

fn text(event: &Value, name: &str) -> String {
    event.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
