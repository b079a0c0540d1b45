//! "Create credentials": the page that shows a secret token, once.

use directory::access::credential;
use directory::clock::seconds;
use directory::id::CredentialId;
use directory::registry::state::State;
use gateway::auth::token::Token;
use gateway::http::error::Failure;
use gateway::http::path::SCIM;
use http::StatusCode;
use maud::html;
use secrecy::ExposeSecret;

use super::SHOWN;
use crate::guide::Provider;
use crate::layout::value;
use crate::problem::{Answer, Problem};
use crate::time::day;
use crate::visit::Visit;

/// How long an access token is valid, in seconds.
const VALID: i64 = 365 * 86_400;
/// Valid access tokens of a directory, over which none is created here.
const MOST: usize = 10;

/// Creates an access token with the id that the form names. A form that is sent twice creates one.
pub(crate) async fn create(visit: Visit) -> Answer {
    let record = visit.record()?;
    if record.state != State::Enabled {
        return Err(Problem::conflict("User provisioning is not enabled."));
    }
    let id: CredentialId = visit.form.get("id").parse().map_err(|_| Problem::not_found())?;
    let (credentials, _) = credential::list(visit.table(), &record.id, None, SHOWN).await?;
    if credentials.iter().filter(|one| one.is_valid(seconds())).count() >= MOST {
        return Err(Problem::conflict(
            "This directory has ten access tokens. Ask the team of this service to revoke those that are not used.",
        ));
    }
    let provider = Provider::of(visit.form.get("provider"));
    let deployment = visit.app.deployment.get().await?;
    let (token, mut new) = Token::mint_as(id, &record.id, &deployment).map_err(|_| Failure::internal())?;
    let expires = seconds() + VALID;
    new.label = format!("{} (set-up page)", provider.name());
    new.expires = Some(expires);
    if credential::create_once(visit.table(), &record.id, &new).await?.is_none() {
        return Err(Problem::conflict(
            "This form was sent before, and its secret token was shown then. Go back to the set-up page to create another.",
        ));
    }
    let frame = visit.frame();
    let back = frame.to(&format!("/console/directories/{}/setup?provider={}", record.id, provider.id()));
    let content = html! {
        h1 { "Your credentials" }
        p .note { "Copy both values now. The secret token is not shown again." }
        (value("url", "Tenant URL (SCIM endpoint)", &format!("{}{SCIM}", visit.origin)))
        (value("token", "Secret token (access token)", token.expose_secret()))
        p { "The secret token is valid until " (day(expires)) ". It works with this directory only." }
        p { a href=(back) { "Back to the set-up page" } }
    };
    Ok(frame.page(StatusCode::OK, "Your credentials", &content))
}
