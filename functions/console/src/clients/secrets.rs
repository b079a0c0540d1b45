//! Replacing the secret of an OAuth client: the next one is added, and the old one removed.

use axum::response::Response;
use directory::access::oauth::client::Client;
use directory::access::oauth::client::secrets;
use directory::error::Error;
use gateway::administration::client_secret::{Made, New, add as add_secret};
use gateway::administration::end::End;
use gateway::administration::value::named;
use gateway::http::error::Failure;
use http::StatusCode;
use maud::{Markup, html};
use secrecy::ExposeSecret;

use super::kind::Kind;
use super::one::{called, find, page, values};
use crate::field::Wrong;
use crate::layout::{see_other, value};
use crate::limits::ends;
use crate::problem::{Answer, Problem};
use crate::trail::Trail;
use crate::visit::Visit;

/// Adds a secret with the id that the form names, and shows it. A form that is sent twice creates one.
pub(crate) async fn add(visit: Visit) -> Answer {
    let (one, trail) = (find(&visit).await?, Trail::of(&visit)?);
    if Kind::of_client(&one) == Kind::Federation {
        return Err(Problem::conflict("This client has no secret."));
    }
    let id = visit.form.get("id");
    if id.len() != 16 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Problem::not_found());
    }
    let (label, ends) = match read(&visit) {
        Ok(read) => read,
        Err(failure) => return page(&visit, StatusCode::BAD_REQUEST, &one, Some(&Wrong::of(failure)?)),
    };
    let new = New { id, label: &label, ends: Some(&ends) };
    let made = add_secret(&visit.app, &visit.record()?.id, &one.id, new).await?.ok_or_else(|| {
        Problem::conflict(
            "This form was sent before, and its secret was shown then. Open the page of the client to create another.",
        )
    })?;
    Ok(shown(&trail, &one, &made, &values(&visit, &one)?))
}

fn read(visit: &Visit) -> Result<(String, End), Failure> {
    Ok((named("label", visit.form.get("label"))?, ends(visit)?))
}

/// The page that shows a secret of `client`, once; `values` are entered with it.
pub(super) fn shown(trail: &Trail, client: &Client, made: &Made, values: &Markup) -> Response {
    let content = html! {
        h1 { "The client secret" }
        p .note { "Copy all values now. The client secret is not shown again." }
        (values)
        (value("secret", "Client secret", made.text.expose_secret()))
        p { a href=(trail.to(&format!("/clients/{}", client.id))) { "To the page of this client" } }
        (trail.back())
    };
    trail.frame.page(StatusCode::OK, "The client secret", &content)
}

/// Asks whether to remove a secret.
pub(crate) async fn ask(visit: Visit) -> Answer {
    let (one, trail) = (find(&visit).await?, Trail::of(&visit)?);
    let id = visit.parameter("secret");
    let secret = one.secrets.iter().find(|secret| secret.id == id).ok_or_else(Problem::not_found)?;
    let path = format!("/clients/{}", one.id);
    let button = html! { button .yes type="submit" { "Remove" } };
    let content = html! {
        h1 { "Remove this client secret?" }
        p { "The secret " strong { (called(secret)) } " of " strong { (one.label) } "." }
        p .note { "With this secret the client gets no access token any more. This cannot be undone." }
        (trail.form(&format!("{path}/secrets/{}", secret.id), &button))
        p { a href=(trail.to(&path)) { "Keep it" } }
    };
    Ok(trail.frame.page(StatusCode::OK, "Remove this client secret?", &content))
}

/// Removes a secret. It may be gone already: the form was sent twice.
pub(crate) async fn remove(visit: Visit) -> Answer {
    let (one, trail) = (find(&visit).await?, Trail::of(&visit)?);
    match secrets::remove(visit.table(), &visit.record()?.id, &one.id, visit.parameter("secret")).await {
        Ok(()) | Err(Error::NotFound) => Ok(see_other(&trail.to(&format!("/clients/{}", one.id)))),
        Err(error) => Err(error.into()),
    }
}
