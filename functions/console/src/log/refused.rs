//! Which requests were refused, why, and what to change.

use std::collections::BTreeMap;

use directory::Table;
use directory::access::refusal::{self, HOUR, Refusal, Refused};
use directory::id::DirectoryId;
use maud::{Markup, html};

use super::changes::BATCHES;
use super::filter::Filter;
use super::page::{Found, Log};
use crate::causes::{self, Cause};
use crate::layout::table;
use crate::problem::Problem;
use crate::time::minute;

/// Rows of one page.
const PAGE: usize = 50;
const HEADS: [&str; 7] = ["Last", "How many", "Request", "Cause", "Attribute", "Who", "Access token"];

/// The latest refused requests, or those before `before`.
pub(super) async fn show(log: &Log<'_>) -> Result<Markup, Problem> {
    let record = log.visit.record()?;
    let found = if log.filter.is_wrong {
        Found { rows: Vec::new(), next: None, is_early: false }
    } else {
        let before = log.visit.query.place("before").map(str::to_owned);
        search(log.visit.table(), &record.id, before, &log.filter, PAGE).await?
    };
    let causes: BTreeMap<&str, &Cause> =
        found.rows.iter().map(|one| causes::of(one.last.kind)).map(|cause| (cause.title, cause)).collect();
    let numbers: BTreeMap<&str, usize> =
        causes.keys().enumerate().map(|(at, title)| (*title, at + 1)).collect();
    let anchor = |cause: &Cause| format!("#cause-{}", numbers.get(cause.title).copied().unwrap_or_default());
    Ok(html! {
        h1 { "Refused requests" }
        (log.tabs())
        p { "Requests of the identity provider of " strong { (record.name) } " that were refused, the latest hour first. \
             Similar requests of one hour are one row, which shows the last of them. A refused request changed nothing." }
        (log.form())
        @if !found.rows.is_empty() {
            (rows(log, &found.rows, anchor))
        } @else if log.filter.is_set() {
            p .note { "No refused request fits the filter." }
        } @else {
            p .good { "There was none in the last 30 days." }
        }
        (log.older(&log.filter, &found, "before", "Earlier requests"))
        @for (cause, number) in causes.values().zip(numbers.values()) { (explained(cause, *number)) }
        h2 { "Does your identity provider report an error that is not here?" }
        p { "A request without a secret token of this directory is not shown, because it belongs to no directory. Check that the \
             Tenant URL is the one on the set-up page, and that the secret token is complete and has no word before it." }
    })
}

/// The newest `count` entries that `filter` accepts, or those that follow `before`.
pub(crate) async fn search(
    table: &Table,
    directory: &DirectoryId,
    before: Option<String>,
    filter: &Filter,
    count: usize,
) -> Result<Found<Refused>, Problem> {
    let mut rows = Vec::<Refused>::new();
    let mut next = before.or_else(|| filter.until.map(|until| refusal::end_of(until / HOUR)));
    'batches: for size in BATCHES {
        let (batch, more) = refusal::list(table, directory, next.as_deref(), size).await?;
        next = more;
        for one in batch {
            if filter.from.is_some_and(|from| one.hour < from / HOUR) {
                next = None;
                break 'batches;
            }
            if rows.len() == count {
                next = rows.last().map(|last| last.name.clone());
                break 'batches;
            }
            if filter.accepts_refused(&one) {
                rows.push(one);
            }
        }
        if next.is_none() || rows.len() == count {
            break;
        }
    }
    let is_early = rows.len() < count;
    rows.sort_by_key(|one| std::cmp::Reverse((one.hour, one.at)));
    Ok(Found { rows, next, is_early })
}

/// A table of `refused`. `address` is where a cause is explained.
pub(crate) fn rows(log: &Log<'_>, refused: &[Refused], address: impl Fn(&Cause) -> String) -> Markup {
    let rows: Vec<Markup> = refused
        .iter()
        .map(|one| {
            let (last, cause) = (&one.last, causes::of(one.last.kind));
            html! {
                td { (minute(one.at)) }
                td { (one.count) }
                td { (request(last)) }
                td { a href=(address(cause)) { (cause.title) } }
                td { (last.attribute.as_deref().unwrap_or("–")) }
                td { (last.user_name.as_deref().or(last.target.as_deref()).unwrap_or("–")) }
                td { (log.name(&last.credential.to_string())) }
            }
        })
        .collect();
    table("Refused requests", &HEADS, &rows)
}

/// What was asked for, such as `Create a user`.
fn request(refusal: &Refusal) -> String {
    let noun = match refusal.resource.as_deref() {
        Some("User") => "a user".to_owned(),
        Some("Group") => "a group".to_owned(),
        Some(other) => format!("a resource of the type {other}"),
        None => "something else".to_owned(),
    };
    let verb = match refusal.method.as_str() {
        "POST" => "Create",
        "PUT" | "PATCH" => "Change",
        "DELETE" => "Delete",
        _ => "Look up",
    };
    format!("{verb} {noun}")
}

fn explained(cause: &Cause, number: usize) -> Markup {
    html! {
        section id=(format!("cause-{number}")) {
            h2 { (cause.title) }
            p { (cause.happened) }
            p { strong { "What to do: " } (cause.change) }
            @if let Some(entra) = cause.entra { p { strong { "Microsoft Entra ID: " } (entra) } }
            @if let Some(okta) = cause.okta { p { strong { "Okta: " } (okta) } }
        }
    }
}
