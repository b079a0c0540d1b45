//! The list of all directories, and how each is.

use directory::clock::seconds;
use directory::registry::list;
use http::StatusCode;
use maud::{Markup, html};

use crate::layout::{Frame, table};
use crate::problem::{Answer, Problem};
use crate::status::known::{Known, look};
use crate::time::minute;
use crate::visit::Visit;

/// Directories on one page.
const PAGE: u16 = 50;
/// Characters of the longest id.
const LONGEST_ID: usize = 36;
/// Characters of a name that are shown.
const LONGEST: usize = 60;

/// One page of directories whose ids begin with what the visitor looks for, in the order of their ids.
pub(crate) async fn list(visit: Visit) -> Answer {
    let after = Some(visit.query.get("after")).filter(|after| !after.is_empty());
    let after = after.map(str::parse).transpose().map_err(|_| Problem::not_found())?;
    let wanted: String = visit.query.get("id").trim().to_lowercase().chars().take(LONGEST_ID).collect();
    let (directories, more) = list::page(visit.table(), &wanted, after.as_ref(), PAGE).await?;
    let next = directories.last().filter(|_| more).map(|last| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("id", &wanted).append_pair("after", &last.id.to_string());
        query.finish()
    });
    let known = look(visit.table(), directories, seconds()).await?;
    let frame = visit.frame();
    let rows: Vec<Markup> = known.iter().map(|one| row(&frame, one)).collect();
    let content = html! {
        h1 { "Directories" }
        p { "A directory is one customer: users and groups, a profile, access tokens." }
        form method="get" action=(frame.to("/console/directories")) {
            label for="id" { "Id, or its beginning" }
            input #id type="search" name="id" value=(wanted) maxlength=(LONGEST_ID) autocomplete="off" spellcheck="false";
            button .no type="submit" { "Find" }
        }
        @if rows.is_empty() {
            p .note { "No directory was found. " code { "rollcall directory create" } " creates one." }
        } @else {
            (table("Directories", &HEADS, &rows))
            p .hint { "Errors are refused requests of the last 24 hours. Ending are access tokens that end within 30 days." }
        }
        @if let Some(next) = next {
            p { a href=(frame.to(&format!("/console/directories?{next}"))) { "Next page" } }
        }
    };
    Ok(frame.page(StatusCode::OK, "Directories", &content))
}

const HEADS: [&str; 7] = ["Name", "Id", "Health", "Last request", "Errors", "Ending", "Held"];

fn row(frame: &Frame, known: &Known) -> Markup {
    let (record, health) = (known.record(), known.health());
    let path = format!("/console/directories/{}", record.id);
    let name = if record.name.chars().count() > LONGEST {
        record.name.chars().take(LONGEST).chain(['…']).collect()
    } else {
        record.name.clone()
    };
    // Only what is not nothing leads on: the page stays small.
    let linked = |count: u64, page: &str| {
        html! { @if count > 0 { a href=(frame.to(&format!("{path}/{page}"))) { (count) } } @else { "0" } }
    };
    html! {
        td { a href=(frame.to(&path)) { (name) } }
        td { (record.id) }
        td { @if health.is_bad() { strong { (health.name()) } } @else { (health.name()) } }
        td { @match known.used() { Some(used) => (minute(used)), None => "–" } }
        td { (linked(known.failed(), "log?show=refused")) }
        td { (known.ending()) }
        td { (linked(known.held(), "held")) }
    }
}
