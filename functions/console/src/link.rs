//! Set-up links. Programs that scan e-mail open links, so GET changes nothing: only the button opens
//! the set-up, once.

use directory::access::setup_link::{self, LinkState, LinkToken, SetupLink};
use directory::clock::seconds;
use directory::registry::record::{self, DirectoryRecord};
use directory::registry::state::State;
use http::StatusCode;
use maud::html;

use crate::problem::{Answer, Problem};
use crate::sign_in::begin;
use crate::visit::Visit;

/// What a link leads to.
struct Target {
    token: LinkToken,
    link: SetupLink,
    record: DirectoryRecord,
}

/// The page with the button.
pub(crate) async fn show(visit: Visit) -> Answer {
    let Target { link, record, .. } = target(&visit).await?;
    let frame = visit.frame();
    let state = link.state(seconds());
    if state != LinkState::Open {
        let title = "This link does not work any more";
        let content = html! {
            h1 { (title) }
            p { (reason(state)) " Ask the team that sent it for a new one." }
            p { "If you opened it in this browser, " a href=(frame.to("/console")) { "continue the set-up" } "." }
        };
        return Ok(frame.page(StatusCode::GONE, title, &content));
    }
    let title = format!("Set up user provisioning for {}", record.name);
    let button = html! { button .yes type="submit" { "Begin" } };
    let content = html! {
        h1 { (title) }
        p { "You are about to connect your identity provider, such as Microsoft Entra ID or Okta." }
        p .note {
            "This link works once. After " strong { "Begin" } ", you have 12 hours, and 30 minutes between two steps. Create the credentials "
            "in the first hour."
        }
        (frame.form(&format!("/setup/{}", visit.parameter("token")), &button))
    };
    Ok(frame.page(StatusCode::OK, &title, &content))
}

/// Uses the link up, and begins a session of its directory.
pub(crate) async fn open(visit: Visit) -> Answer {
    let Target { token, link, record } = target(&visit).await?;
    let deployment = visit.app.deployment.get().await?;
    let Some(cookie) = setup_link::open(visit.table(), &token, &deployment).await? else {
        let text = format!("{} Ask the team that sent it for a new one.", reason(link.state(seconds())));
        return Err(Problem::Page(StatusCode::GONE, "This link does not work any more", text));
    };
    let path = format!("/console/directories/{}/setup", record.id);
    begin(&visit, &cookie, link.actor(), &path).await
}

/// # Errors
/// 404 for a text that is not the token of a link, or whose directory is being erased.
async fn target(visit: &Visit) -> Result<Target, Problem> {
    let text = visit.parameter("token");
    let deployment = visit.app.deployment.for_token(text).await?;
    let token = LinkToken::parse(text, &deployment).ok_or_else(unknown)?;
    let link = setup_link::find(visit.table(), &token).await?.ok_or_else(unknown)?;
    let record = record::read(visit.table(), &token.directory).await?;
    let record = record.filter(|record| record.state != State::Erasing).ok_or_else(unknown)?;
    Ok(Target { token, link, record })
}

fn unknown() -> Problem {
    let text = "The link is not complete, or is too old. Copy all of it, or ask the team that sent it for a new one.";
    Problem::Page(StatusCode::NOT_FOUND, "Unknown link", text.to_owned())
}

/// Why a link cannot be opened.
fn reason(state: LinkState) -> &'static str {
    match state {
        LinkState::Revoked => "It was withdrawn.",
        LinkState::Expired => "Its time is over.",
        LinkState::Used => "It was opened already.",
        // Another request was faster.
        LinkState::Open => "It was opened or replaced just now.",
    }
}
