//! One group: its size, its members, and what was changed. A group that was deleted has a history still.

use directory::error::Error;
use directory::id::is_resource_id;
use directory::{MembersPage, Named, events};
use http::StatusCode;
use maud::{Markup, html};
use scim::model::resource_type::ResourceType;

use super::names::Names;
use super::page::{audit, named, open, path, reveal};
use crate::layout::table;
use crate::log::changes::{self, history};
use crate::log::filter::Filter;
use crate::log::page::Log;
use crate::problem::{Answer, Problem};
use crate::time::stored;
use crate::visit::Visit;

/// Members on one page.
const MEMBERS: u16 = 50;

/// The page, with masked names.
pub(crate) async fn show(visit: Visit) -> Answer {
    page(&visit, Names::Masked, visit.query.get("after")).await
}

/// The page, with names.
pub(crate) async fn show_names(visit: Visit) -> Answer {
    page(&visit, Names::Shown, visit.form.get("after")).await
}

async fn page(visit: &Visit, names: Names, after: &str) -> Answer {
    let (record, id, kind) = (visit.record()?, visit.parameter("group"), ResourceType::group());
    let (directory, after) = (open(visit)?, Some(after).filter(|after| !after.is_empty()));
    let found = async {
        match directory.members_page(id, after, MEMBERS).await {
            Err(Error::NotFound) => Ok(None),
            found => found.map(Some),
        }
    };
    let (found, last) =
        tokio::try_join!(found, events::last_about(visit.table(), &record.id, &kind.name, id))?;
    if found.is_none() && last.is_none() {
        return Err(Problem::not_found());
    }
    let filter = Filter::of_resource(id, false);
    let (log, changes) =
        tokio::try_join!(Log::new(visit), history(visit.table(), &record.id, last, &filter))?;
    if names == Names::Shown && found.is_some() {
        audit(visit, id)?;
    }
    let own = path(visit, &kind.name, id)?;
    let frame = visit.frame();
    let refused = log.link(&Filter::of_resource(id, true).query(&[]));
    let content = html! {
        h1 { "Group" }
        (facts(id, found.as_ref(), names))
        @if let Some(found) = &found {
            (reveal(visit, names, &own, after.unwrap_or_default()))
            h2 { "Members" }
            (members(visit, found, names)?)
            @match found.next.as_deref() {
                Some(next) if is_resource_id(next) => p { a href=(frame.to(&format!("{own}?after={next}"))) { "More members" } },
                // Another text may be personal data, and stays out of the URL.
                Some(_) => p .note { "Members follow whose ids are not of this service. " code { "rollcall export" } " has them." },
                None => {}
            }
        }
        h2 { "Changes" }
        (changes::rows(&log, "Changes", &changes.rows, false))
        (log.older(&filter, &changes, "change", "Older changes"))
        p { a href=(refused) { "Refused requests for this group" } }
        p { a href=(frame.to(&format!("/console/directories/{}/people", record.id))) { "Look up another group" } }
    };
    Ok(frame.page(StatusCode::OK, "Group", &content))
}

fn facts(id: &str, found: Option<&MembersPage>, names: Names) -> Markup {
    html! {
        dl {
            dt { "Id" } dd { (id) }
            @match found {
                None => { dt { "State" } dd { "deleted" } }
                Some(MembersPage { group, size, .. }) => {
                    @for (name, value) in names.values(group) { dt { (name) } dd { (value) } }
                    dt { "Created" } dd { (stored(&group.created)) }
                    dt { "Last changed" } dd { (stored(&group.last_modified)) }
                    dt { "Members" } dd { "about " (size) }
                }
            }
        }
    }
}

fn members(visit: &Visit, found: &MembersPage, names: Names) -> Result<Markup, Problem> {
    let row = |one: &Named| {
        Ok(match (&one.kind, &one.resource) {
            (Some(kind), Some(resource)) => named(visit, kind, &one.id, &names.of(resource))?,
            // Its id may be any text.
            _ => html! { td { "not in this directory" } td { (names.address(&one.id)) } },
        })
    };
    let rows = found.members.iter().map(row).collect::<Result<Vec<_>, Problem>>()?;
    Ok(html! { @if rows.is_empty() { p { "None." } } @else { (table("Members", &["Name", "Id"], &rows)) } })
}
