//! Who did what in the console: the forms that were sent, the newest first.

pub(crate) mod trace;

mod words;

use directory::access::audit::{self, Audited};
use directory::registry::record::DirectoryRecord;
use http::StatusCode;
use maud::{Markup, html};

use self::words::{outcome, words};
use crate::layout::table;
use crate::problem::{Answer, Problem};
use crate::time::minute;
use crate::visit::Visit;

/// Rows of one page.
const PAGE: u16 = 50;
/// The longest name of a row.
const LONGEST: usize = 40;

/// The page of a directory, or of the team's sign-ins.
pub(crate) async fn show(visit: Visit) -> Answer {
    let (record, frame) = (visit.record.as_ref(), visit.frame());
    let before = Some(visit.query.get("before")).filter(|before| !before.is_empty());
    if before.is_some_and(|before| before.len() > LONGEST) {
        return Err(Problem::not_found());
    }
    let (found, next) = audit::list(visit.table(), record.map(|record| &record.id), before, PAGE).await?;
    let rows: Vec<Markup> = found.iter().map(row).collect();
    let up = record.map(|record| format!("/console/directories/{}", record.id));
    let path = up.as_ref().map_or_else(|| "/console/audit".to_owned(), |up| format!("{up}/audit"));
    let title = if record.is_some() { "Audit" } else { "Sign-ins of the team" };
    let content = html! {
        h1 { (title) }
        p { (introduction(record)) }
        @if rows.is_empty() {
            p .note { "There is nothing here." }
        } @else {
            (table(title, &["When", "Who", "What", "About", "Result"], &rows))
        }
        @if let Some(next) = next { p { a href=(frame.to(&format!("{path}?before={next}"))) { "Earlier" } } }
        @if let Some(up) = up { p { a href=(frame.to(&up)) { "Back to the directory" } } }
    };
    Ok(frame.page(StatusCode::OK, title, &content))
}

fn introduction(record: Option<&DirectoryRecord>) -> String {
    match record {
        Some(record) => format!(
            "What the team and the customer's administrators did with {} in the console, the newest first, for a year. \
             A set-up link stands for who opened it.",
            record.name
        ),
        None => "Who signed in to the pages of all directories, and out again, the newest first, for a year."
            .to_owned(),
    }
}

fn row(one: &Audited) -> Markup {
    let action = &one.action;
    html! {
        td { (minute(one.at)) }
        td { (action.by) }
        td {
            (words(&action.what))
            @if let Some(choice) = &action.choice { ": " (choice) }
        }
        td { (action.target.as_deref().unwrap_or("–")) }
        td { (outcome(action.status)) }
    }
}
