//! The list of all directories.

use directory::registry::list;
use http::StatusCode;
use maud::{Markup, html};

use crate::layout::table;
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// Directories on one page.
const PAGE: u16 = 100;

/// One page of directories, in the order of their ids.
pub(crate) async fn list(visit: Visit) -> Answer {
    let after = Some(visit.query.get("after")).filter(|after| !after.is_empty());
    let after = after.map(str::parse).transpose().map_err(|_| Problem::not_found())?;
    let (directories, more) = list::page(visit.table(), after.as_ref(), PAGE).await?;
    let frame = visit.frame();
    let rows: Vec<Markup> = directories
        .iter()
        .map(|one| {
            html! {
                td { a href=(frame.to(&format!("/console/directories/{}", one.id))) { (one.name) } }
                td { (one.id) }
                td { (one.profile) }
                td { (one.state.name()) }
            }
        })
        .collect();
    let content = html! {
        h1 { "Directories" }
        p { "A directory is one customer: users and groups, a profile, access tokens." }
        @if rows.is_empty() {
            p .note { "There is none yet. " code { "rollcall directory create" } " makes one." }
        } @else {
            (table("Directories", &["Name", "Id", "Profile", "State"], &rows))
        }
        @if let Some(last) = directories.last().filter(|_| more) {
            p { a href=(frame.to(&format!("/console/directories?after={}", last.id))) { "Next page" } }
        }
    };
    Ok(frame.page(StatusCode::OK, "Directories", &content))
}
