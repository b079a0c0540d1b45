//! How a directory is: its health, what the last 24 hours brought, and a forecast.

pub(crate) mod known;

mod chart;
mod forecast;
mod health;

use std::collections::BTreeMap;

use directory::Table;
use directory::access::refusal::HOUR;
use directory::clock::seconds;
use directory::registry::record::DirectoryRecord;
use maud::{Markup, html};

use self::chart::chart;
use self::health::Health;
use self::known::{Known, look};
use crate::causes::{self, Cause};
use crate::layout::Frame;
use crate::problem::Problem;

/// The part of the page of `record` that says how it is.
pub(crate) async fn status(
    table: &Table,
    frame: &Frame,
    record: &DirectoryRecord,
) -> Result<Markup, Problem> {
    let now = seconds();
    let known = look(table, vec![record.clone()], now).await?;
    let Some(known) = known.first() else { return Err(Problem::not_found()) };
    let health = known.health();
    let hours = known.hours();
    let log = frame.to(&format!("/console/directories/{}/log?show=refused", record.id));
    Ok(html! {
        h2 #health { "Health" }
        p .wrong[health.is_bad()] .good[health.is_good()] .note[!health.is_bad() && !health.is_good()] { strong { (health.name()) } ". " (health.sentence()) }
        @if let Health::QuarantineLikely(forecast) = health {
            p .note { strong { "Forecast. " } (forecast.sentence()) }
        }
        @if let (Health::QuarantineLikely(_) | Health::Failing, Some(cause)) = (health, most_frequent(known)) {
            p .note { strong { "Most frequent cause: " (cause.title) ". " } "What to do: " (cause.change) }
        }
        (chart(&hours.map(|hour| hour.done), &hours.map(|hour| hour.all_failed()), now / HOUR))
        p { a href=(log) { "Refused requests" } }
    })
}

/// Why most of the refused requests of the last hours were refused.
fn most_frequent(known: &Known) -> Option<&'static Cause> {
    let mut counts: BTreeMap<&str, (u64, &'static Cause)> = BTreeMap::new();
    for one in known.refused() {
        let cause = causes::of(one.last.kind);
        counts.entry(cause.title).or_insert((0, cause)).0 += one.count;
    }
    counts.into_values().max_by_key(|(count, _)| *count).map(|(_, cause)| cause)
}
