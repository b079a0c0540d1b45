//! The page that asks an administrator for consent.

use axum::response::Response;
use gateway::http::html;
use http::{StatusCode, Uri};
use maud::html;

use super::ask::Ask;
use crate::caller::Caller;
use crate::scope::spelled_out;

/// The page on which an administrator gives consent to a client.
#[derive(Debug)]
pub struct Page<'a> {
    /// The question.
    pub ask: &'a Ask,
    /// Whose it is.
    pub caller: &'a Caller,
    /// The question, sealed.
    pub sealed: &'a str,
    /// Whether the page accepts the administrator key.
    pub administrator: bool,
    /// What was wrong with the last answer.
    pub wrong: Option<&'a str>,
}

impl Page<'_> {
    /// The page as an answer.
    #[must_use]
    pub fn answer(&self, status: StatusCode) -> Response {
        let Self { ask, caller, sealed, administrator, wrong } = self;
        let client = name(&caller.client.label, &ask.client_id);
        let directory = name(&caller.directory.name, "");
        let title = format!("Give {client} access to {directory}?");
        let content = html! {
            h1 { (title) }
            p { strong { (client) } " asks for access to the directory " strong { (directory) } " ("
                code { (caller.directory.id) } "). It may then:" }
            ul { @for line in allowed(&ask.scopes) { li { (line) } } }
            p { "Afterwards you go back to " strong { (host(&ask.redirect)) } "." }
            @if let Some(wrong) = wrong {
                p .wrong #wrong role="alert" { (wrong) }
            }
            form method="post" action="authorize" autocomplete="off" {
                input type="hidden" name="ask" value=(sealed);
                label for="key" { "Key" }
                input #key type="password" name="key" autofocus autocomplete="off" spellcheck="false"
                    aria-describedby=[Some(if wrong.is_some() { "hint wrong" } else { "hint" })]
                    aria-invalid=[wrong.map(|_| "true")];
                p .hint #hint {
                    "A token of this directory with the scope " code { "consent" }
                    @if *administrator { ", or the administrator key of this service" }
                    ". Leave it empty if the set-up page of this directory is open in this browser."
                }
                button .yes type="submit" name="answer" value="allow" { "Allow" }
                button .no type="submit" name="answer" value="deny" formnovalidate { "Do not allow" }
            }
        };
        html::page(status, &title, &content, Some(&ask.redirect))
    }
}

/// What `scopes` allow, in words.
fn allowed(scopes: &str) -> Vec<&'static str> {
    let spelled_out = spelled_out(scopes);
    let may = |word| spelled_out.split(' ').any(|spelled_out| spelled_out == word);
    let mut lines = Vec::new();
    for (kind, read, write) in [
        ("users", "see its users", "create, change and delete its users"),
        ("groups", "see its groups and their members", "create, change and delete its groups"),
    ] {
        if may(kind) && may("read") {
            lines.push(read);
        }
        if may(kind) && may("write") {
            lines.push(write);
        }
    }
    if may("events") {
        lines.push("see what changes in its users and groups, and what they were before");
    }
    lines
}

fn name<'a>(label: &'a str, otherwise: &'a str) -> &'a str {
    if label.trim().is_empty() { otherwise } else { label }
}

/// Where `redirect` leads, for people.
fn host(redirect: &str) -> String {
    redirect.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default()
}
