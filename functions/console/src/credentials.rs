//! The credentials of a directory: access tokens that last. The page of one shows how to replace and revoke
//! it.

pub(crate) mod create;
pub(crate) mod one;
pub(crate) mod revoke;

use axum::response::Response;
use directory::access::credential::{self, Credential};
use directory::access::oauth::hash::unguessable;
use directory::clock::seconds;
use gateway::administration::end::USUAL;
use gateway::administration::value::LONGEST;
use http::StatusCode;
use maud::{Markup, html};

use crate::field::{Field, Fields, Shape, Wrong};
use crate::fresh;
use crate::layout::table;
use crate::limits::{covers, most_days, scope_boxes};
use crate::problem::{Answer, Problem};
use crate::time::{day, minute, stored};
use crate::trail::Trail;
use crate::visit::Visit;

/// Credentials on one page.
const PAGE: u16 = 25;

/// The list, and the form that creates one.
pub(crate) async fn list(visit: Visit) -> Answer {
    page(&visit, StatusCode::OK, None).await
}

async fn page(visit: &Visit, status: StatusCode, wrong: Option<&Wrong>) -> Result<Response, Problem> {
    let (record, trail) = (visit.record()?, Trail::of(visit)?);
    let after = Some(visit.query.get("after")).filter(|after| !after.is_empty());
    let after = after.map(str::parse).transpose().map_err(|_| Problem::not_found())?;
    let (found, more) = credential::list(visit.table(), &record.id, after.as_ref(), PAGE).await?;
    let next = found.last().filter(|_| more).map(|last| last.id.to_string());
    let shown = found.iter().filter(|one| covers(visit, one.scopes));
    let rows: Vec<Markup> = shown.map(|one| row(&trail, one)).collect();
    let content = html! {
        h1 { "Credentials" }
        p { "With a secret token, an identity provider reads and changes the users and groups of " (record.name) "." }
        @if rows.is_empty() {
            p .note { "There are no credentials here." }
        } @else {
            (table("Credentials", &["Name", "Allows", "Created", "Ends", "Last used", "State"], &rows))
        }
        @if let Some(next) = next { p { a href=(trail.to(&format!("/credentials?after={next}"))) { "Next page" } } }
        h2 #create { "Create a secret token" }
        @if visit.is_fresh() { (form(visit, &trail, wrong)?) } @else { (fresh::note(&trail.frame, &trail.path("/credentials"))) }
        p { a href=(trail.to("/clients")) { "OAuth clients" } " need no token that lasts." }
        (trail.back())
    };
    Ok(trail.frame.page(status, "Credentials", &content))
}

fn row(trail: &Trail, one: &Credential) -> Markup {
    html! {
        td { a href=(trail.to(&format!("/credentials/{}", one.id))) { (one.label) } }
        td { (one.scopes) }
        td { (stored(&one.created)) }
        td { (ends(one)) }
        td { (used(one)) }
        td { (state(one)) }
    }
}

fn ends(one: &Credential) -> String {
    one.expires.map_or_else(|| "never".to_owned(), day)
}

fn used(one: &Credential) -> String {
    one.used.map_or_else(|| "not yet".to_owned(), minute)
}

fn state(one: &Credential) -> &'static str {
    match one {
        one if one.is_valid(seconds()) => "valid",
        Credential { revoked: Some(_), .. } => "revoked",
        _ => "expired",
    }
}

fn form(visit: &Visit, trail: &Trail, wrong: Option<&Wrong>) -> Result<Markup, Problem> {
    let fields = Fields { sent: &visit.form, wrong };
    let name = Field { name: "label", label: "Name", hint: "", shape: Shape::Line(LONGEST), required: true };
    let most = most_days(visit);
    let life = Field {
        name: "expires",
        label: "Days until it ends",
        hint: "",
        shape: Shape::Number(1, most),
        required: true,
    };
    let content = html! {
        (once()?)
        (fields.field(&name, trail.provider.map_or("", |provider| provider.name())))
        (fields.field(&life, &USUAL.to_string()))
        (scope_boxes(visit, &fields, false))
        button .yes type="submit" { "Create a secret token" }
    };
    Ok(trail.form("/credentials", &content))
}

/// The id of what a form creates. Sent twice, the form creates one.
pub(crate) fn once() -> Result<Markup, Problem> {
    let id = unguessable::<8>()?;
    Ok(html! { input type="hidden" name="id" value=(id); })
}
