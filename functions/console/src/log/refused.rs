//! Which requests were refused, why, and what to change.

use std::collections::BTreeMap;

use directory::access::refusal::{self, Refusal, Refused};
use maud::{Markup, html};

use super::page::Log;
use crate::causes::{self, Cause};
use crate::layout::table;
use crate::problem::Problem;
use crate::time::minute;

/// Rows of one page.
const PAGE: u16 = 50;

/// The latest refused requests, or those before `before`.
pub(super) async fn show(log: &Log<'_>) -> Result<Markup, Problem> {
    let record = log.visit.record()?;
    let before = Some(log.visit.query.get("before")).filter(|before| !before.is_empty());
    let (found, next) = refusal::list(log.visit.table(), &record.id, before, PAGE).await?;
    let causes: BTreeMap<&str, &Cause> =
        found.iter().map(|one| causes::of(one.last.kind)).map(|cause| (cause.title, cause)).collect();
    let numbers: BTreeMap<&str, usize> =
        causes.keys().enumerate().map(|(at, title)| (*title, at + 1)).collect();
    let rows: Vec<Markup> = found.iter().map(|one| row(log, one, &numbers)).collect();
    Ok(html! {
        h1 { "Refused requests" }
        (log.tabs(true))
        p { "Requests of the identity provider of " strong { (record.name) } " that were refused, the latest hour first. \
             Similar requests of one hour are one row, which shows the last of them. A refused request changed nothing." }
        @if rows.is_empty() {
            p .good { "There was none in the last 30 days." }
        } @else {
            (table("Refused requests", &["Last", "How many", "Request", "Cause", "Attribute", "Who", "Access token"], &rows))
        }
        @if let Some(next) = next { p { a href=(log.link(&format!("?show=refused&before={next}"))) { "Earlier requests" } } }
        @for (cause, number) in causes.values().zip(numbers.values()) { (explained(cause, *number)) }
        h2 { "Does your identity provider report an error that is not here?" }
        p { "A request without a secret token of this directory is not shown, because it belongs to no directory. Check that the \
             Tenant URL is the one on the set-up page, and that the secret token is complete and has no word before it." }
    })
}

fn row(log: &Log<'_>, one: &Refused, numbers: &BTreeMap<&str, usize>) -> Markup {
    let (last, cause) = (&one.last, causes::of(one.last.kind));
    let number = numbers.get(cause.title).copied().unwrap_or_default();
    html! {
        td { (minute(one.at)) }
        td { (one.count) }
        td { (request(last)) }
        td { a href=(format!("#cause-{number}")) { (cause.title) } }
        td { (last.attribute.as_deref().unwrap_or("–")) }
        td { (last.user_name.as_deref().or(last.target.as_deref()).unwrap_or("–")) }
        td { (log.name(&last.credential.to_string())) }
    }
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
