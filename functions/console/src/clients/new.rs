//! The form that creates an OAuth client.

use axum::response::Response;
use gateway::administration::client_secret::USUAL;
use gateway::administration::value::LONGEST;
use http::StatusCode;
use maud::{Markup, html};

use super::kind::Kind;
use crate::credentials::once;
use crate::field::{Field, Fields, Shape, Wrong};
use crate::fresh;
use crate::limits::{most_days, scope_boxes};
use crate::problem::{Answer, Problem};
use crate::trail::Trail;
use crate::visit::Visit;

/// The page.
pub(crate) async fn show(visit: Visit) -> Answer {
    page(&visit, StatusCode::OK, Kind::of(visit.query.get("kind")), None)
}

/// The page, with what was wrong with the form when it was sent.
pub(super) fn page(
    visit: &Visit,
    status: StatusCode,
    kind: Kind,
    wrong: Option<&Wrong>,
) -> Result<Response, Problem> {
    let trail = Trail::of(visit)?;
    let title = format!("Create a client: {}", kind.name());
    let content = html! {
        h1 { (title) }
        p { (kind.purpose()) }
        @if visit.is_fresh() {
            (trail.form("/clients", &form(visit, &trail, kind, wrong)?))
        } @else {
            (fresh::note(&trail.frame, &trail.path("/clients")))
        }
        p { a href=(trail.to("/clients")) { "All OAuth clients" } }
        (trail.back())
    };
    Ok(trail.frame.page(status, &title, &content))
}

fn form(visit: &Visit, trail: &Trail, kind: Kind, wrong: Option<&Wrong>) -> Result<Markup, Problem> {
    let fields = Fields { sent: &visit.form, wrong };
    let name = Field { name: "label", label: "Name", hint: "", shape: Shape::Line(LONGEST), required: true };
    let life = Field {
        name: "tokenLifetimeMinutes",
        label: "Minutes that an access token is valid",
        hint: "",
        shape: Shape::Number(60, 360),
        required: true,
    };
    Ok(html! {
        (once()?)
        input type="hidden" name="kind" value=(kind.id());
        (fields.field(&name, trail.provider.map_or("", |provider| provider.name())))
        @match kind {
            Kind::Secret => {},
            Kind::Federation => (federation(&fields)),
            Kind::Authorization => (authorization(&fields)),
        }
        @if kind != Kind::Federation { (secret_life(visit, &fields)) }
        (fields.field(&life, "60"))
        (scope_boxes(visit, &fields, true))
        button .yes type="submit" { "Create the client" }
    })
}

/// How long a client secret is valid.
pub(super) fn secret_life(visit: &Visit, fields: &Fields<'_>) -> Markup {
    let most = most_days(visit);
    let life = Field {
        name: "expires",
        label: "Days until the client secret ends",
        hint: "",
        shape: Shape::Number(1, most),
        required: true,
    };
    fields.field(&life, &USUAL.min(most).to_string())
}

fn federation(fields: &Fields<'_>) -> Markup {
    let line = |name, label, hint, required| {
        fields.field(&Field { name, label, hint, shape: Shape::Line(1024), required }, "")
    };
    html! {
        (fields.wrong("federation"))
        (line("subject", "Subject", "Microsoft Entra ID: the object id of the service principal that provisions", true))
        (fields.field(&Field {
            name: "audiences",
            label: "Audiences, one per line",
            hint: "Microsoft Entra ID: the application's id",
            shape: Shape::Area,
            required: true,
        }, ""))
        (line("tenant", "Tenant id of Microsoft Entra ID", "Enough to find its issuer and its keys", false))
        (line("issuer", "Issuer", "Only of others than Microsoft Entra ID, and of its national clouds", false))
        (line("jwksUri", "Address of the issuer's keys", "The same", false))
    }
}

fn authorization(fields: &Fields<'_>) -> Markup {
    html! {
        (fields.field(&Field {
            name: "redirectUris",
            label: "Addresses to which the button returns, one per line",
            hint: "Your identity provider calls them redirect URIs",
            shape: Shape::Area,
            required: true,
        }, ""))
        (fields.boxes("pkce", "Older buttons", &[("optional", "The button does not use PKCE", false)]))
    }
}
