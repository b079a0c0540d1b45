//! Creating a credential, and the page that shows its secret token, once.

use axum::response::Response;
use directory::access::credential;
use directory::clock::seconds;
use directory::id::CredentialId;
use gateway::administration::credential::{New, create as create_credential};
use gateway::administration::end::end;
use gateway::administration::value::named;
use gateway::http::error::Failure;
use gateway::http::path::SCIM;
use http::StatusCode;
use maud::html;
use secrecy::ExposeSecret;

use super::page;
use crate::field::Wrong;
use crate::layout::value;
use crate::limits::{LOOKED_AT, check_room, ends, scopes};
use crate::problem::{Answer, Problem};
use crate::time::day;
use crate::trail::Trail;
use crate::visit::Visit;

/// Creates the credential that the form describes.
pub(crate) async fn create(visit: Visit) -> Answer {
    match read(&visit) {
        Ok(new) => issue(&visit, new).await,
        Err(failure) => page(&visit, StatusCode::BAD_REQUEST, Some(&Wrong::of(failure)?)).await,
    }
}

fn read(visit: &Visit) -> Result<New, Failure> {
    Ok(New {
        label: named("label", visit.form.get("label"))?,
        scopes: scopes(visit, false)?,
        expires: end(&ends(visit)?)?,
        subject: None,
    })
}

/// Creates a credential with the id that the form names, and shows its token. A form that is sent twice
/// creates one.
pub(crate) async fn issue(visit: &Visit, new: New) -> Result<Response, Problem> {
    let (record, trail) = (visit.record()?, Trail::of(visit)?);
    let id: CredentialId = visit.form.get("id").parse().map_err(|_| Problem::not_found())?;
    let (found, more) = credential::list(visit.table(), &record.id, None, LOOKED_AT).await?;
    check_room(visit, found.iter().filter(|one| one.is_valid(seconds())).count(), more)?;
    let expires = new.expires;
    let created = create_credential(&visit.app, &record.id, id, new).await?;
    let (token, _) = created.ok_or_else(|| {
        Problem::conflict(
            "This form was sent before, and its secret token was shown then. Open the page again to create another.",
        )
    })?;
    let content = html! {
        h1 { "Your credentials" }
        p .note { "Copy both values now. The secret token is not shown again." }
        (value("url", "Tenant URL (SCIM endpoint)", &format!("{}{SCIM}", visit.origin)))
        (value("token", "Secret token (access token)", token.expose_secret()))
        p { "The secret token is valid until " (day(expires)) ". It works with this directory only." }
        (trail.back())
    };
    Ok(trail.frame.page(StatusCode::OK, "Your credentials", &content))
}
