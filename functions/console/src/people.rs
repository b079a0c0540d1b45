//! People and groups: the team looks one up by an exact value. Values are sent by POST, so that they stand in no
//! URL and no log; what is found has a page with its id.

pub(crate) mod group;
pub(crate) mod person;

mod lookup;
mod names;

use directory::Directory;
use http::StatusCode;
use maud::{Markup, html};
use scim::model::resource_type::ResourceType;

use self::lookup::{Found, LOOKUPS, find};
use self::names::Names;
use crate::layout::{Frame, see_other, table};
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// What has one value that need not be unique, and is shown.
const SHOWN: usize = 20;

/// The page with the forms.
pub(crate) async fn show(visit: Visit) -> Answer {
    page(&visit, &html! {})
}

/// Leads to the page of what has the value that was sent.
pub(crate) async fn look_up(visit: Visit) -> Answer {
    let (kind, by) = (visit.form.get("type"), visit.form.get("by"));
    let lookup = LOOKUPS.iter().find(|lookup| lookup.kind == kind && lookup.attribute == by);
    let lookup = lookup.ok_or_else(|| Problem::conflict("Choose by what to look up, and press Look up."))?;
    let found = match find(&visit, lookup, visit.form.get("value").trim()).await? {
        Found::None => {
            let deleted =
                if lookup.attribute == "id" { "" } else { " One that was deleted is found by the id only." };
            format!("No {} of this directory has this {}.{deleted}", lookup.noun(), lookup.label)
        }
        Found::NotIndexed => {
            format!("{} of this directory cannot be looked up by {}.", lookup.plural(), lookup.label)
        }
        Found::Many => format!("Too many have this {}. Look up by another value.", lookup.label),
        Found::Id(id) => return Ok(see_other(&visit.frame().to(&path(&visit, lookup.kind, &id)?))),
        Found::Some(resources) => {
            let rows = resources
                .iter()
                .take(SHOWN)
                .map(|one| named(&visit, lookup.kind, &one.id, &Names::Masked.of(one)));
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            let result = html! {
                p .note role="status" { (resources.len()) " have this " (lookup.label) "." }
                (table("Found", &["Name", "Id"], &rows))
            };
            return page(&visit, &result);
        }
    };
    page(&visit, &html! { p .wrong role="alert" { (found) } })
}

/// The forms, after the `result` of a look-up.
fn page(visit: &Visit, result: &Markup) -> Answer {
    let record = visit.record()?;
    let frame = visit.frame();
    let own = format!("/console/directories/{}", record.id);
    let content = html! {
        h1 { "People and groups" }
        p { "Look up a person or a group of " strong { (record.name) } " by an exact value." }
        (result)
        h2 { "Person" }
        (form(&frame, &own, "User"))
        h2 { "Group" }
        (form(&frame, &own, "Group"))
        p { a href=(frame.to(&own)) { "Back to the directory" } }
    };
    Ok(frame.page(StatusCode::OK, "People and groups", &content))
}

fn form(frame: &Frame, own: &str, kind: &str) -> Markup {
    let id = |field: &str| format!("{}-{field}", kind.to_lowercase());
    let fields = html! {
        input type="hidden" name="type" value=(kind);
        label for=(id("by")) { "Look up by" }
        select id=(id("by")) name="by" {
            @for lookup in LOOKUPS.iter().filter(|lookup| lookup.kind == kind) {
                option value=(lookup.attribute) { (lookup.label) }
            }
        }
        label for=(id("value")) { "Value" }
        input id=(id("value")) name="value" required spellcheck="false";
        button .yes type="submit" { "Look up" }
    };
    frame.form(&format!("{own}/people"), &fields)
}

/// The path of the page of the resource `id`.
fn path(visit: &Visit, kind: &str, id: &str) -> Result<String, Problem> {
    let folder = if kind == ResourceType::group().name { "groups" } else { "people" };
    Ok(format!("/console/directories/{}/{folder}/{id}", visit.record()?.id))
}

/// A row with a name and an id that leads to its page.
fn named(visit: &Visit, kind: &str, id: &str, name: &str) -> Result<Markup, Problem> {
    let path = visit.frame().to(&path(visit, kind, id)?);
    Ok(html! { td { (name) } td { a href=(path) { (id) } } })
}

/// The directory in the path, for reading.
fn open(visit: &Visit) -> Result<Directory, Problem> {
    let reader = "console".parse().map_err(|_| Problem::not_found())?;
    Ok(Directory::open(visit.table(), &visit.record()?.id, &reader))
}

/// The button that shows what is masked, or that it is shown.
fn reveal(visit: &Visit, names: Names, path: &str, after: &str) -> Markup {
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
fn audit(visit: &Visit, id: &str) -> Result<(), Problem> {
    let directory = &visit.record()?.id;
    tracing::info!(audit = true, actor = visit.by(), directory = %directory, resource = id, "personal data was shown");
    Ok(())
}
