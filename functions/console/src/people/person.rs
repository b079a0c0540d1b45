//! One person: the state, the groups, what was changed, and which requests were refused. A person who was deleted
//! has a history still.

use directory::Wants;
use directory::error::Error;
use directory::events;
use directory::resource::stored::Resource;
use http::StatusCode;
use maud::{Markup, html};
use scim::model::resource_type::ResourceType;
use serde_json::Value;

use super::names::Names;
use super::page::{audit, named, open, path, reveal};
use crate::layout::table;
use crate::log::changes::{self, history};
use crate::log::filter::Filter;
use crate::log::page::Log;
use crate::log::refused;
use crate::problem::{Answer, Problem};
use crate::time::stored;
use crate::visit::Visit;

/// Groups on one page.
const GROUPS: u16 = 20;
/// Refused requests on the page; the log has the others.
const REFUSED: usize = 10;

/// The page, with masked names.
pub(crate) async fn show(visit: Visit) -> Answer {
    page(&visit, Names::Masked, visit.query.get("after")).await
}

/// The page, with names.
pub(crate) async fn show_names(visit: Visit) -> Answer {
    page(&visit, Names::Shown, visit.form.get("after")).await
}

async fn page(visit: &Visit, names: Names, after: &str) -> Answer {
    let (record, id, kind) = (visit.record()?, visit.parameter("user"), ResourceType::user());
    let (table_of, directory) = (visit.table(), open(visit)?);
    let user = async {
        match directory.get(&kind, id, Wants::default()).await {
            Err(Error::NotFound) => Ok(None),
            user => user.map(Some),
        }
    };
    let after = Some(after).filter(|after| !after.is_empty());
    let (user, last, groups) = tokio::try_join!(
        user,
        events::last_about(table_of, &record.id, &kind.name, id),
        directory.groups_page(id, after, GROUPS),
    )?;
    if user.is_none() && last.is_none() {
        return Err(Problem::not_found());
    }
    let (done, failed) = (Filter::of_resource(id, false), Filter::of_resource(id, true));
    let (log, changes, refused) = tokio::try_join!(
        Log::new(visit),
        history(table_of, &record.id, last, &done),
        refused::search(table_of, &record.id, None, &failed, REFUSED),
    )?;
    if names == Names::Shown && user.is_some() {
        audit(visit, id)?;
    }
    let own = path(visit, &kind.name, id)?;
    let rows = groups.groups.iter().map(|group| named(visit, "Group", &group.id, &names.of(group)));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let frame = visit.frame();
    let content = html! {
        h1 { "Person" }
        (facts(id, user.as_ref(), names))
        @if user.is_some() { (reveal(visit, names, &own, after.unwrap_or_default())) }
        h2 { "Groups" }
        @if rows.is_empty() { p { "None." } } @else { (table("Groups", &["Name", "Id"], &rows)) }
        @if let Some(next) = &groups.next { p { a href=(frame.to(&format!("{own}?after={next}"))) { "More groups" } } }
        h2 { "Changes" }
        (changes::rows(&log, "Changes", &changes.rows, false))
        (log.older(&done, &changes, "change", "Older changes"))
        p .hint { "What changed in a group, such as its members, is on the page of the group." }
        h2 { "Refused requests" }
        @if refused.rows.is_empty() {
            p { "None was found for this id." }
        } @else {
            (refused::rows(&log, &refused.rows, |_| log.link(&failed.query(&[]))))
        }
        (log.older(&failed, &refused, "before", "Earlier requests"))
        p { a href=(frame.to(&format!("/console/directories/{}/people", record.id))) { "Look up another person" } }
    };
    Ok(frame.page(StatusCode::OK, "Person", &content))
}

fn facts(id: &str, user: Option<&Resource>, names: Names) -> Markup {
    html! {
        dl {
            dt { "Id" } dd { (id) }
            dt { "State" }
            dd {
                @match user.map(|user| user.doc.get("active") == Some(&Value::Bool(false))) {
                    None => "deleted",
                    Some(true) => "not active",
                    Some(false) => "active",
                }
            }
            @if let Some(user) = user {
                dt { "Created" } dd { (stored(&user.created)) }
                dt { "Last changed" } dd { (stored(&user.last_modified)) }
                @for (name, value) in names.values(user) { dt { (name) } dd { (value) } }
            }
        }
    }
}
