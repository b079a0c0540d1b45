//! Signing in with a link that `rollcall console` made. As with set-up links, GET changes nothing.

use directory::access::sign_in_link;
use http::StatusCode;
use maud::html;

use super::{begin, not_by_key};
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// The page with the button.
pub(crate) async fn show(visit: Visit) -> Answer {
    if !visit.key_signs_in() {
        return Err(not_by_key());
    }
    let token = visit.parameter("token");
    let deployment = visit.app.deployment.for_token(token).await?;
    if !sign_in_link::is_token(token, &deployment) {
        return Err(over());
    }
    let frame = visit.frame();
    let button = html! { button .yes type="submit" { "Sign in" } };
    let content = html! {
        h1 { "Sign in" }
        p { "This link signs you in to the pages of all directories. It works once, within five minutes." }
        (frame.form(&format!("/console/sign-in/{token}"), &button))
    };
    Ok(frame.page(StatusCode::OK, "Sign in", &content))
}

/// Uses the link up, and begins a session of the team.
pub(crate) async fn open(visit: Visit) -> Answer {
    if !visit.key_signs_in() {
        return Err(not_by_key());
    }
    let token = visit.parameter("token");
    let deployment = visit.app.deployment.for_token(token).await?;
    let opened = sign_in_link::open(visit.table(), token, &deployment).await?;
    let (cookie, by) = opened.ok_or_else(over)?;
    begin(&visit, &cookie, by, "/console/directories").await
}

fn over() -> Problem {
    let text = "The link was used, or its time is over. Make another one with `rollcall console`.";
    Problem::Page(StatusCode::GONE, "This link does not work any more", text.to_owned())
}
