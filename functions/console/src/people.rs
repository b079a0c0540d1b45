//! People and groups: the team looks one up by an exact value. Values are sent by POST, so that they stand in no
//! URL and no log; what is found has a page with its id.

pub(crate) mod group;
pub(crate) mod person;

mod lookup;
mod names;
mod page;

use http::StatusCode;
use maud::{Markup, html};

use self::lookup::{Found, LOOKUPS, find};
use self::names::Names;
use self::page::{named, path};
use crate::layout::{Frame, see_other, table};
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// What has one value that need not be unique, and is shown.
const SHOWN: usize = 20;

/// The page with the forms.
pub(crate) async fn show(visit: Visit) -> Answer {
    forms(&visit, &html! {})
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
            return forms(&visit, &result);
        }
    };
    forms(&visit, &html! { p .wrong role="alert" { (found) } })
}

/// The forms, after the `result` of a look-up.
fn forms(visit: &Visit, result: &Markup) -> Answer {
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
