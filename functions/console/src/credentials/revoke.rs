//! Revoking a credential, after a question.

use directory::access::credential;
use http::StatusCode;
use maud::html;

use super::one::find;
use super::used;
use crate::layout::see_other;
use crate::problem::Answer;
use crate::time::stored;
use crate::trail::Trail;
use crate::visit::Visit;

/// The question.
pub(crate) async fn ask(visit: Visit) -> Answer {
    let (one, trail) = (find(&visit).await?, Trail::of(&visit)?);
    let path = format!("/credentials/{}", one.id);
    let button = html! { button .yes type="submit" { "Revoke" } };
    let content = html! {
        h1 { "Revoke this token?" }
        p { strong { (one.label) } ", created " (stored(&one.created)) ", last used: " (used(&one)) "." }
        p .note { "Requests with this token are refused within 30 seconds. This cannot be undone." }
        (trail.form(&format!("{path}/revoke"), &button))
        p { a href=(trail.to(&path)) { "Keep it" } }
    };
    Ok(trail.frame.page(StatusCode::OK, "Revoke this token?", &content))
}

/// Revokes it.
pub(crate) async fn revoke(visit: Visit) -> Answer {
    let (one, trail) = (find(&visit).await?, Trail::of(&visit)?);
    credential::revoke(visit.table(), &visit.record()?.id, &one.id).await?;
    Ok(see_other(&trail.to("/credentials")))
}
