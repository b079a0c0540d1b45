//! Revoking an OAuth client, after a question.

use directory::access::oauth::client::change;
use http::StatusCode;
use maud::html;

use super::one::find;
use super::used;
use crate::layout::see_other;
use crate::problem::Answer;
use crate::trail::Trail;
use crate::visit::Visit;

/// The question.
pub(crate) async fn ask(visit: Visit) -> Answer {
    let (one, trail) = (find(&visit).await?, Trail::of(&visit)?);
    let path = format!("/clients/{}", one.id);
    let button = html! { button .yes type="submit" { "Revoke" } };
    let content = html! {
        h1 { "Revoke this client?" }
        p { strong { (one.label) } ", last token: " (used(&one)) "." }
        p .note { "It gets no new access tokens, and its present ones are refused within 30 seconds. This cannot be undone." }
        (trail.form(&format!("{path}/revoke"), &button))
        p { a href=(trail.to(&path)) { "Keep it" } }
    };
    Ok(trail.frame.page(StatusCode::OK, "Revoke this client?", &content))
}

/// Revokes it.
pub(crate) async fn revoke(visit: Visit) -> Answer {
    let (one, trail) = (find(&visit).await?, Trail::of(&visit)?);
    change::revoke(visit.table(), &visit.record()?.id, &one.id).await?;
    Ok(see_other(&trail.to("/clients")))
}
