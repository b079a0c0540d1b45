//! The OAuth clients of a directory: the list, and what kinds of them there are.

pub(crate) mod create;
pub(crate) mod new;
pub(crate) mod one;
pub(crate) mod revoke;
pub(crate) mod secrets;

mod kind;

use directory::access::oauth::client::{self, Client};
use directory::access::permissions::Scopes;
use http::StatusCode;
use maud::{Markup, html};

use self::kind::Kind;
use crate::layout::table;
use crate::limits::covers;
use crate::problem::{Answer, Problem};
use crate::time::stored;
use crate::trail::Trail;
use crate::visit::Visit;

/// Clients on one page.
const PAGE: u16 = 25;

/// The list.
pub(crate) async fn list(visit: Visit) -> Answer {
    let (record, trail) = (visit.record()?, Trail::of(&visit)?);
    let after = Some(visit.query.get("after")).filter(|after| !after.is_empty());
    let after = after.map(str::parse).transpose().map_err(|_| Problem::not_found())?;
    let (found, more) = client::list(visit.table(), &record.id, after.as_ref(), PAGE).await?;
    let next = found.last().filter(|_| more).map(|last| last.id.to_string());
    let rows: Vec<Markup> =
        found.iter().filter(|one| is_visible(&visit, one)).map(|one| row(&trail, one)).collect();
    let content = html! {
        h1 { "OAuth clients" }
        p { "An OAuth client fetches access tokens by itself, which end within hours. It works with " (record.name) " only." }
        @if rows.is_empty() {
            p .note { "There are no OAuth clients here." }
        } @else {
            (table("OAuth clients", &["Name", "Kind", "Allows", "Created", "Last token", "State"], &rows))
        }
        @if let Some(next) = next { p { a href=(trail.to(&format!("/clients?after={next}"))) { "Next page" } } }
        h2 { "Create a client" }
        dl {
            @for kind in Kind::ALL {
                dt { a href=(trail.to(&format!("/clients/new?kind={}", kind.id()))) { (kind.name()) } }
                dd { (kind.purpose()) }
            }
        }
        (trail.back())
    };
    Ok(trail.frame.page(StatusCode::OK, "OAuth clients", &content))
}

fn row(trail: &Trail, one: &Client) -> Markup {
    html! {
        td { a href=(trail.to(&format!("/clients/{}", one.id))) { (one.label) } }
        td { (Kind::of_client(one).name()) }
        td { (scopes(one).unwrap_or_default()) }
        td { (stored(&one.created)) }
        td { (used(one)) }
        td { (state(one)) }
    }
}

fn used(one: &Client) -> String {
    one.used.as_deref().map_or_else(|| "not yet".to_owned(), stored)
}

fn state(one: &Client) -> &'static str {
    if one.revoked.is_some() { "revoked" } else { "valid" }
}

/// What its tokens allow; `None` when it cannot be read.
fn scopes(one: &Client) -> Option<Scopes> {
    one.scopes.parse().ok()
}

/// Whether the session may see `one`.
pub(crate) fn is_visible(visit: &Visit, one: &Client) -> bool {
    scopes(one).is_some_and(|scopes| covers(visit, scopes))
}
