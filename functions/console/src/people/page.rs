//! What the pages of people and groups have in common.

use directory::Directory;
use maud::{Markup, html};
use scim::model::resource_type::ResourceType;

use super::names::Names;
use crate::problem::Problem;
use crate::visit::Visit;

/// The path of the page of the resource `id`.
pub(super) fn path(visit: &Visit, kind: &str, id: &str) -> Result<String, Problem> {
    let folder = if kind == ResourceType::group().name { "groups" } else { "people" };
    Ok(format!("/console/directories/{}/{folder}/{id}", visit.record()?.id))
}

/// A row with a name and an id that leads to its page.
pub(super) fn named(visit: &Visit, kind: &str, id: &str, name: &str) -> Result<Markup, Problem> {
    let path = visit.frame().to(&path(visit, kind, id)?);
    Ok(html! { td { (name) } td { a href=(path) { (id) } } })
}

/// The directory in the path, for reading.
pub(super) fn open(visit: &Visit) -> Result<Directory, Problem> {
    let reader = "console".parse().map_err(|_| Problem::not_found())?;
    Ok(Directory::open(visit.table(), &visit.record()?.id, &reader))
}

/// The button that shows what is masked, or that it is shown.
pub(super) fn reveal(visit: &Visit, names: Names, path: &str, after: &str) -> Markup {
    let fields = html! {
        input type="hidden" name="after" value=(after);
        button .no type="submit" { "Show names and addresses" }
    };
    html! {
        @match names {
            Names::Masked => {
                (visit.frame().form(path, &fields))
                p .hint { "The audit log keeps who has seen them." }
            }
            Names::Shown => p .note { "Names and addresses are shown. The audit log says so." },
        }
    }
}

/// Writes the line of the audit log that the visitor sees the personal data of `id`.
pub(super) fn audit(visit: &Visit, id: &str) -> Result<(), Problem> {
    let directory = &visit.record()?.id;
    tracing::info!(audit = true, actor = visit.by(), directory = %directory, resource = id, "personal data was shown");
    Ok(())
}
