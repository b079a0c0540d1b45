//! One OAuth client.

use axum::response::Response;
use directory::access::oauth::client::secret::ClientSecret;
use directory::access::oauth::client::{self, Client};
use gateway::administration::client::Addresses;
use gateway::administration::value::LONGEST;
use http::StatusCode;
use maud::{Markup, html};

use super::kind::Kind;
use super::new::secret_life;
use super::{is_visible, scopes, state, used};
use crate::credentials::once;
use crate::field::{Field, Fields, Shape, Wrong};
use crate::fresh;
use crate::layout::{table, value};
use crate::problem::{Answer, Problem};
use crate::time::{day, stored};
use crate::trail::Trail;
use crate::visit::Visit;

/// The page.
pub(crate) async fn show(visit: Visit) -> Answer {
    let one = find(&visit).await?;
    page(&visit, StatusCode::OK, &one, None)
}

/// The page, with what was wrong with the form when it was sent.
pub(super) fn page(
    visit: &Visit,
    status: StatusCode,
    one: &Client,
    wrong: Option<&Wrong>,
) -> Result<Response, Problem> {
    let trail = Trail::of(visit)?;
    let kind = Kind::of_client(one);
    let content = html! {
        h1 { (one.label) }
        dl {
            dt { "Kind" } dd { (kind.name()) }
            dt { "Allows" } dd { (scopes(one).unwrap_or_default()) }
            dt { "An access token is valid for" } dd { (one.lifetime / 60) " minutes" }
            dt { "Created" } dd { (stored(&one.created)) }
            dt { "Last token" } dd { (used(one)) }
            dt { "State" } dd { (state(one)) }
            @if let Some(federation) = &one.federation {
                dt { "Issuer" } dd { (federation.issuer) }
                dt { "Keys" } dd { (federation.jwks_uri) }
                dt { "Subject" } dd { (federation.subject) }
                dt { "Audiences" } @for audience in &federation.audiences { dd { (audience) } }
            }
            @if !one.redirects.is_empty() {
                dt { "The button returns to" } @for address in &one.redirects { dd { (address) } }
                dt { "PKCE" } dd { (one.pkce.name()) }
            }
        }
        @if one.revoked.is_none() {
            h2 { "Enter in the identity provider" }
            (values(visit, one)?)
            @if kind != Kind::Federation { (secrets(visit, &trail, one, wrong)?) }
            h2 { "Revoke it" }
            p { a href=(trail.to(&format!("/clients/{}/revoke", one.id))) { "Revoke this client" } " when no identity provider uses it any more." }
        }
        p { a href=(trail.to("/clients")) { "All OAuth clients" } }
        (trail.back())
    };
    Ok(trail.frame.page(status, &one.label, &content))
}

/// What is entered in the identity provider, without the secret.
pub(super) fn values(visit: &Visit, one: &Client) -> Result<Markup, Problem> {
    let addresses = Addresses::of(&visit.record()?.id, one, &visit.origin);
    Ok(html! {
        (value("url", "Tenant URL (SCIM endpoint)", &addresses.tenant))
        @if Kind::of_client(one) == Kind::Authorization {
            (value("authorization", "Authorization URL", &addresses.authorization))
        }
        (value("endpoint", "Token endpoint (token URL)", &addresses.token))
        (value("client", "Client identifier", &addresses.client_id))
    })
}

fn secrets(visit: &Visit, trail: &Trail, one: &Client, wrong: Option<&Wrong>) -> Result<Markup, Problem> {
    let fields = Fields { sent: &visit.form, wrong };
    let name = Field {
        name: "label",
        label: "Name of the secret",
        hint: "",
        shape: Shape::Line(LONGEST),
        required: true,
    };
    let path = format!("/clients/{}/secrets", one.id);
    let rows: Vec<Markup> = one.secrets.iter().map(|secret| row(trail, &path, secret)).collect();
    let form = html! {
        (once()?)
        (fields.field(&name, ""))
        (secret_life(visit, &fields))
        button .yes type="submit" { "Create the next secret" }
    };
    Ok(html! {
        h2 { "Client secrets" }
        @if !rows.is_empty() { (table("Client secrets", &["Name", "Created", "Ends", "Remove"], &rows)) }
        p { "To replace a secret, create the next one, enter it in the identity provider, and remove the old one." }
        @if visit.is_fresh() { (trail.form(&path, &form)) } @else { (fresh::note(&trail.frame, &trail.path("/clients"))) }
    })
}

fn row(trail: &Trail, path: &str, secret: &ClientSecret) -> Markup {
    html! {
        td { (called(secret)) }
        td { (stored(&secret.created)) }
        td { @match secret.end { Some(end) => (day(end)), None => "never" } }
        td { a href=(trail.to(&format!("{path}/{}", secret.id))) { "Remove " (secret.id) } }
    }
}

/// The name of a secret, or else its id.
pub(super) fn called(secret: &ClientSecret) -> &str {
    if secret.label.is_empty() { &secret.id } else { &secret.label }
}

/// The client in the path.
///
/// # Errors
/// 404 when it does not exist, or the session may not see it.
pub(super) async fn find(visit: &Visit) -> Result<Client, Problem> {
    let id = visit.parameter("client").parse().map_err(|_| Problem::not_found())?;
    let found = client::read(visit.table(), &visit.record()?.id, &id).await?;
    found.filter(|one| is_visible(visit, one)).ok_or_else(Problem::not_found)
}
